"""W3C trace context through the headers, by OpenTelemetry's own propagator; spans are real once an SDK is configured."""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from workers.ports import Headers

__all__ = ["traced"]

_CARRIED = ("traceparent", "tracestate")
_PROPAGATOR = TraceContextTextMapPropagator()


@contextmanager
def traced(name: str, headers: Headers) -> Iterator[Headers]:
    """A span under the message's own trace; yields the headers that carry it on (none where no trace came in)."""
    carrier = {key: value.decode("ascii", "ignore") for key, value in headers if key in _CARRIED}
    context = _PROPAGATOR.extract(carrier)
    with trace.get_tracer("dateline").start_as_current_span(name, context=context):
        out: dict[str, str] = {}
        _PROPAGATOR.inject(out)
        yield tuple((key, value.encode()) for key, value in out.items())
