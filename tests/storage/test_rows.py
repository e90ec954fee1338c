"""Messages as rows: the document and its hash are those of the plain JSON, however they are put together."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stores import article

from workers.storage.rows import COLUMNS, to_batch

HASH, TEXT, DOCUMENT = (COLUMNS["articles"].index(name) for name in ("content_sha256", "text", "document"))
ODD = 'He said "so",\n\n{"paragraphs":[]} \\ \x01\x7f ü 谷 🙂 \u2028,"text":""'


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40))
@pytest.mark.parametrize("title", ['"text":"x","paragraphs":', None])
def test_the_document_is_the_plain_json_and_the_hash_that_of_what_a_reader_sees(title: str | None, text: str) -> None:
    for words in (text, ODD):
        message = article("a1", words, title=title)
        (row,) = to_batch([message]).rows["articles"]
        assert json.loads(row.values[DOCUMENT]) == json.loads(message.model_dump_json(exclude_none=True))
        seen = message.model_dump_json(exclude_none=True, exclude={"provenance"}).encode()
        assert row.values[HASH] == hashlib.sha256(seen).hexdigest()


def test_a_document_that_is_not_whole_lacks_the_text_alone() -> None:
    message = article("a1", ODD)
    (row,) = to_batch([message], whole=False).rows["articles"]
    whole = json.loads(message.model_dump_json(exclude_none=True))
    assert row.values[TEXT] == whole.pop("text")
    assert json.loads(row.values[DOCUMENT]) == whole


def test_nul_is_left_out_and_the_hash_is_that_of_what_came() -> None:
    message, plain = article("a1", "A\0B", title="C\0"), article("a1", "AB", title="C")
    (row,) = to_batch([message]).rows["articles"]
    assert json.loads(row.values[DOCUMENT]) == json.loads(plain.model_dump_json(exclude_none=True))
    seen = message.model_dump_json(exclude_none=True, exclude={"provenance"}).encode()
    assert row.values[HASH] == hashlib.sha256(seen).hexdigest()
