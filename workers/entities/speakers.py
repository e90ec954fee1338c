"""Who speaks: the name, pronoun or role beside a verb of saying, and the entity that it stands for."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from schemas.articles import Entity, Mention
from workers.entities.cues import cue_pattern, fragment_pattern, pronoun_pattern, unnamed_pattern
from workers.entities.lexicon import countries, demonyms

__all__ = ["Attribution", "Speakers", "sentence_end"]

_WOMEN = frozenset({"she", "her", "sie", "elle", "ella", "она", "вона", "هي", "lei", "ela", "ze", "zij"})
_MEN = frozenset({"he", "him", "er", "il", "él", "он", "він", "هو", "lui", "ele", "hij"})
_THINGS = frozenset({"i", "it", "they", "we", "es", "ils", "ellos", "они", "вони"})
_ALIKE = (
    {"diplomat", "minister", "ambassador", "envoy", "secretary", "consul"},
    {"leader", "president", "premier", "chancellor", "minister", "chairman", "chief", "king", "pope", "prime"},
    {
        "official",
        "minister",
        "director",
        "secretary",
        "commissioner",
        "governor",
        "chief",
        "spokesman",
        "spokeswoman",
        "spokesperson",
    },
    {"spokesman", "spokeswoman", "spokesperson"},
    {"doctor", "physician", "surgeon", "dr"},
    {"pope", "pontiff"},
    {"lawyer", "attorney", "solicitor"},
    {"boss", "ceo", "executive", "chief", "chairman", "director"},
    {"lawmaker", "senator", "congressman", "congresswoman", "representative", "mp"},
    {"scientist", "researcher", "professor", "microbiologist", "virologist", "expert"},
)
_OBJECT_BEFORE = re.compile(
    r"(?:told|tells|telling|to|by|with|of|from|for|against|about|in|on|at|asked|urged|called|quoted|cited|quoting|near)(?: the)? $",
    re.IGNORECASE,
)
_END = re.compile(r"[.!?…](?=[\s\"”»]|$)")
_ABBREVIATED = re.compile(
    r"(?:\b[A-Z]|\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Col|Sgt|Sen|Rep|Gov|St|Jr|Sr|Lt|Capt|Inc|Ltd|Corp|Co|No))$"
)
_CLAUSE = re.compile(r"(?:;|:|—|–| but | and | while | when | after | as | because | although | which )")


def sentence_end(text: str, begin: int, limit: int) -> int:
    """Where the sentence that `begin` is in ends, its mark included; `limit` when it does not end before."""
    for match in _END.finditer(text, begin, limit):
        if not _ABBREVIATED.search(text[max(0, match.start() - 5) : match.start()]):
            return match.end()
    return limit


@dataclass(frozen=True, slots=True)
class Attribution:
    """The verb of saying, the words that name the speaker, and the entity's id where it can be told."""

    cue: str
    words: str | None
    entity: str | None


