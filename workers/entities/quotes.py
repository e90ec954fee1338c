"""Words given as somebody's, and who that is."""

import re
from collections.abc import Sequence

from schemas.articles import Entity, Mention, Quote

__all__ = ["find_quotes"]

_MARKS = {'"': '"', "“": "”", "„": "“", "«": "»"}
_OPEN = re.compile(r'["“„«]')
_CUES = (
    "said", "says", "say", "stated", "states", "told", "tells", "added", "adds", "noted", "affirmed", "reiterated", "stressed", "emphasized",
    "emphasised", "remarked", "claimed", "argued", "warned", "announced", "explained", "insisted", "declared", "wrote", "confirmed", "denied",
    "acknowledged", "asked", "replied", "continued", "concluded", "underscored", "underlined", "recognized", "admitted", "tweeted", "commented",
    "expressing", "expressed", "called", "described", "urged", "according to", "sagte", "erklärte", "betonte", "a déclaré", "a dit", "a affirmé",
    "dijo", "afirmó", "declaró", "сказал", "сказала", "заявил", "заявила", "قال", "قالت", "أكد",
)  # fmt: skip
_CUE = re.compile(
    r"(?<!\w)(?:" + "|".join(map(re.escape, sorted(_CUES, key=len, reverse=True))) + r")(?!\w)", re.IGNORECASE
)
_PRONOUN = re.compile(r"\b(he|she|they)\b", re.IGNORECASE)
_THE_ROLE = re.compile(
    r"\bthe ((?:[A-Z][a-z]+ )?(?:[a-z]+ ){0,2}(?:diplomat|minister|president|leader|official|spokes\w+|premier|chancellor|senator|governor|mayor|king|ceo|chief|envoy|ambassador|secretary))\b",
    re.IGNORECASE,
)
_LONGEST = 3000
_AROUND = 160


def find_quotes(text: str, mentions: Sequence[Mention], entities: Sequence[Entity]) -> tuple[Quote, ...]:
    """The quotes in order. One or two words in marks without a verb of saying near by are scare quotes, and left out."""
    people = [mention for mention in mentions if mention.type == "PER"]
    by_id = {entity.id: entity for entity in entities}
    quotes: list[Quote] = []
    for start, end in _spans(text):
        cue, speaker, words = _attribution(text, start, end, people, by_id)
        inside = text[start:end]
        if len(inside.split()) <= 2 and cue is None:
            continue
        if (
            speaker is None
            and quotes
            and cue is None
            and text.count("\n\n", quotes[-1].end, start) == 0
            and start - quotes[-1].end < _AROUND
        ):
            speaker, words, cue = quotes[-1].speaker, quotes[-1].speaker_text, quotes[-1].cue
        quotes.append(Quote(start=start, end=end, text=inside, speaker=speaker, speaker_text=words, cue=cue))
    return tuple(quotes)


def _spans(text: str) -> list[tuple[int, int]]:
    """The insides of quotation marks; one that is not closed within its paragraph (or 3,000 characters) is none."""
    spans = []
    at = 0
    while (opened := _OPEN.search(text, at)) is not None:
        start = opened.end()
        limit = text.find("\n\n", start)
        end = text.find(_MARKS[opened.group(0)], start, min(start + _LONGEST, limit if limit >= 0 else len(text)))
        if end < 0:
            at = start
            continue
        if end > start:
            spans.append((start, end))
        at = end + 1
    return spans


def _attribution(
    text: str, start: int, end: int, people: Sequence[Mention], entities: dict[str, Entity]
) -> tuple[str | None, str | None, str | None]:
    """(cue, entity id, the words that name the speaker): first after the quote, then before it in its sentence."""
    after = re.split(r"[.!?]\s|\n|[\"“„«]", text[end + 1 : end + 1 + _AROUND])[0]
    cue = _CUE.search(after)
    if cue is not None and cue.start() < 80:
        speaker, words = _speaker(after, end + 1, people, entities, text)
        if words:
            return cue.group(0), speaker, words
    begin = max(0, start - 1 - _AROUND)
    before = text[begin : start - 1]
    cut = max((match.end() for match in re.finditer(r"[.!?]\s|\n", before)), default=0)
    before, begin = before[cut:], begin + cut
    cues = list(_CUE.finditer(before))
    if cues:
        speaker, words = _speaker(before, begin, people, entities, text)
        if words:
            return cues[-1].group(0), speaker, words
    return (cue.group(0) if cue and cue.start() < 80 else cues[-1].group(0) if cues else None), None, None


def _speaker(
    stretch: str, begin: int, people: Sequence[Mention], entities: dict[str, Entity], text: str
) -> tuple[str | None, str | None]:
    """The first person named in the stretch; else who its pronoun or role stands for."""
    named = next(
        (mention for mention in people if begin <= mention.start and mention.end <= begin + len(stretch)), None
    )
    pronoun, role = _PRONOUN.search(stretch), _THE_ROLE.search(stretch)
    if named is not None:
        return named.entity, named.text
    if role is not None:
        return _of_role(role.group(1), begin + role.start(), people, entities), role.group(0)
    if pronoun is not None and pronoun.group(1).lower() != "they":
        before = [mention for mention in people if mention.end <= begin]
        return (_subject(before, text) if before else None), pronoun.group(0)
    return None, None


def _subject(before: Sequence[Mention], text: str) -> str:
    """Who `he` is: the first person of the last sentence that names one."""
    last = before[-1]
    start = max(text.rfind("\n", 0, last.start), text.rfind(". ", 0, last.start)) + 1
    return next((mention.entity for mention in before if mention.start >= start), last.entity)


def _of_role(role: str, at: int, people: Sequence[Mention], entities: dict[str, Entity]) -> str | None:
    """The person named last whose stated role or country fits the words: `the Russian diplomat` is the Russian minister."""
    words = {word.lower() for word in role.split()}
    before = [mention for mention in people if mention.end <= at]
    for mention in reversed(before):
        entity = entities.get(mention.entity)
        if entity is not None and entity.role and words & {word.lower() for word in entity.role.split()}:
            return entity.id
    return before[-1].entity if before and len({mention.entity for mention in before}) == 1 else None
