"""Hot loops over text in C (the .c files beside this), through ctypes; without the library the same work is done in Python, ten times slower.

The library is compiled when the package is installed (deploy/build_core.py). `LIBRARY` is None where that was not possible: everything that is
built on it asks first and has a Python twin; tests/cleaner/test_native.py holds the two together. Nothing here keeps a reference to a buffer
after its call.
"""

import ctypes
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "FAULT",
    "LIBRARY",
    "MEND",
    "Automaton",
    "Containers",
    "Reading",
    "TooMuchError",
    "container_chances",
    "count_repeats",
    "describe",
    "describe_places",
    "joined",
    "language_scores",
    "line_marks",
    "lines_saying",
    "load_closing",
    "load_line_tables",
    "load_reading_tables",
    "load_signs",
    "load_wording_tables",
    "mark_lines",
    "named_places",
    "neighbours",
    "nests_deeper",
    "read",
    "second_look",
    "trees_sum",
]

#: Must be that of core.h.
_VERSION = 7
Floats: TypeAlias = NDArray[np.float32]
_pointer, _long, _int = ctypes.c_void_p, ctypes.c_int64, ctypes.c_int32
_Nothing = ctypes.c_char * 0


def _load(path: Path) -> tuple[ctypes.CDLL | None, str | None]:
    """(the library, None), or (None, why it is not used)."""
    if not path.exists():
        return None, f"{path.name} is not there"
    try:
        library = ctypes.CDLL(str(path))
        version = library.core_version()
    except (OSError, AttributeError) as error:
        return None, f"{path.name} cannot be loaded: {error}"
    if version != _VERSION:
        return None, f"{path.name} is of version {version}, the code is of version {_VERSION}"
    library.reading_of.restype = ctypes.POINTER(_Reading)
    library.reading_free.restype = library.core_secret.restype = None
    library.core_secret(ctypes.c_uint64(hash("dateline") & (2**64 - 1)))  # Python's own secret of this process
    library.language_scores.restype = _long
    return library, None


class _Reading(ctypes.Structure):
    _fields_ = (
        *((name, _long) for name in ("pieces", "blocks", "elements", "text_size")),
        *((name, _int) for name in ("status", "normal")),
        *((name, _pointer) for name in ("text", "names", "linked", "bold", "bits", "places", "element", "parents", "ends", "depths", "kinds")),
        ("names_size", _long), ("own", _pointer), ("own_kinds", _pointer),
    )  # fmt: skip


#: The compiled library, or None; and then why.
LIBRARY, FAULT = _load(Path(__file__).with_name("core.so"))
#: What to do about it.
MEND = "compile it by installing again: pip install --no-deps --force-reinstall . (in a checkout, -e .); without a C compiler that fetches the package ziglang"


class Containers(NamedTuple):
    """Which element holds each block; each element's parent, end and depth."""

    at: NDArray[np.int32]
    parents: NDArray[np.int32]
    ends: NDArray[np.int32]
    depths: NDArray[np.int32]

    def arguments(self) -> list[Any]:
        """For the library: sizes, then where the arrays lie."""
        return [_long(len(self.at)), _long(len(self.parents)), *map(_at, self)]


class Reading(NamedTuple):
    """What was read of a page: texts, and the tags, places and kinds of elements; as arrays what is of each block (`layout.at` too) or element."""

    texts: list[str]
    tags: list[str]
    layout: Containers
    linked: NDArray[np.float64]
    bold: NDArray[np.float64]
    bits: NDArray[np.uint64]
    places: NDArray[np.uint64]
    kinds: NDArray[np.int32]
    #: Whether the texts are known to be in normal form (normalize.py) as they stand.
    normal: bool = False


class TooMuchError(Exception):
    """A page with more tags, or more blocks, than are read."""

    def __init__(self, *, pieces: int, blocks: int) -> None:
        super().__init__(pieces, blocks)
        self.pieces, self.blocks = pieces, blocks


def load_reading_tables(
    words: Mapping[str, int],
    tags: Mapping[str, int],
    kinds: Mapping[str, int],
    telling: Sequence[str],
    property_bits: int,
    plain: bytes,
) -> None:
    """Give the library the words that name places, the bits of tags, what each tag does, the attributes that tell, and which characters of the basic
    plane are in normal form whatever stands beside them."""
    parts: list[Any] = []
    for table in (words, tags, kinds):
        joined = "\n".join(table).encode()
        values = np.array(list(table.values()), np.uint64)
        parts += [joined, _long(len(joined)), values.ctypes.data_as(_pointer), _long(len(table))]
    told = "\n".join(telling).encode()
    _check(
        _library().reading_tables(
            *parts, told, _long(len(told)), _long(len(telling)), ctypes.c_uint64(property_bits), plain
        )
    )


