"""Queries that no article can match, found by looking at them."""

from itertools import combinations

from workers.alerts.query import And, AtLeast, Between, In, Near, Not, Or, Query, Value, write

__all__ = ["contradiction"]

#: An article has one of these.
_SINGLE = ("lang", "source", "duplicate")


def contradiction(query: Query) -> str | None:
    """Why the query can never hold, in words; None where nothing speaks against it."""
    match query:
        case And(parts):
            return next((found for part in parts if (found := contradiction(part))), None) or _between_parts(parts)
        case Or(parts):
            each = [contradiction(part) for part in parts]
            return "; ".join(one for one in each if one) if all(each) else None
        case In(_, part) | AtLeast(_, part):
            return contradiction(part)
        case Near(left, right):
            return contradiction(left) or contradiction(right)
        case _:
            return None


def _between_parts(parts: tuple[Query, ...]) -> str | None:
    """Two things that an AND asks for and that exclude each other."""
    refused = [part.part for part in parts if isinstance(part, Not)]
    for part in parts:
        for other in refused:
            if part == other or (isinstance(other, Or) and part in other.any_of):
                return f"{write(part)} is asked for and refused"
            if isinstance(part, Or) and all(one == other or (isinstance(other, Or) and one in other.any_of) for one in part.any_of):  # fmt: skip
                return f"{write(part)} is asked for and refused"
    for left, right in combinations(parts, 2):
        if found := _exclude(left, right):
            return found
    return None


def _exclude(left: Query, right: Query) -> str | None:
    fields = (_field(left), _field(right))
    if fields[0] in _SINGLE and fields[0] == fields[1] and not _texts(left) & _texts(right):
        return f"an article has one {fields[0]}, not {write(left)} and {write(right)}"
    if isinstance(left, Between) and isinstance(right, Between) and left.field == right.field != "event":
        low = max((bound for bound in (left.low, right.low) if bound), key=_order, default=None)
        high = min((bound for bound in (left.high, right.high) if bound), key=_order, default=None)
        if low and high and _order(low) > _order(high):
            return f"{write(left)} and {write(right)} have nothing in common"
    return None


def _field(query: Query) -> str | None:
    """The field that all values are of."""
    values = query.any_of if isinstance(query, Or) else (query,)
    fields = {one.field if isinstance(one, Value) else None for one in values}
    return fields.pop() if len(fields) == 1 else None


def _texts(query: Query) -> set[str]:
    values = query.any_of if isinstance(query, Or) else (query,)
    return {one.text.casefold() for one in values if isinstance(one, Value)}


def _order(bound: str) -> tuple[int, str]:
    """Days as they are, numbers by their size."""
    return (len(bound), bound) if bound.isdecimal() else (0, bound)
