"""Every metric once. Labels are bounded: worker, topic, partition, reason, stage. Names follow Prometheus' conventions."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector

__all__ = ["Metrics"]

_STAGE_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The metrics of one worker process, in a registry of their own."""

    def __init__(self, worker: str) -> None:
        self.registry = CollectorRegistry()
        self._stages: dict[str, Histogram] = {}
        ProcessCollector(registry=self.registry)

        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"dateline_{name}", text, labels, registry=self.registry)

        def gauge(name: str, text: str, *labels: str) -> Gauge:
            return Gauge(f"dateline_{name}", text, labels, registry=self.registry)

        self.received = counter("received_messages", "Messages taken from a topic", "topic")
        self.sent = counter("sent_messages", "Messages published and committed", "topic")
        self.dropped = counter("dropped_messages", "Messages that needed no output, by reason", "reason")
        self.dead_lettered = counter("dead_lettered_messages", "Messages buried, by reason", "reason")
        self.retries = counter("retries", "Attempts repeated because something was away, by what", "what")
        self.transactions = counter("transactions", "Transactions committed", "topic")
        self.lane_resets = counter(
            "lane_resets", "Partitions reopened at their committed offset after an error", "topic"
        )
        self.rebalances = counter("rebalances", "Assignments received from the group")
        self.pool_crashes = counter("pool_crashes", "Pool processes that died or ran out of time")
        self.alerts_left_out = counter(
            "alerts_left_out",
            "Matches that became no alert, by reason: similar, story, realert, muted, paused, late, too_many_groups",
            "reason",
        )
        self.alert_rules = gauge("alert_rules", "Alert rules that run")
        self.alert_rules_broad = gauge(
            "alert_rules_broad", "Alert rules that matched too large a share of the last articles"
        )
        self.alert_rules_refused = counter(
            "alert_rules_refused", "Changes of alert rules that were wrong and not taken over"
        )
        self.alert_state_rows = gauge("alert_state_rows", "Rows that alert rules remember", "partition")
        self.stage_seconds = Histogram(
            "dateline_stage_seconds",
            "Time in a stage per message",
            ("stage",),
            buckets=_STAGE_SECONDS,
            registry=self.registry,
        )
        self.batch_records = Histogram(
            "dateline_batch_records",
            "Messages per transaction",
            buckets=(1, 5, 25, 100, 250, 500, 1000),
            registry=self.registry,
        )
        self.lag = gauge("lag_messages", "Messages not yet committed", "topic", "partition")
        self.pool_busy = gauge("pool_chunks_in_flight", "Chunks handed to the pool and not yet back")
        self.loop_lag = gauge("event_loop_lag_seconds", "How late the event loop ran its last timer")
        self.paused = gauge("sink_paused", "1 while the store does not answer")
        self.profiles = gauge("source_profiles", "Sources whose repeated lines are known")
        self.info = gauge("worker_info", "Always 1", "worker")
        self.info.labels(worker).set(1)

    def observe_stage(self, stage: str, seconds: float) -> None:
        """Count one message's time in a stage; once per message, so the labelled child is kept."""
        child = self._stages.get(stage)
        if child is None:
            child = self._stages[stage] = self.stage_seconds.labels(stage)
        child.observe(seconds)

    def render(self) -> bytes:
        """The page for Prometheus."""
        return generate_latest(self.registry)
