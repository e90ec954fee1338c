"""Words given as somebody's: direct quotes with their speakers, and statements in indirect speech."""

import re
from collections.abc import Sequence

from schemas.articles import Entity, Mention, Quote
from workers.entities.lexicon import word_set
from workers.entities.speakers import Attribution, Speakers, sentence_end

__all__ = ["find_quotes", "quote_spans"]

_CLOSERS = {'"': '"”“', "“": '”"', "„": '“”"', "«": "»", "»": "«", "‹": "›"}
_OPEN = re.compile(r'(?<![\w.,;:!?)])["“„«»‹](?=\S|[\u00a0 ]\S)|(?<=[\s(\[—–-])["“„«»‹]|^["“„«»‹]', re.MULTILINE)
_LONGEST = 5000
_AROUND = 220
_TURN = re.compile(r"[\s,]*(?:while|but|whereas|although|though|and)\s")
_SHORT_SUBJECT = re.compile(r"(?:[A-ZÀ-Ý][\w.'’-]*\s){1,3}")
_MOST = 500


def quote_spans(text: str) -> list[tuple[int, int]]:
    """The insides of quotation marks, outer blanks left out. A quote runs to its closing mark within the paragraph; a quote over
    several paragraphs opens each of them and is closed in the last, and gives one span for each; one that is never closed runs to the
    end of its paragraph when it is four words or more."""
    spans: list[tuple[int, int]] = []
    at = 0
    while len(spans) < _MOST and (opened := _OPEN.search(text, at)) is not None:
        start = opened.end()
        paragraph = text.find("\n", start)
        limit = min(start + _LONGEST, paragraph if paragraph >= 0 else len(text))
        end = _closing(text, opened.group(), start, limit)
        if end is None:
            if len(text[start:limit].split()) < 4:
                at = start
                continue
            end = limit
        inner = text[start:end]
        first, last = start + len(inner) - len(inner.lstrip()), end - len(inner) + len(inner.rstrip())
        if last > first:
            spans.append((first, last))
        at = max(end + 1, start)
    return spans


def _closing(text: str, opening: str, start: int, limit: int) -> int | None:
    """The first closing mark that a word does not follow directly."""
    for at in range(start, limit):
        if text[at] in _CLOSERS[opening] and not (at + 1 < len(text) and text[at + 1].isalnum()):
            return at
    return None


def find_quotes(
    text: str, language: str, mentions: Sequence[Mention], entities: Sequence[Entity], genders: dict[str, str]
) -> tuple[tuple[Quote, ...], tuple[Quote, ...]]:
    """(direct quotes, statements in indirect speech), in order. Words in marks that nobody is said to say, three or fewer, are no quote."""
    spans = quote_spans(text)
    speakers = Speakers(text, language, mentions, entities, genders, spans)
    quotes: list[Quote] = []
    statements: list[Quote] = []
    for number, (start, end) in enumerate(spans):
        lower = spans[number - 1][1] + 1 if number else 0
        upper = spans[number + 1][0] - 1 if number + 1 < len(spans) else len(text)
        statements += _statements(text, speakers, lower, start, quotes)
        found = _attribute(text, speakers, start, end, lower, upper)
        if found is None or (found.words is None and found.entity is None):
            found = _carried(text, quotes, start, lower) or found
        if found is None and len(text[start:end].split()) <= 3:
            continue
        speaker = found.entity if found else None
        quotes.append(
            Quote(
                start=start,
                end=end,
                text=text[start:end],
                speaker=speaker,
                speaker_text=found.words if found else None,
                cue=found.cue if found else None,
            )
        )
        if speaker is not None:
            speakers.last, speakers.last_at = speaker, end
    statements += _statements(text, speakers, spans[-1][1] + 1 if spans else 0, len(text), quotes)
    return tuple(quotes), tuple(statements)


def _attribute(text: str, speakers: Speakers, start: int, end: int, lower: int, upper: int) -> Attribution | None:
    """Who says it: by the words after the quote in its sentence, or by those before it, whichever belong to it."""
    after_begin = end
    while after_begin < len(text) and text[after_begin] in '"”“»«›\u00a0 ,':
        after_begin += 1
    after_end = min(upper, end + _AROUND, _end_of(text, after_begin, upper))
    before_begin = max(lower, start - _AROUND, _begin_of(text, lower, start))
    closed = text[end - 1] in ".!?…" or (end + 1 < len(text) and text[end] == ".")
    partial = text[start].islower() or text[start] == "["
    introduced = bool(re.search(r"(?::|,|\bthat)\s*[\"“„«]?\s*$", text[max(lower, start - 8) : start]))
    ends_comma = text[end - 1] in ",—" or text[end + 1 : end + 2] == ","
    after = _after(text, speakers, after_begin, after_end, closed=closed and text[end - 1] == ".")
    if after is not None and (ends_comma or text[end - 1] in "?!.") and not (partial and introduced):
        return after
    before = _before(text, speakers, before_begin, start)
    if before is not None and (before.words or before.entity):
        return before
    return after or before


