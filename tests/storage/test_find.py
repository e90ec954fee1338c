"""Which articles `dateline erase` takes: the same in every store, whatever a person is called in it."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from opensearch_stub import OpenSearchStub
from stores import article

from schemas.articles import Entity
from workers.storage.find import Finder, open_finder
from workers.storage.query import Filters
from workers.storage.sink import open_sink

URLS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres), "parquet", "opensearch"]


def entity(name: str, *aliases: str, **fields: Any) -> Entity:
    return Entity(id=name[:1], type="PER", name=name, aliases=aliases, count=1, salience=0.5, first_start=0, **fields)


@pytest.fixture(params=URLS)
def finder(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Finder]:
    """Asks a store that holds three articles."""
    kind = request.param
    with contextlib.ExitStack() as until:
        if kind == "opensearch":
            url = until.enter_context(OpenSearchStub()).url
        elif kind == "postgresql":
            url = request.getfixturevalue("url")
        else:
            url = f"{kind}:///{tmp_path / 'store'}"
        anna = entity("Anna Example", "The Minister", wikidata="Q1")
        ben = entity("Ben Other", "Benny", "Ben Other")
        sink = open_sink(url)
        sink.write(
            [article("one", entities=(anna,)), article("two", entities=(ben,)), article("three", entities=(anna, ben))]
        )
        sink.close()
        found = open_finder(url)
        yield found
        found.close()


@pytest.mark.parametrize(
    ("person", "ids"),
    [("anna  EXAMPLE", ["one", "three"]), ("the minister", ["one", "three"]), ("Q1", ["one", "three"]), ("Benny", ["three", "two"]), ("Minister", [])],
)  # fmt: skip
def test_a_person_is_found_by_name_alias_and_wikidata_id(finder: Finder, person: str, ids: list[str]) -> None:
    assert finder.ids(Filters(entity=person)) == ids