class Speakers:
    """Finds who speaks in stretches of one article. `genders` holds m or f by entity id, where known."""

    def __init__(
        self,
        text: str,
        language: str,
        mentions: Sequence[Mention],
        entities: Sequence[Entity],
        genders: dict[str, str],
        blocked: Sequence[tuple[int, int]] = (),
    ) -> None:
        self._text, self._language = text, language if language != "und" else "en"
        self._mentions = [mention for mention in mentions if mention.type in {"PER", "ORG", "GPE"}]
        self._ends = [mention.end for mention in self._mentions]
        self._people = [mention for mention in mentions if mention.type == "PER"]
        self._entities = {entity.id: entity for entity in entities}
        self._genders = genders
        self._blocked = blocked
        self.last: str | None = None
        self.last_at = -1

    def cues(self, start: int, end: int) -> list[re.Match[str]]:
        """Verbs of saying in a stretch of the text."""
        return list(cue_pattern(self._language).finditer(self._text, start, end))

    def judging(self, start: int, end: int) -> list[re.Match[str]]:
        """The verb of judging that a quoted fragment is the object of, at most six words before it (English)."""
        found = list(fragment_pattern().finditer(self._text, start, end)) if self._language == "en" else []
        return [cue for cue in found[-1:] if len(self._text[cue.end() : end].split()) <= 6]

    def after_cue(self, cue: re.Match[str], end: int) -> Attribution | None:
        """`said Carlos Vallejos, the minister`: who is named right after the verb."""
        begin = cue.end()
        stop = sentence_end(self._text, begin, end)
        limit = begin + len(re.split(r"[:;(]", self._text[begin:stop], maxsplit=1)[0])
        if not self._language_is_verb_first() and not self._starts_subject(begin, limit):
            return None
        person = self.first(begin, min(limit, begin + 140), {"PER"})
        lead = self._text[begin : person.start] if person else ""
        if (
            person is not None
            and not re.search(r"(?:^|[\s,])(?:that|of|for|to|with|against|who|as)\s", f" {lead}")
            and lead.count(",") <= 1
        ):
            return Attribution(cue.group(), person.text, person.entity)
        body = self.first(begin, min(limit, begin + 70), {"ORG", "GPE"})
        unnamed = unnamed_pattern(self._language).match(self._text, self._skip_blank(begin), limit)
        if unnamed is not None and not (
            body is not None and (body.start - begin < 6 or body.end >= unnamed.end() > body.start)
        ):
            return self._from_unnamed(cue.group(), unnamed, limit)
        while body is not None and self._text.startswith(("'s", "’s"), body.end):
            body = self.first(body.end, min(limit, body.end + 60), {"ORG", "GPE", "PER"}) or None
        if body is not None and not re.search(r"\b(?:in|to|at|that|from|on)\s", self._text[begin : body.start]):
            return Attribution(cue.group(), body.text, body.entity)
        return None

    def _language_is_verb_first(self) -> bool:
        return self._language != "en"

    def _starts_subject(self, begin: int, limit: int) -> bool:
        """Whether what follows the verb may be its subject: not `that`, an object or a clause."""
        following = self._text[begin : min(limit, begin + 24)].lstrip()
        return bool(following) and not re.match(
            r"(?:that|to|he|she|it|they|in|on|at|when|if|how|why|what|reporters|him|her|them|as|about|during|last|this week|earlier)\b",
            following,
        )

    def _skip_blank(self, at: int) -> int:
        while at < len(self._text) and self._text[at] in " \u00a0":
            at += 1
        return at

    def before_cue(self, start: int, cue: re.Match[str]) -> Attribution | None:
        """`Lavrov stated`, `she told the agency`: the subject in the clause before the verb."""
        if cue.group("source"):
            return self._source(cue)
        if cue.group().lower() == "as saying":
            return self._quoted_as_saying(start, cue)
        begin = self._clause_start(start, cue.start())
        clause = self._text[begin : cue.start()]
        pronoun = next(reversed(list(pronoun_pattern(self._language).finditer(self._text, begin, cue.start()))), None)
        named = [mention for mention in self._between(begin, cue.start()) if not self._is_object(mention, begin)]
        people = [
            mention
            for mention in named
            if mention.type == "PER" and not self._text.startswith(("'s", "’s"), mention.end)
        ]
        if (
            pronoun is not None
            and (cue.start() - pronoun.end() < 18 or not named)
            and not (people and people[-1].start > pronoun.start())
        ):
            return Attribution(cue.group(), pronoun.group(), self.of_pronoun(pronoun.group(), pronoun.start()))
        if people:
            joined = " and " in self._text[people[0].end : people[-1].start]
            head = people[0] if len(people) == 1 or "," in clause or " of " in clause or joined else people[-1]
            return Attribution(cue.group(), head.text, head.entity)
        unnamed = next(reversed(list(unnamed_pattern(self._language).finditer(self._text, begin, cue.start()))), None)
        body = next((mention for mention in named if not self._text.startswith(("'s", "’s"), mention.end)), None)
        if unnamed is not None and (
            body is None or (body.end < unnamed.end() and not body.start >= unnamed.start() - 4)
        ):
            return self._from_unnamed(cue.group(), unnamed, cue.start())
        if body is not None:
            return Attribution(cue.group(), body.text, body.entity)
        return Attribution(cue.group(), None, None) if clause.strip() else None

    def _quoted_as_saying(self, start: int, cue: re.Match[str]) -> Attribution | None:
        """`AP quoted him as saying`, `quoted Nyoman Kandun, an official, as saying`."""
        quoted = self._text.rfind("quot", start, cue.start())
        begin = max(start, quoted)
        person = self.first(begin, cue.start(), {"PER"})
        if person is not None:
            return Attribution(cue.group(), person.text, person.entity)
        pronoun = pronoun_pattern(self._language).search(self._text, begin, cue.start())
        if pronoun is not None:
            return Attribution(cue.group(), pronoun.group(), self.of_pronoun(pronoun.group(), pronoun.start()))
        return None

    def _source(self, cue: re.Match[str]) -> Attribution | None:
        """`according to Lavrov`."""
        limit = sentence_end(self._text, cue.end(), min(len(self._text), cue.end() + 120))
        person = self.first(cue.end(), min(limit, cue.end() + 70), {"PER"})
        named = person or self.first(cue.end(), min(limit, cue.end() + 40), {"ORG", "GPE"})
        if named is not None:
            return Attribution(cue.group(), named.text, named.entity)
        pronoun = pronoun_pattern(self._language).match(self._text, self._skip_blank(cue.end()), limit)
        if pronoun:
            return Attribution(cue.group(), pronoun.group(), self.of_pronoun(pronoun.group(), pronoun.start()))
        return Attribution(cue.group(), None, None)

    def _clause_start(self, start: int, end: int) -> int:
        """Where the clause of the verb begins, if a name or pronoun stands after that."""
        cut = start
        for match in _CLAUSE.finditer(self._text, start, end):
            if any(one.type == "PER" for one in self._between(match.end(), end)) or pronoun_pattern(
                self._language
            ).search(self._text, match.end(), end):
                cut = match.end()
        return cut

    def _is_object(self, mention: Mention, begin: int) -> bool:
        return _OBJECT_BEFORE.search(self._text, max(begin, mention.start - 14), mention.start) is not None

    def _between(self, start: int, end: int) -> list[Mention]:
        first = bisect_left(self._ends, start + 1)
        found = []
        for mention in self._mentions[first:]:
            if mention.end > end:
                break
            if mention.start >= start and not any(a <= mention.start < b for a, b in self._blocked):
                found.append(mention)
        return found

    def first(self, start: int, end: int, kinds: set[str]) -> Mention | None:
        """The first name of these types in a stretch, outside quotes."""
        return next((mention for mention in self._between(start, end) if mention.type in kinds), None)

    def _from_unnamed(self, cue: str, unnamed: re.Match[str], limit: int) -> Attribution:
        """Somebody by role: named in an apposition, known by that role, or speaking for the body that is named."""
        words = unnamed.group().strip()
        apposition = re.match(r"(?: (?:for|of|at|from|with) [^,.]{2,60})?,? ", self._text[unnamed.end() : limit])
        if apposition:
            person = self.first(unnamed.end(), min(limit, unnamed.end() + apposition.end() + 30), {"PER"})
            if person is not None and person.start <= unnamed.end() + apposition.end() + 12:
                return Attribution(cue, person.text, person.entity)
        inside = self.first(unnamed.start(), unnamed.end(), {"ORG"})
        speaks_for = re.match(r" (?:for|of|at|from) (?:the )?", self._text[unnamed.end() : limit])
        body = (
            self.first(unnamed.end(), unnamed.end() + speaks_for.end() + 60, {"ORG", "GPE"}) if speaks_for else inside
        )
        if (
            "spokes" in words.lower()
            and body is not None
            and (not speaks_for or body.start <= unnamed.end() + speaks_for.end() + 2)
        ):
            return Attribution(cue, words, body.entity)
        if re.search(r"(?:statement|report|release)$", words):
            return Attribution(cue, words, self.last)
        definite = re.match(r"(?:the|this|that)\s", words, re.IGNORECASE) is not None
        return Attribution(cue, words, self.of_role(words, unnamed.start()) if definite else None)

    def of_pronoun(self, pronoun: str, at: int) -> str | None:
        """The entity of he, she or they: the last speaker where nobody fitting was named since, else the subject named last."""
        low = pronoun.lower()
        if low in _THINGS:
            return self.last if self.last_at >= 0 else None
        gender = "f" if low in _WOMEN else "m" if low in _MEN else None
        before = [
            mention
            for mention in self._people
            if mention.end <= at
            and self._fits(mention.entity, gender)
            and not any(a <= mention.start < b for a, b in self._blocked)
        ]
        if (
            self.last is not None
            and self._fits(self.last, gender)
            and not any(mention.start > self.last_at for mention in before)
        ):
            return self.last
        return self._subject(before) if before else None

    def _fits(self, entity: str, gender: str | None) -> bool:
        known = self._genders.get(entity)
        return gender is None or known is None or known == gender

    def _subject(self, before: Sequence[Mention]) -> str:
        """The first person of the last sentence that names one, unless only as an object."""
        last = before[-1]
        start = (
            max(
                self._text.rfind("\n", 0, last.start),
                self._text.rfind(". ", 0, last.start),
                self._text.rfind('" ', 0, last.start),
            )
            + 1
        )
        inside = [mention for mention in before if mention.start >= start]
        free = [mention for mention in inside if not self._is_object(mention, start)]
        return (free or inside)[0].entity

    def of_role(self, words: str, at: int) -> str | None:
        """The person named last whose stated role and country fit: `the Russian diplomat` is the Russian foreign minister."""
        parts = {part.lower().removesuffix("'s") for part in re.split(r"[\s-]+", words)}
        nation = next(
            (
                code
                for part in parts
                if (code := demonyms().get(part) or (countries().get(part) if len(part) > 2 else None))
            ),
            None,
        )
        wanted = set(parts)
        for alike in _ALIKE:
            if parts & alike:
                wanted |= alike
        seen: set[str] = set()
        for mention in reversed([mention for mention in self._people if mention.end <= at]):
            entity = self._entities.get(mention.entity)
            if entity is None or entity.id in seen:
                continue
            seen.add(entity.id)
            role = set(re.split(r"[\s-]+", (entity.role or "").lower()))
            if role & wanted - {"the", "of", "for", "a"} and (nation is None or entity.country in {nation, None}):
                return entity.id
        return None