def _after(text: str, speakers: Speakers, begin: int, end: int, *, closed: bool) -> Attribution | None:
    """The words after the quote. After a full stop inside the marks they belong to it only when they are no more than `Moats said`."""
    if _TURN.match(text, begin, end):
        return None
    for cue in speakers.cues(begin, end)[:2]:
        if cue.start() - begin > 110:
            break
        if closed and not text[begin].islower():
            short = _SHORT_SUBJECT.match(text, begin, end)
            if (
                short is None
                or short.end() < cue.start()
                or re.match(r" (?:that|it|the|in a|\w+ed)\b|[^.]*[\"“]", text[cue.end() : end])
            ):
                break
        named_first = speakers.before_cue(begin, cue) if cue.start() > begin + 1 or cue.group("source") else None
        if named_first is not None and (named_first.words or named_first.entity):
            return named_first
        named_last = speakers.after_cue(cue, end)
        if named_last is not None:
            return named_last
    return None


def _before(text: str, speakers: Speakers, begin: int, start: int) -> Attribution | None:
    cues = speakers.cues(begin, start) or speakers.judging(begin, start)
    best: Attribution | None = None
    for cue in reversed(cues):
        found = speakers.before_cue(begin, cue)
        if (found is None or not (found.words or found.entity)) and start - cue.end() > 3:
            found = speakers.after_cue(cue, start) or found
        if found is not None and (found.words or found.entity):
            return found
        best = best or found
    if not cues and re.search(r":\s*[\"“„«]?\s*$", text[max(begin, start - 4) : start]):
        return _before_colon(speakers, begin, start)
    return best


def _before_colon(speakers: Speakers, begin: int, start: int) -> Attribution | None:
    """A name before a colon speaks: `Rao: "..."`."""
    named = speakers.first(begin, start, {"PER"})
    return Attribution(":", named.text, named.entity) if named is not None else None


def _begin_of(text: str, lower: int, start: int) -> int:
    """Where the sentence around the quote begins; the mark that opens the quote is no end of a sentence."""
    begin = max(lower, text.rfind("\n", lower, start) + 1)
    while (end := sentence_end(text, begin, max(begin, start - 1))) < start - 1:
        begin = end
    return begin


def _end_of(text: str, begin: int, upper: int) -> int:
    """Where the sentence or the line ends."""
    line = text.find("\n", begin, upper)
    return sentence_end(text, begin, line if line >= 0 else upper)


def _carried(text: str, quotes: Sequence[Quote], start: int, lower: int) -> Attribution | None:
    """A quote without words of its own goes on with the one before it: right after it, or opening the next paragraph."""
    if not quotes or quotes[-1].speaker is None:
        return None
    between = text[quotes[-1].end : start]
    bare = between.strip(' \n\r\t"”“»«.,')
    same = "\n" not in between and len(between) < _AROUND
    following = between.count("\n\n") <= 1 and len(bare) < 2
    if (same and len(re.findall(r"[.!?]\s", between)) <= 1) or following:
        return Attribution(quotes[-1].cue or "", quotes[-1].speaker_text, quotes[-1].speaker)
    return None


_REPORTED = re.compile(r"^\s*(?:[^.\"]{0,70}?\bthat\s)?(?P<clause>\S.{12,})$", re.DOTALL)
_INDIRECT = word_set(
    "said says stated states added adds noted notes affirmed stressed emphasized emphasised remarked claimed claims argued argues warned warns announced announces explained insisted insists declared confirmed denied acknowledged admitted underscored underlined told tells reported predicted suggested believes"
)


def _statements(text: str, speakers: Speakers, begin: int, end: int, quotes: Sequence[Quote]) -> list[Quote]:
    """`Vallejos also stated that all would receive care`: sentences with a verb of saying and no quotation marks."""
    found: list[Quote] = []
    at = begin
    while at < end and len(found) < _MOST:
        stop = min(end, _end_of(text, at, end))
        sentence_begin = at + len(text[at:stop]) - len(text[at:stop].lstrip(' \n\t"”“»«.,'))
        at = max(stop, at + 1)
        if stop >= end and end < len(text) and text[end - 1 : end + 1].strip() and text[stop - 1] not in ".!?\n":
            continue  # the rest is the lead of a quote
        if sentence_begin >= stop or (begin and sentence_begin - begin < 3 and text[sentence_begin].islower()):
            continue
        statement = _statement(text, speakers, sentence_begin, stop)
        if statement is not None:
            found.append(statement)
    return found


def _statement(text: str, speakers: Speakers, begin: int, end: int) -> Quote | None:
    for cue in speakers.cues(begin, end):
        if cue.group().lower() not in _INDIRECT and not cue.group("source"):
            continue
        who = speakers.before_cue(begin, cue)
        if who is None or who.entity is None:
            continue
        body_end = end - (1 if text[end - 1] in ".!?" else 0)
        clause = _REPORTED.match(text[cue.end() : body_end])
        last = re.match(r"^.{0,3}$", text[cue.end() : body_end])
        if last is not None and text[begin : cue.start()].rfind(",") > 12:
            start, stop = begin, begin + text[begin : cue.start()].rfind(",")
        elif clause is not None and not cue.group("source"):
            start, stop = cue.end() + clause.start("clause"), body_end
        else:
            continue
        speakers.last, speakers.last_at = who.entity, cue.end()
        return Quote(
            start=start, end=stop, text=text[start:stop], speaker=who.entity, speaker_text=who.words, cue=who.cue
        )
    return None
