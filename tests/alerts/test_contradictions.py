"""Queries that no article can match."""

import pytest

from workers.alerts.contradictions import contradiction
from workers.alerts.parse import parse


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("flood AND NOT flood", "flood is asked for and refused"),
        ("(flood AND river) NOT (storm OR river)", "river is asked for and refused"),
        ("(flood OR storm) AND NOT (storm OR flood)", "asked for and refused"),
        ("lang:en AND lang:de AND flood", "one lang"),
        ("source:a.example AND source:(b.example OR c.example)", "one source"),
        ("duplicate:true AND duplicate:false", "one duplicate"),
        ("published:>=2025-02-01 AND published:<=2025-01-01", "nothing in common"),
        ("story.size:>=10 AND story.size:<=9", "nothing in common"),
        ("title:(flood AND NOT flood)", "asked for and refused"),
        ("(a AND NOT a) OR (b AND NOT b)", "a is asked for and refused; b is"),
        ("storm AND (flood AND NOT flood)", "asked for and refused"),
    ],
)
def test_what_can_never_hold_is_told(query: str, says: str) -> None:
    assert says in (contradiction(parse(query)) or "")


@pytest.mark.parametrize(
    "query",
    [
        "flood",
        "flood AND NOT storm",
        "(flood AND NOT flood) OR storm",
        "lang:en AND source:a.example",
        "lang:(en OR de) AND lang:(de OR fr)",
        "country:DE AND country:FR",
        "event:>=2025-02-01 AND event:<=2025-01-01",
        "story.size:>=9 AND story.size:<=10",
        "flood AND NOT (flood AND film)",
        "(flood OR storm) AND NOT flood",
    ],
)
def test_what_can_hold_is_not_called_never(query: str) -> None:
    assert contradiction(parse(query)) is None
