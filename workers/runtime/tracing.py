"""W3C trace context through the headers, by OpenTelemetry's own propagator; spans are real once an SDK is configured."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import lru_cache

from opentelemetry import trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from workers.ports import Headers

__all__ = ["traced"]

_CARRIED = ("traceparent", "tracestate")
_PROPAGATOR = TraceContextTextMapPropagator()
_NOTHING: AbstractContextManager[Headers] = nullcontext(())


def traced(name: str, headers: Headers) -> AbstractContextManager[Headers]:
    """A span under the message's own trace; gives the headers that carry it on (none where no trace came in and none is recorded)."""
    carried = {key: value for key, value in headers if key in _CARRIED} if headers else {}
    if not carried and not _recorded():
        return _NOTHING
    return _span(name, carried)


@lru_cache(maxsize=1)
def _recorded() -> bool:
    """Whether an SDK is configured in this process; asked once, since asking reads the environment."""
    return not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)


@contextmanager
def _span(name: str, carried: dict[str, bytes]) -> Iterator[Headers]:
    carrier = {key: value.decode("ascii", "ignore") for key, value in carried.items()}
    context = _PROPAGATOR.extract(carrier)
    with trace.get_tracer("dateline").start_as_current_span(name, context=context):
        out: dict[str, str] = {}
        _PROPAGATOR.inject(out)
        yield tuple((key, value.encode()) for key, value in out.items())
