"""What speaks for and against a date being the publication of its page: yes-or-no features with a weight each.

The weights are fitted by `make train-publication` (benchmarks/training/publication.py) and lie in models/publication.json."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files

from schemas.articles import Published
from workers.cleaner.dated_page import Page, Place, places
from workers.cleaner.published import Candidate

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
_OTHER = re.compile(
    r"(?:©|\(c\)|copyright|since|seit|depuis|until|bis|from|expires?|deadline|joined|born|geboren|termin|event|archived|retrieved|accessed|abgerufen|today|heute|"
    r"jahrgang|ausgabe|next|previous|vorheriger|nächster|mitglied seit|registriert|valid)\W{0,12}$",
    re.IGNORECASE,
)  # fmt: skip
_SAYS = re.compile(
    r"\b(?:says?|sagt|meint|schreibt|schrieb|wrote|a dit|dice|reply|antworten|répondre|permalink)\b", re.IGNORECASE
)
_RELATED = re.compile(
    r"^\W*(?:related|more (?:from|stories|news|on)|latest|recent|most (?:read|popular)|you (?:may|might)|read (?:more|also|next)|aktuelle|neueste|letzte|weitere|mehr (?:zum|aus)|auch interessant|lesen sie|lies auch|"
    r"meistgelesen|das könnte|ähnliche|verwandte|à lire|articles? (?:similaires|récents)|derniers|les plus lus|relacionad|últimas|más leíd|leggi anche|похожие|читайте|archives?|archiv)\b",
    re.IGNORECASE,
)  # fmt: skip
_CHANGED_AFTER = re.compile(r"^.{0,25}(?:geändert|bearbeitet|aktualisiert|updated|modified|edited)", re.IGNORECASE)
_AFTER = re.compile(
    r"^.{0,25}(?:geschrieben|veröffentlicht|verfasst|erstellt|posted|published|publiziert|gepostet|опубликован|publicado|publié)",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"^\W*(?:by|von|par|por|di|from|author|autor|autor:in|text|автор|by:|von:|geschrieben|posted by|written by|redaktion|editor|خبر|بقلم)\b",
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
_FEWEST_LINES = 6
#: Who wrote it, on the date's own line.
_BYLINE_BEFORE = re.compile(
    r"\b(?:by|von|par|por|di|posted|geschrieben|verfasst|autor|author|reporter|correspondent|redaktion|автор)\b",
    re.IGNORECASE,
)
#: What a blog or news system puts beside the date of a piece: its comments counted, its category, its time of reading.
_META = re.compile(
    r"\b(?:\d+\s+(?:comments?|kommentare?|commentaires?|comentarios?|replies|views|shares)|(?:no|keine) (?:comments|kommentare)|categor(?:y|ies)|kategorien?|"
    r"catégories?|categorías?|tags?|filed under|posted in|abgelegt|veröffentlicht in|min(?:ute)?s? read|lesezeit|schlagw\w+|share|teilen|drucken|print)\b",
    re.IGNORECASE,
)
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


def _features(place: Place, index: int, all_places: Sequence[Place], page: Page, days: Counter[str]) -> list[str]:
    """The names of what is true of a candidate."""
    line, day = page.lines[place.line], place.candidate.day
    words = len(_WORD.findall(line[:400])) - len(_WORD.findall(place.candidate.published.raw))
    label = _label(place, line, prose=page.prose[place.line] or _is_sentence(line, words))
    # A sentence about the page itself is no running text, nor is the day that a paragraph begins with.
    leads = place.candidate.start <= 3 and words > 18
    about_page = label == "label_updated" or leads or _is_entry(place, line)
    named = [
        _distance(place.line, page), f"line_{'alone' if words <= 2 else 'short' if words <= 8 or about_page else 'middle' if words <= 18 else 'long'}",
        f"order_{min(index, 4)}", label, _url_feature(day, page), _crowd(place, all_places),
    ]  # fmt: skip
    days_outside = days or [day]
    below = range(place.line + 1, min(place.line + 12, len(page.lines)))
    flags = {
        "timed": place.candidate.published.precision != "day",
        "prose": page.prose[place.line] and not about_page,
        "sentence": not page.prose[place.line] and not about_page and _is_sentence(line, words),
        "first_after_title": _first_after_title(place, all_places, page),
        "latest": day >= max(days_outside),
        "earliest": day <= min(days_outside),
        "repeated": days[day] > 1,
        "byline_near": any(_BYLINE.match(page.lines[near]) for near in range(max(0, place.line - 2), min(len(page.lines), place.line + 3)) if len(page.lines[near]) < 90),
        "prose_below": sum(page.prose[at] for at in below) >= 2,
        "no_prose_above": not any(page.prose[: place.line]),
        "comments": place.line > page.comments_from or (words <= 14 and bool(_SAYS.search(line[:200]))),
        "related": any(_RELATED.match(page.lines[near]) for near in range(max(0, place.line - 8), place.line) if len(page.lines[near]) < 60),
        "clock": place.line < _FIRST_LINES and place.line < page.title and words <= 3,
        "short_year": len(place.candidate.published.raw) <= 8,
        "byline_here": words <= 18 and bool(_BYLINE_BEFORE.search(line[:300])),
        "meta_line": words <= 18 and any(_META.search(text[:200]) for text in (line, *page.lines[place.line + 1 : place.line + 2]) if len(text) < 200),
        "ahead": bool(_AHEAD.search(line[max(0, place.candidate.start - 60) : place.candidate.start])),
        "range": sum(other.line == place.line and other.candidate.day != day for other in all_places) > 0,
        "reason_bad": page.reasons[place.line] in {"footer", "comments", "related", "legal_notice", "clock"},
        "label_after": bool(_AFTER.match(line[place.candidate.end : place.candidate.end + 60])),
        "glued": _is_glued(line, place.candidate.start, place.candidate.end),
        "leads": leads,
        "low": place.line > 0.7 * len(page.lines),
    }  # fmt: skip
    return named + [name for name, true in flags.items() if true]


def _is_sentence(line: str, words: int) -> bool:
    """`The law takes effect on May 1, 2025.`: four words beside the date, and a full stop; short of the twelve of a prose line."""
    return words >= 4 and line.rstrip().endswith((".", "!", "?", "…", "。", "؟")) and "|" not in line


def _first_after_title(place: Place, all_places: Sequence[Place], page: Page) -> bool:
    above = [title for title in page.titles if title <= place.line]
    return bool(above) and not any(above[-1] < other.line < place.line for other in all_places)


def _distance(line: int, page: Page) -> str:
    if page.title < 0:
        return f"untitled_{'top' if line < 40 else 'low'}"
    gap = min((line - title for title in page.titles), key=lambda away: abs(away) if away >= 0 else 3 * -away)
    if gap < 0:
        return f"above_{'near' if gap >= -4 else 'middle' if gap >= -15 else 'far'}"
    return f"below_{'0' if gap == 0 else '1' if gap <= 2 else '2' if gap <= 5 else '3' if gap <= 10 else '4' if gap <= 25 else '5' if gap <= 60 else '6'}"


def _is_entry(place: Place, line: str) -> bool:
    """Whether a sentence says of the page when it was posted."""
    return bool(_ENTRY.search(line[max(0, place.candidate.start - 140) : place.candidate.start]))


def _label(place: Place, line: str, *, prose: bool) -> str:
    if _UPDATED.search(place.before):
        return "label_updated"
    if _is_entry(place, line) and not _changed_after(line[place.candidate.end : place.candidate.end + 60]):
        return "label_published"
    if _OTHER.search(place.before):
        return "label_other"
    if _PUBLISHED.search(place.before):
        return "label_published"
    if _changed_after(line[place.candidate.end : place.candidate.end + 60]):
        return "label_updated"
    return "label_published" if not prose and _PREPOSITION.search(place.before) else "label_none"


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


def _crowd(place: Place, all_places: Sequence[Place]) -> str:
    others = {other.candidate.day for other in all_places if 0 < abs(other.line - place.line) <= 10} - {
        place.candidate.day
    }
    return f"crowd_{min(len(others), 3)}"


@dataclass(frozen=True, slots=True)
class Option:
    """A date that may be the publication: what is true of it, and the number of its line (-1 where only the url spells it)."""

    candidate: Candidate
    features: Sequence[str]
    line: int


def options_of(page: Page) -> list[Option]:
    """Every date on the page and in its url, with the features that have a weight."""
    found = places(page)
    days = Counter(place.candidate.day for place in found if not page.prose[place.line])
    options = [
        Option(place.candidate, _features(place, index, found, page, days), place.line)
        for index, place in enumerate(found)
    ]
    seen = {option.candidate.day for option in options}
    for year, month, day in page.url_dates:
        value = f"{year:04d}-{month:02d}-{day or 1:02d}"
        if day and value not in seen:
            seen.add(value)
            spelled = Published(
                value=value, precision="day", tz_status="unknown", method="url", raw=value, confidence=0.5
            )
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
