"""Which stages and sinks exist, in one table. A new enrichment is one module with `load`, one line here, one golden pair."""

from collections.abc import Sequence
from functools import partial

from schemas.articles import AnnotatedArticle, CleanedArticle, Message, RawArticle
from schemas.codec import decode
from schemas.topics import ALERTS, ANNOTATED, CLEANED, ENRICHED, RAW, Topic
from workers.cleaner import stage as cleaner
from workers.cleaner.intake import read_raw
from workers.dates import stage as dates
from workers.entities import stage as entities
from workers.errors import Misconfigured
from workers.ports import Headers, StageSpec

__all__ = ["SINKS", "STAGES", "WORKERS", "stages_named"]


def _decode_raw(value: bytes | None, headers: Headers) -> RawArticle:
    return read_raw(value, headers)


def _decode_json(model: type[Message], value: bytes | None, headers: Headers) -> Message:
    return decode(model, value)


#: The article path, in order.
STAGES: tuple[StageSpec, ...] = (
    StageSpec("cleaner", cleaner.VERSION, RAW, CLEANED, _decode_raw, cleaner.load),
    StageSpec("entities", entities.VERSION, CLEANED, ANNOTATED, partial(_decode_json, CleanedArticle), entities.load),
    StageSpec("dates", dates.VERSION, ANNOTATED, ENRICHED, partial(_decode_json, AnnotatedArticle), dates.load),
)

#: Sinks and the topics they store or deliver.
SINKS: dict[str, tuple[Topic, ...]] = {"storage": (ENRICHED, ALERTS), "notifier": (ALERTS,)}

#: Every worker that `dateline worker NAME` can start, besides fused stages.
WORKERS: tuple[str, ...] = (*(spec.name for spec in STAGES), "memory", "alerts", *SINKS)


def stages_named(names: str) -> tuple[StageSpec, ...]:
    """The stages of `cleaner+entities+dates` or `cleaner,dates`, in the order given; raises Misconfigured for a name that is none."""
    known = {spec.name: spec for spec in STAGES}
    asked = [name.strip() for name in names.replace(",", "+").split("+") if name.strip()]
    for name in asked:
        if name not in known:
            raise Misconfigured(f"no stage {name!r}; there are {', '.join(known)}")
    return tuple(known[name] for name in asked)


def in_pipeline_order(specs: Sequence[StageSpec]) -> tuple[StageSpec, ...]:
    """The same stages in the order of the article path."""
    return tuple(sorted(specs, key=STAGES.index))
