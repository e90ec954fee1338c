"""Messages as rows: the document and its hash are those of the plain JSON, however they are put together."""

import hashlib
import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stores import article

from schemas.articles import EnrichedArticle, Entity, TemporalExpression
from schemas.codec import decode, encode
from workers.storage.children import CHILDREN, children
from workers.storage.rows import COLUMNS, to_batch

HASH, TEXT, DOCUMENT = (COLUMNS["articles"].index(name) for name in ("content_sha256", "text", "document"))
ODD = 'He said "so",\n\n{"paragraphs":[]} \\ \x01\x7f ü 谷 🙂 \u2028,"text":""'


def stored(message: EnrichedArticle) -> tuple[dict[str, Any], str]:
    """The message that the row holds, and its hash."""
    (row,) = to_batch([message]).rows["articles"]
    document = json.loads(row.values[DOCUMENT])
    assert "text" not in document, "it is a column beside it"
    return document | {"text": row.values[TEXT]}, row.values[HASH]


def hash_of(message: EnrichedArticle) -> str:
    return hashlib.sha256(message.model_dump_json(exclude_none=True, exclude={"provenance"}).encode()).hexdigest()


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40))
@pytest.mark.parametrize("title", ['"text":"x","paragraphs":', None])
def test_document_and_text_are_the_plain_json_and_the_hash_that_of_what_a_reader_sees(
    title: str | None, text: str
) -> None:
    for words in (text, ODD):
        message = article("a1", words, title=title)
        assert stored(message) == (json.loads(message.model_dump_json(exclude_none=True)), hash_of(message))


def test_nul_is_left_out_and_the_hash_is_that_of_what_came() -> None:
    message, plain = article("a1", "A\0B", title="C\0"), article("a1", "AB", title="C")
    assert stored(message) == (json.loads(plain.model_dump_json(exclude_none=True)), hash_of(message))


def test_what_came_with_unknown_fields_or_in_other_words_is_stored_as_the_same_message_written_by_us() -> None:
    """The hash decides whether a page has changed, so it must not depend on who wrote the message."""
    message = article()
    fields = json.loads(encode(message))
    odd = {name: fields[name] for name in reversed(fields)} | {"unknown": 1, "subtitle": None}
    odd["entities"] = [one | {"salience": str(one["salience"]), "unknown": {}} for one in odd["entities"]]
    assert stored(decode(EnrichedArticle, orjson.dumps(odd))) == stored(message)


def test_child_rows_are_the_fields_of_what_was_found_trimmed_to_what_an_index_takes() -> None:
    long = "x" * 600
    entities = (
        Entity(id="e1", type="GPE", name=long, aliases=("A  b", "a B", long, "X" * 600), count=2, salience=0.5, first_start=0, country=long),
        Entity(id="e2", type="PER", name="N", count=1, salience=0.25, first_start=1, role="r", geonames_id=7, wikidata="Q1"),
    )  # fmt: skip
    date = TemporalExpression.model_validate({"start": 1, "end": 2, "text": "t", "type": "DATE", "value": "v", "from": long, "to": long, "confidence": 1})  # fmt: skip
    found = children(article(entities=entities, dates=(date, date.model_copy(update={"from_": None}))))
    assert {child: list(rows) for child, rows in found.items()} == {
        "mentions": [(0, 6, "Lavrov", "PER", "e1")],
        "entities": [("e1", "GPE", "x" * 500, 2, 0.5, None, "x" * 500, None, None, "x" * 500), ("e2", "PER", "N", 1, 0.25, "r", None, 7, "Q1", "n")],
        "dates": [(1, 2, "t", "DATE", "v", "x" * 500, long), (1, 2, "t", "DATE", "v", None, long)],
        "quotes": [(0, 3, "abc", "e1")],
        "aliases": [("e1", "a b")],
    }  # fmt: skip
    assert all(len(row) == len(CHILDREN[child]) for child, rows in found.items() for row in rows)