def read(source: bytes, most_pieces: int, most_blocks: int) -> Reading | None:
    """Read the serialised body of a page (UTF-8); None where it holds what only the Python reads. Raises TooMuchError and MemoryError."""
    library = _library()
    found = library.reading_of(source, _long(len(source)), _long(most_pieces), _long(most_blocks))
    if not found:
        raise MemoryError
    try:
        told = found.contents
        if told.status > 1:
            raise TooMuchError(pieces=told.pieces, blocks=told.blocks)
        return _reading(told) if told.status == 0 else None
    finally:
        library.reading_free(found)


def _reading(told: _Reading) -> Reading:
    blocks, elements = told.blocks, told.elements
    text = ctypes.string_at(told.text, told.text_size).decode("utf-8", "surrogatepass") if blocks else ""
    names = ctypes.string_at(told.names, told.names_size).decode("utf-8", "surrogatepass") if elements else ""
    return Reading(
        text[:-1].split("\n") if blocks else [], names.split("\n") if elements else [],
        Containers(_array(told.element, np.int32, blocks), *(_array(at, np.int32, elements) for at in (told.parents, told.ends, told.depths))),
        _array(told.linked, np.float64, blocks), _array(told.bold, np.float64, blocks), _array(told.bits, np.uint64, blocks),
        _array(told.places, np.uint64, elements), _array(told.kinds, np.int32, elements), bool(told.normal),
    )  # fmt: skip


def _array(at: int, kind: type[Any], count: int) -> NDArray[Any]:
    """A copy of the library's numbers."""
    numbers: NDArray[Any] = np.empty(count, kind)
    if count:
        ctypes.memmove(_at(numbers), at, numbers.nbytes)
    return numbers


def load_wording_tables(
    classes: NDArray[np.uint8], lower: NDArray[np.uint32], words: Mapping[str, int], groups: int, legal: int
) -> None:
    """Give the library the class and the lower case of each character of the basic plane, and the vocabulary."""
    joined = "\n".join(words).encode()
    values = np.array(list(words.values()), np.uint64)
    _check(_library().wording_tables(
        _at(classes), _at(lower), joined, _long(len(joined)), _at(values), _long(len(words)), _int(groups), _int(legal)
    ))  # fmt: skip


def describe(codes: NDArray[np.uint32], columns: Floats) -> None:
    """Fill the columns of wording, one number a text; `codes` are the texts with a 0 between two. Raises ValueError for an empty text."""
    if _library().wording_describe(_at(codes), _long(len(codes)), _long(columns.shape[1]), _at(columns)):
        raise ValueError("a text is empty or holds NUL")


def count_repeats(codes: NDArray[np.uint32], rows: int, repeats: Floats, copies: Floats) -> None:
    """Fill in for each text (so many, in `codes` as for `describe`) how often it was said before, and how often it is said at all."""
    _check(_library().texts_repeats(_at(codes), _long(len(codes)), _long(rows), _at(repeats), _at(copies)))


def describe_places(
    read: Reading, wording: Floats, tags: tuple[NDArray[np.uint8], NDArray[np.uint8]], claims: Floats, places: int, clutter: int, title_index: int, columns: Floats,
) -> None:  # fmt: skip
    """Fill the columns of places. `wording`: its columns; `tags`: the number of each block's tag, and whether that is a heading; `claims`: five
    columns of what the page says of its blocks."""
    shares = (read.linked.astype(np.float32), read.bold.astype(np.float32))
    _check(_library().places_describe(
        *read.layout.arguments(), _at(read.places), _at(read.kinds), _at(wording), *map(_at, shares), _at(read.bits), *map(_at, tags), _at(claims),
        _long(places), ctypes.c_uint64(clutter), _long(title_index), _at(columns),
    ))  # fmt: skip


def named_places(read: Reading, asked: int, reach: int) -> list[int]:
    """For each block the places among `asked` that it names, or the nearest element around it, so many steps up at most."""
    named = np.empty(len(read.bits), np.uint64)
    _check(_library().places_named(
        *read.layout.arguments(), _at(read.places), _at(read.bits), ctypes.c_uint64(asked), _long(reach), _at(named)
    ))  # fmt: skip
    told: list[int] = named.tolist()
    return told


def container_chances(
    layout: Containers, unit_tags: NDArray[np.uint8], chance: Floats, sizes: Floats, columns: Floats
) -> None:
    """Fill the columns of what the elements around each block hold."""
    _check(_library().places_containers(*layout.arguments(), _at(unit_tags), _at(chance), _at(sizes), _at(columns)))


def neighbours(columns: Floats, own: int, telling: NDArray[np.int64]) -> None:
    """Fill the columns behind the first `own` with those of the neighbours."""
    _check(
        _library().context_neighbours(
            _at(columns), _long(own), _long(columns.shape[1]), _at(telling), _long(len(telling))
        )
    )


def second_look(chance: Floats, sizes: Floats, columns: Floats) -> None:
    """Fill the columns of the second look."""
    _check(_library().context_second(_at(chance), _at(sizes), _long(len(chance)), _at(columns)))


