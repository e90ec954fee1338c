"""What the recogniser sees of a token, as numbers of hashed features (crc32, the same on every machine)."""

from zlib import crc32

from workers.entities.gazetteer import FIRST_NAMES_HINT, NATIONALITIES, ORG_WORDS, TITLES, places_flags

__all__ = ["BUCKETS", "featurize"]

BUCKETS = 1 << 19


def _shape(word: str) -> str:
    """X for capitals, x for small letters, d for digits; runs cut to two."""
    shape: list[str] = []
    for character in word[:12]:
        kind = "X" if character.isupper() else "x" if character.isalpha() else "d" if character.isdigit() else character
        if shape[-2:] != [kind, kind]:
            shape.append(kind)
    return "".join(shape)


def _known(word: str) -> str:
    country, city = places_flags(word)
    return "".join((
        "c" if country else "", "t" if city else "", "n" if word in NATIONALITIES else "", "o" if word in ORG_WORDS else "",
        "T" if word.rstrip(".") in TITLES else "", "f" if word in FIRST_NAMES_HINT else "",
    ))  # fmt: skip


def featurize(words: list[str]) -> list[list[int]]:
    """For each word of a sentence, the buckets of its features; every word has the same number of them."""
    lower = ["<s>", "<s>", *(word.lower()[:30] for word in words), "</s>", "</s>"]
    shapes = ["", "", *map(_shape, words), "", ""]
    known = ["", "", *map(_known, lower[2:-2]), "", ""]
    upper = sum(word.isupper() for word in words) * 2 > len(words) > 3
    rows = []
    for at in range(2, len(words) + 2):
        word, shape = lower[at], shapes[at]
        first = "F" if at == 2 else ""
        texts = (
            "b" + first, "w" + word, "s" + shape + first, "p2" + word[:2], "p3" + word[:3], "s2" + word[-2:], "s3" + word[-3:], "s4" + word[-4:],
            "-w" + lower[at - 1], "+w" + lower[at + 1], "--w" + lower[at - 2], "++w" + lower[at + 2], "-s" + shapes[at - 1] + "|" + shape,
            "+s" + shape + "|" + shapes[at + 1], "-+s" + shapes[at - 1] + "|" + shape + "|" + shapes[at + 1], "-b" + lower[at - 1] + "|" + word,
            "+b" + word + "|" + lower[at + 1], "k" + known[at] + first, "-k" + known[at - 1] + "|" + known[at], "+k" + known[at] + "|" + known[at + 1],
            "sk" + shape + known[at], "-ws" + lower[at - 1] + "|" + shape, "+ws" + shape + "|" + lower[at + 1], "u" + ("1" if upper else "0") + shape,
            "-s3" + lower[at - 1][-3:] + "|" + shape, "+s3" + shape + "|" + lower[at + 1][-3:],
        )  # fmt: skip
        rows.append([crc32(text.encode("utf-8", "replace")) % BUCKETS for text in texts])
    return rows
