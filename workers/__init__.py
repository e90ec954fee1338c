"""Dateline's workers: the pure domains, the runtime that speaks Kafka for them, and the command line."""