def trees_sum(
    columns: Floats, questions: tuple[NDArray[np.int64], Floats], which: NDArray[np.int64], leaves: Floats
) -> Floats:
    """What all trees say of each row, summed up. `questions`: feature and border of each; `which`: those of each tree, a row a tree."""
    sums = np.empty(columns.shape[1], np.float32)
    features, borders = questions
    _check(_library().trees_sum(
        _at(columns), _long(columns.shape[1]), _at(features), _at(borders), _long(len(features)), _at(which), _at(leaves), _long(which.shape[0]),
        _long(which.shape[1]), _at(sums),
    ))  # fmt: skip
    return sums


def load_signs(signs: Mapping[str, int], figure: int, astral: int) -> None:
    """Give the library the words that `mark_lines` looks for, and the bit that each sets; the bits of a figure, and of a character beyond the basic
    plane. The tables of wording come first."""
    joined = "\n".join(signs).encode()
    _check(
        _library().signs_tables(
            joined, _long(len(joined)), bytes(signs.values()), _long(len(signs)), _int(figure), _int(astral)
        )
    )


def mark_lines(text: str, lines: int, longest: int) -> NDArray[np.uint8]:
    """For each line of the text (so many, a line feed between two) the bits of the words that stand in it, in any case; none for a line of more than
    `longest` characters."""
    encoded = text.encode("utf-8", "surrogatepass")
    marks = np.zeros(lines, np.uint8)
    _check(_library().signs_mark(encoded, _long(len(encoded)), _long(longest), _at(marks), _long(lines)))
    return marks


def load_line_tables(kinds: NDArray[np.uint8], openers: Mapping[str, int]) -> None:
    """Give the library the kind of each character (below U+40000), and the words that lines begin with, with the bits that each sets."""
    joined = "\n".join(openers).encode()
    values = np.array(list(openers.values()), np.uint64)
    _check(_library().facts_tables(_at(kinds), joined, _long(len(joined)), _at(values), _long(len(openers))))


def joined(lines: Sequence[str]) -> bytes:
    """Lines as the library reads them: UTF-8, a line feed between two."""
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def line_marks(lines: bytes, count: int) -> list[int] | None:
    """What each of so many lines may hold, as bits (workers/cleaner/line_facts.py); None where there are more or fewer."""
    marks = np.empty(count, np.uint16)
    told: list[int] | None = None
    if _library().facts_mark(lines, _long(len(lines)), _at(marks), _long(count)) == 0:
        told = marks.tolist()
    return told


def lines_saying(lines: bytes, count: int, said: Collection[str], longest: int) -> bytes | None:
    """For each of so many lines whether it is not longer than `longest` (characters) and its words are what one of `said` says: 0 for no, 1 for yes, 2
    where it has characters beyond ASCII and has to be asked. None where more than 64 things are said, or there are more or fewer lines."""
    things = "\n".join(said).encode("utf-8", "surrogatepass")
    marks = bytearray(count)
    at = _Nothing.from_buffer(marks)
    status = _library().facts_say(
        lines, _long(len(lines)), things, _long(len(things)), _long(longest), at, _long(count)
    )
    return None if status else bytes(marks)


def load_closing(tags: Collection[str]) -> None:
    """Give the library the elements that do not nest by themselves."""
    joined = "\n".join(tags).encode()
    values = np.zeros(len(tags), np.uint64)
    _check(_library().depth_tables(joined, _long(len(joined)), _at(values), _long(len(tags))))


def nests_deeper(source: bytes, fewest: int, most_tags: int, deepest: int) -> bool:
    """Whether a page (UTF-8) has more tags, or with so many "<" at least nests deeper; True also where it has too many kinds of elements to tell."""
    sizes = (len(source), fewest, most_tags, deepest)
    return bool(_library().depth_exceeds(source, *map(_long, sizes)))


class Automaton(NamedTuple):
    """py3langid's model: where each byte leads from each state, which row of moves a state has, what it finds (-1: nothing), and how much each
    finding says of each language (float16 as its bits)."""

    moves: NDArray[np.uint32]
    rows: NDArray[np.uint16]
    found: NDArray[np.int32]
    weights: NDArray[np.uint16]


def language_scores(automaton: Automaton, text: bytes, scores: Floats) -> int:
    """Add to the scores of the languages what the text says of each; how many findings there were."""
    count: int = _library().language_scores(
        *(_at(array) for array in automaton), text, _long(len(text)), _at(scores), _long(len(scores))
    )  # fmt: skip
    _check(int(count < 0))
    return count


def _library() -> ctypes.CDLL:
    if LIBRARY is None:
        raise RuntimeError("the compiled core is not there; ask for LIBRARY first")
    return LIBRARY


def _at(array: NDArray[Any]) -> Any:
    """Where the numbers lie: one after another, and in the type that the library reads (the callers' annotations). Raises TypeError for an array that
    is not contiguous: the library would read other memory."""
    if array.flags.writeable:
        return _Nothing.from_buffer(array.data)  # a sixth of the time of asking NumPy for the address
    if not array.flags.c_contiguous:
        raise TypeError("the array is not contiguous")
    return _pointer(array.ctypes.data)


def _check(status: int) -> None:
    if status:
        raise MemoryError
