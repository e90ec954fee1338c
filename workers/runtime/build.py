"""Puts a worker together: engine, processor, faust App, pages."""

from collections.abc import Sequence
from typing import Any

from schemas.topics import Topic
from workers.ports import Sink, StageOptions, StageSpec
from workers.runtime.app import add_pages, make_app, run_app
from workers.runtime.engine import Engine
from workers.runtime.handle import check_chain
from workers.runtime.logging import get_logger
from workers.runtime.metrics import Metrics
from workers.runtime.pool import InlineRunner, PoolRunner, PoolSettings
from workers.runtime.processors import Processor, Runner, SinkProcessor, StageProcessor
from workers.runtime.profiles import with_profiles
from workers.runtime.settings import Settings
from workers.text import native

__all__ = ["run_sink", "run_stages", "stage_engine"]

_LOG = get_logger(__name__)


def stage_engine(specs: Sequence[StageSpec], settings: Settings, metrics: Metrics) -> Engine:
    """The engine of one stage, or of several fused. Raises Misconfigured when they do not follow each other."""
    check_chain(specs)

    def make(options: StageOptions) -> Runner:
        if not settings.pool_processes:
            return InlineRunner(specs, options)
        pool = PoolSettings(settings.pool_processes, settings.stage_timeout_s, settings.pool_memory_bytes)
        return PoolRunner(specs, options, pool, on_crash=metrics.pool_crashes.inc)

    options = settings.stage_options()
    remembers = settings.source_memory and any(spec.name == "cleaner" for spec in specs)
    runner = with_profiles(make, options, settings, metrics) if remembers else make(options)
    processor = StageProcessor(runner, metrics, settings.chunk_records, settings.chunk_bytes)
    name = "+".join(spec.name for spec in specs)
    return Engine(name.replace("+", "-"), [specs[0].reads], processor, settings, metrics)


def run_stages(specs: Sequence[StageSpec], settings: Settings) -> int:
    """Run stages as a worker until it is stopped; returns the exit code."""
    if native.FAULT and any(spec.name == "cleaner" for spec in specs):
        _LOG.warning(
            "compiled_core_missing", why=native.FAULT, effect="cleaning takes twice the time or more", mend=native.MEND
        )
    metrics = Metrics("+".join(spec.name for spec in specs))
    return _run(stage_engine(specs, settings, metrics), settings, metrics)


def run_sink(name: str, version: str, sink: Sink, topics: Sequence[Topic], settings: Settings) -> int:
    """Run a sink as a worker until it is stopped; returns the exit code."""
    metrics = Metrics(name)
    models = {topic.name: topic.model for topic in topics if topic.model is not None}
    processor: Processor = SinkProcessor(name, version, sink, models, metrics)
    return _run(Engine(name, topics, processor, settings, metrics), settings, metrics)


def _run(engine: Engine, settings: Settings, metrics: Metrics) -> int:
    app: Any = make_app(engine.name, settings, agents=False)
    app.service(engine)
    add_pages(app, metrics, engine, settings.stall_after_s)
    return run_app(app, engine, metrics, settings)
