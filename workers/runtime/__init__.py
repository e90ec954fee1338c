"""The only code that speaks Kafka: engine, faust Apps, process pool, dead letters, settings, metrics, logging, health."""
