"""What the tests of the contract share: which stores there are, and how they are written and looked at."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from stores import TABLES, Store, article

from schemas.articles import EnrichedArticle, Entity

__all__ = ["CHILDREN", "DATABASES", "KINDS", "LOCKED", "everything", "messages", "too_large", "write"]

CHILDREN = ("mentions", "entities", "dates", "quotes", "aliases")
_SQL = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
KINDS = ["parquet", "opensearch", *_SQL]
#: For tests that speak SQL to the store; a lake has had one version yet.
DATABASES = pytest.mark.parametrize("store", _SQL, indirect=True)
#: For tests that hold a lock on the store.
LOCKED = pytest.mark.parametrize("store", ["parquet", *_SQL], indirect=True)


def write(store: Store, *batches: Sequence[Any]) -> None:
    sink = store.sink()
    sink.open()
    for batch in batches:
        sink.write(batch)
    sink.close()


def everything(store: Store) -> dict[str, list[Any]]:
    return {table: sorted(store.rows(f"SELECT * FROM {table}"), key=str) for table in TABLES}


def messages(store: Store, table: str = "articles", order: str = "id") -> list[dict[str, Any]]:
    """The messages that the rows hold, each put together from what is stored beside each other. PostgreSQL gives JSON as objects, the others text."""
    rows = store.rows(f"SELECT document, text FROM {table} ORDER BY {order}")
    return [(found if isinstance(found, dict) else json.loads(found)) | {"text": text} for found, text in rows]


def too_large(identity: str) -> EnrichedArticle:
    """Its number has more bits than any store's integer."""
    entity = Entity(id="e1", type="GPE", name="X", count=1, salience=0.1, first_start=0, geonames_id=2**63)
    return article(identity, entities=(entity,))
