"""What speaks for and against a date being the publication of its page: yes-or-no features with a weight each.

The weights are fitted by `make train-publication` (benchmarks/training/publication.py) and lie in models/publication.json."""

import json
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from workers.cleaner.dated_page import Page, Place, places
from workers.cleaner.published import Candidate, Stamp

__all__ = ["TOLD", "Option", "no_date", "options_of", "weights"]

#: Where a word begins: dumps run it together with the figures before it (`April 26, 2024Updated on`).
_EDGE = r"(?<![^\W\d_])"
_UPDATED = re.compile(
    rf"(?:{_EDGE}(?:updated?|modified|last (?:update|edit|change)|edited|aktualisiert|zuletzt|geändert|bearbeitet|editiert|stand|mis à jour|modifié|màj|maj le|"
    r"обновлено|изменено|оновлено|actualizado|modificado|güncelle\w*|aggiornato|atualizado)\b|تحديث|به‌روز|更新)[^\n]{0,30}$",
    re.IGNORECASE,
)  # fmt: skip
_PUBLISHED = re.compile(
    rf"(?:{_EDGE}(?:published|posted|first published|publication date|date|created|veröffentlicht|erstellt|erschienen|datum|online seit|publié|paru|mis en ligne|"
    r"опубликовано|опубліковано|дата|publicado|fecha|pubblicato|yayın\w*|published on)\b|نشر|انتشار|تاریخ|发布|日期)\W{0,4}(?:on|at|le|am|le :)?\W{0,3}$",
    re.IGNORECASE,
)  # fmt: skip
_PREPOSITION = re.compile(r"\b(?:on|am|vom|le|el)\W{0,4}$", re.IGNORECASE)
#: What stands right before a date of something else; the sign of copyright is asked for beside.
_OTHER = (
    "(c", "copyright", "since", "seit", "depuis", "until", "bis", "from", "expire", "expires", "deadline", "joined", "born", "geboren",
    "termin", "event", "archived", "retrieved", "accessed", "abgerufen", "today", "heute", "jahrgang", "ausgabe", "next", "previous",
    "vorheriger", "nächster", "registriert", "valid",
)  # fmt: skip
_OTHER_REACH = 12
_SAYS = frozenset({
    "say", "says", "sagt", "meint", "schreibt", "schrieb", "wrote", "dice", "reply", "antworten", "répondre", "permalink",
})  # fmt: skip
_SAID_IN_FRENCH = " a dit "
_CHANGED_AFTER = re.compile(r"^.{0,25}(?:geändert|bearbeitet|aktualisiert|updated|modified|edited)", re.IGNORECASE)
_AFTER = re.compile(
    r"^.{0,25}(?:geschrieben|veröffentlicht|verfasst|erstellt|posted|published|publiziert|gepostet|опубликован|publicado|publié)",
    re.IGNORECASE,
)
#: What blog systems write under a piece: `This entry was posted on ...`, up to the date.
_ENTRY = re.compile(
    r"\b(?:this (?:entry|post|article|page|story) (?:was|has been) (?:posted|published|written|filed|added|created)|(?:dieser|der|diese|die) (?:beitrag|eintrag|artikel|text|meldung|seite) (?:wurde|ist)|"
    r"cet (?:article|billet) a été (?:publié|posté|écrit)|est[ea] (?:entrada|artículo|artigo|post) (?:fue|foi) (?:publicad|escrit)[oa]|quest[oa] (?:articolo|voce|post) è stat[oa] (?:pubblicat|scritt|inserit)[oa]|"
    r"(?:эта|данная) запись (?:была )?(?:опубликована|размещена|добавлена))\b[^.!?\n]{0,80}$",
    re.IGNORECASE,
)  # fmt: skip
_WORD = re.compile(r"\w+")
_FIGURE = re.compile(r"\d")
_FIRST_LINES = 12
_BAD_REASONS = frozenset({"footer", "comments", "related", "legal_notice", "clock"})
_FEWEST_LINES = 6
#: Who wrote it, on the date's own line.
_BYLINE_BEFORE = frozenset({
    "by", "von", "par", "por", "di", "posted", "geschrieben", "verfasst", "autor", "author", "reporter", "correspondent", "redaktion",
    "автор",
})  # fmt: skip
#: What a blog or news system puts beside the date of a piece: its comments counted, its category, its time of reading.
_META = re.compile(
    r"\b(?:\d+\s+(?:comments?|kommentare?|commentaires?|comentarios?|replies|views|shares)|(?:no|keine) (?:comments|kommentare)|categor(?:y|ies)|kategorien?|"
    r"catégories?|categorías?|tags?|filed under|posted in|abgelegt|veröffentlicht in|min(?:ute)?s? read|lesezeit|schlagw(?:orte?|örter)|share|teilen|drucken|print)\b",
    re.IGNORECASE,
)
#: One of these is in what it finds.
_META_WORDS = frozenset({
    "comment", "comments", "kommentar", "kommentare", "commentaire", "commentaires", "comentario", "comentarios", "replies", "views",
    "shares", "category", "categories", "kategorie", "kategorien", "catégorie", "catégories", "categoría", "categorías", "tag", "tags",
    "filed", "posted", "abgelegt", "veröffentlicht", "read", "lesezeit", "schlagwort", "schlagworte", "schlagwörter", "share", "teilen",
    "drucken", "print",
})  # fmt: skip
_LONGEST_META = 200
#: Before a date in a sentence: what is to come.
_AHEAD = re.compile(
    r"\b(?:will|shall|until|till|by|starting|effective|due|scheduled|expires?|deadline|register|upcoming|wird|werden|soll|bis|ab|findet|finden|sera|aura|avant|"
    r"hasta|será|antes|до|буде|состоится|пройдет|пройдёт|kadar)\b",
    re.IGNORECASE,
)
#: Features that are told to the reader, in the order of telling.
TOLD = {
    "url_day": "same_day_as_url_or_id", "label_published": "called_published", "label_after": "called_published", "below_1": "right_below_title",
    "below_2": "below_title", "above_near": "right_above_title", "first_after_title": "first_below_title", "byline_near": "beside_byline",
    "prose_below": "above_body", "line_alone": "alone_on_its_line", "timed": "has_time_of_day", "earliest": "earliest_on_page",
    "latest": "latest_on_page", "order_0": "first_on_page", "url_only": "in_url", "label_updated": "called_updated", "prose": "in_running_text", "sentence": "in_running_text", "line_long": "in_running_text", "line_middle": "in_running_text",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Scene:
    """A page with its dates: the lines that bear one, the days on each of them; how often each day stands outside of running text, and the last and
    the first of those."""

    page: Page
    lines: Sequence[int]
    days_on: Mapping[int, frozenset[str]]
    outside: Counter[str]
    latest: str
    earliest: str
    first_prose: int


def _scene(page: Page, found: Sequence[Place]) -> _Scene:
    days_on: dict[int, set[str]] = {}
    for place in found:
        days_on.setdefault(place.line, set()).add(place.candidate.day)
    outside = Counter(place.candidate.day for place in found if place.line not in page.prose)
    frozen = {line: frozenset(days) for line, days in days_on.items()}
    latest, earliest = max(outside, default=""), min(outside, default="~")
    return _Scene(page, sorted(days_on), frozen, outside, latest, earliest, min(page.prose, default=len(page.lines)))


def _features(place: Place, index: int, scene: _Scene) -> list[str]:
    """The names of what is true of a candidate."""
    page, at = scene.page, place.line
    line, day, in_prose = page.lines[at], place.candidate.day, at in page.prose
    start, end = place.candidate.start, place.candidate.end
    found = _WORD.findall(line, 0, 400)
    words = len(found) - len(_WORD.findall(place.candidate.published.raw))
    sentence = _is_sentence(line, words)
    entry, after = _is_entry(line, start), line[end : end + 60]
    label = _label(place.before, after, entry=entry, prose=in_prose or sentence)
    # A sentence about the page itself is no running text, nor is the day that a paragraph begins with.
    leads = start <= 3 and words > 18
    about_page = label == "label_updated" or leads or entry
    named = [
        _distance(at, page), f"line_{'alone' if words <= 2 else 'short' if words <= 8 or about_page else 'middle' if words <= 18 else 'long'}",
        f"order_{min(index, 4)}", label, _url_feature(day, page), _crowd(at, day, scene),
    ]  # fmt: skip
    told = f" {' '.join(found).lower()} " if words <= 18 else ""
    said = frozenset(told.split())
    flags = (
        ("timed", place.candidate.published.precision != "day"),
        ("prose", in_prose and not about_page),
        ("sentence", not in_prose and not about_page and sentence),
        ("first_after_title", _first_after_title(at, scene)),
        ("latest", day >= scene.latest),
        ("earliest", day <= scene.earliest),
        ("repeated", scene.outside[day] > 1),
        ("byline_near", not page.bylines.isdisjoint(range(at - 2, at + 3))),
        ("prose_below", len(page.prose.intersection(range(at + 1, at + 12))) >= 2),
        ("no_prose_above", scene.first_prose >= at),
        (
            "comments",
            at > page.comments_from or (words <= 14 and (not _SAYS.isdisjoint(said) or _SAID_IN_FRENCH in told)),
        ),
        ("related", not page.related.isdisjoint(range(at - 8, at))),
        ("clock", at < _FIRST_LINES and at < page.title and words <= 3),
        ("short_year", len(place.candidate.published.raw) <= 8),
        ("byline_here", not _BYLINE_BEFORE.isdisjoint(said)),
        (
            "meta_line",
            words <= 18
            and (_is_meta(line, said) or any(_is_meta(text, _words_of(text)) for text in page.lines[at + 1 : at + 2])),
        ),
        ("ahead", bool(_AHEAD.search(line[max(0, start - 60) : start]))),
        ("range", len(scene.days_on[at]) > 1),
        ("reason_bad", page.reasons[at] in _BAD_REASONS),
        ("label_after", bool(_AFTER.match(after))),
        ("glued", _is_glued(line, start, end)),
        ("leads", leads),
        ("low", at > 0.7 * len(page.lines)),
    )
    return named + [name for name, true in flags if true]


def _is_sentence(line: str, words: int) -> bool:
    """`The law takes effect on May 1, 2025.`: four words beside the date, and a full stop; short of the twelve of a prose line."""
    return words >= 4 and line.rstrip().endswith((".", "!", "?", "…", "。", "؟")) and "|" not in line


def _first_after_title(line: int, scene: _Scene) -> bool:
    """Whether there is a title above, and no date between."""
    title = max((title for title in scene.page.titles if title <= line), default=None)
    return title is not None and bisect_right(scene.lines, title) >= bisect_left(scene.lines, line)


def _distance(line: int, page: Page) -> str:
    if page.title < 0:
        return f"untitled_{'top' if line < 40 else 'low'}"
    gap = min((line - title for title in page.titles), key=lambda away: abs(away) if away >= 0 else 3 * -away)
    if gap < 0:
        return f"above_{'near' if gap >= -4 else 'middle' if gap >= -15 else 'far'}"
    return f"below_{'0' if gap == 0 else '1' if gap <= 2 else '2' if gap <= 5 else '3' if gap <= 10 else '4' if gap <= 25 else '5' if gap <= 60 else '6'}"


def _is_entry(line: str, start: int) -> bool:
    """Whether a sentence says of the page when it was posted."""
    return bool(_ENTRY.search(line[max(0, start - 140) : start]))


def _label(before: str, after: str, *, entry: bool, prose: bool) -> str:
    if _UPDATED.search(before):
        return "label_updated"
    changed = _changed_after(after)
    if entry and not changed:
        return "label_published"
    if _is_other(before):
        return "label_other"
    if _PUBLISHED.search(before):
        return "label_published"
    if changed:
        return "label_updated"
    return "label_published" if not prose and _PREPOSITION.search(before) else "label_none"


def _is_other(before: str) -> bool:
    """Whether the word right before the date (at most 12 signs away) says that it is one of something else."""
    end, least = len(before), max(0, len(before) - _OTHER_REACH)
    while end > least and not (before[end - 1].isalnum() or before[end - 1] == "_"):
        end -= 1
    return before[:end].lower().endswith(_OTHER) or "©" in before[max(0, end - 1) :]


def _words_of(line: str) -> frozenset[str]:
    return frozenset(_WORD.findall(line.lower())) if len(line) < _LONGEST_META else frozenset()


def _is_meta(line: str, words: frozenset[str]) -> bool:
    return len(line) < _LONGEST_META and not _META_WORDS.isdisjoint(words) and _META.search(line) is not None


def _changed_after(after: str) -> bool:
    """`am 3. Mai 2024 geändert`; but of `April 26, 2024 Updated on October 28` the word belongs to the second date."""
    label = _CHANGED_AFTER.match(after)
    return label is not None and not _FIGURE.search(after, label.end())


def _is_glued(line: str, start: int, end: int) -> bool:
    """Whether a letter or a bar stands right beside a date, as where a page's furniture was run together."""
    beside = line[max(0, start - 1) : start] + line[end : end + 1]
    return any(mark.isalpha() or mark in "|•·" for mark in beside)


def _url_feature(day: str, page: Page) -> str:
    if not page.url_dates:
        return "url_none"
    if any(spelled == (int(day[:4]), int(day[5:7]), int(day[8:10])) for spelled in page.url_dates):
        return "url_day"
    year_month = [(year, month) for year, month, exact in page.url_dates if exact is None]
    if (int(day[:4]), int(day[5:7])) in year_month:
        return "url_month"
    near = min(abs((date(*spelled[:2], spelled[2] or 15) - date.fromisoformat(day)).days) for spelled in page.url_dates)
    return "url_near" if near <= 3 else "url_other"


def _crowd(line: int, day: str, scene: _Scene) -> str:
    """How many other days stand on the lines around."""
    near = scene.lines[bisect_left(scene.lines, line - 10) : bisect_right(scene.lines, line + 10)]
    others = {other for number in near if number != line for other in scene.days_on[number]} - {day}
    return f"crowd_{min(len(others), 3)}"


class Option(NamedTuple):
    """A date that may be the publication: what is true of it, and the number of its line (-1 where only the url spells it)."""

    candidate: Candidate
    features: Sequence[str]
    line: int


def options_of(page: Page) -> list[Option]:
    """Every date on the page and in its url, with the features that have a weight."""
    found = places(page)
    scene = _scene(page, found)
    options = [Option(place.candidate, _features(place, index, scene), place.line) for index, place in enumerate(found)]
    seen = {option.candidate.day for option in options}
    for year, month, day in page.url_dates:
        value = f"{year:04d}-{month:02d}-{day or 1:02d}"
        if day and value not in seen:
            seen.add(value)
            spelled = Stamp(value, "day", "unknown", "url", value, 0.5)
            options.append(Option(Candidate(spelled), ["url_only"], -1))
    return options


def no_date(page: Page) -> list[str]:
    """The features of a page that does not tell when it appeared."""
    return ["no_date", *(["no_date_bare"] if len(page.lines) < _FEWEST_LINES else [])]


@lru_cache(maxsize=1)
def weights() -> Mapping[str, float]:
    """feature: weight; positive speaks for publication."""
    table: dict[str, float] = json.loads((files("workers.cleaner") / "models" / "publication.json").read_text("utf-8"))
    return table
