"""The pipeline in memory: every stage on a list of messages, no broker. For tests, `dateline enrich`, and trying a stage of your own."""

from collections.abc import Iterable, Iterator, Sequence

from workers.pipeline import STAGES
from workers.ports import Forward, Outcome, Received, StageOptions, StageSpec
from workers.runtime.handle import Handler, Retry

__all__ = ["MemoryPipeline"]


class MemoryPipeline:
    """Runs raw values through the stages as the workers would: `MemoryPipeline().run([b"<html>..."])`."""

    def __init__(
        self, specs: Sequence[StageSpec] = STAGES, options: StageOptions | None = None, *, fused: bool = True
    ) -> None:
        options = options or StageOptions()
        self._handlers = [Handler(specs, options)] if fused else [Handler((spec,), options) for spec in specs]
        self._topic = specs[0].reads.name

    def run(self, values: Iterable[bytes | None]) -> Iterator[Outcome | Retry]:
        """The outcome of each value, in order."""
        for offset, value in enumerate(values):
            yield self.handle(Received(self._topic, 0, offset, None, value))

    def handle(self, received: Received) -> Outcome | Retry:
        """One message through all stages, hop by hop when not fused."""
        outcome: Outcome | Retry = self._handlers[0](received)
        for handler in self._handlers[1:]:
            if not isinstance(outcome, Forward):
                break
            key, value, headers = outcome.key, outcome.value, outcome.headers
            outcome = handler(Received(outcome.topic, received.partition, received.offset, key, value, headers))
        return outcome
