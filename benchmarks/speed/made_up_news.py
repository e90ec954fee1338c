"""Made-up articles of 6 kB with their child rows, by a seed, and what is asked of them: for the benchmarks of storing and of searching."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import numpy as np

from schemas.articles import EnrichedArticle
from workers.storage.query import Filters

__all__ = ["DAYS", "FIRST_DAY", "Corpus", "questions"]

FIRST_DAY = datetime(2025, 6, 1, tzinfo=UTC)
DAYS = 30
_COUNTRIES = ("RU", "US", "UA", "DE", "FR", "CN", "GB", "PL", "IN", "BR")


class Corpus:
    """Made-up articles whose words follow Zipf's law, so that some are in every article and most are in few."""

    def __init__(self, seed: int = 7) -> None:
        self.random = random.Random(seed)
        letters = "abcdefghiklmnoprstuvwz"
        self.words = sorted(
            {"".join(self.random.choices(letters, k=self.random.randint(3, 11))) for _ in range(40_000)}
        )
        self.random.shuffle(self.words)
        self.weights = [1 / (rank + 10) for rank in range(len(self.words))]
        self._numbers = np.random.default_rng(seed)
        self._shares = np.cumsum(self.weights) / sum(self.weights)
        self.names = [
            f"{first.title()} {last.title()}"
            for first, last in zip(self.words[-6000:-3000], self.words[-3000:], strict=True)
        ]
        self.name_weights = [1 / (rank + 3) for rank in range(len(self.names))]

    def articles(self, count: int, start: int = 0, of: int | None = None) -> Iterator[EnrichedArticle]:
        """Articles in the order of their publication over 30 days: 6,000 characters, 10 mentions, 5 entities, 4 dates, 2 quotes."""
        for number in range(start, start + count):
            yield self._article(number, FIRST_DAY + timedelta(days=DAYS * number / (of or count)))

    def _article(self, number: int, moment: datetime) -> EnrichedArticle:
        picked = np.searchsorted(self._shares, self._numbers.random(870))
        words = [self.words[min(at, len(self.words) - 1)] for at in picked.tolist()]
        text = " ".join(words)[:6000]
        names = self.random.choices(self.names, self.name_weights, k=5)
        ahead = moment + timedelta(days=self.random.randint(1, 60))
        span = {"confidence": 0.9}
        return EnrichedArticle.model_validate({
            "id": f"article-{number:09d}-{self.random.getrandbits(64):016x}", "url": f"https://news.example/{number}", "source": f"source-{number % 40}.example",
            "title": " ".join(words[:8]), "text": text, "language": {"code": "en", "confidence": 0.99}, "paragraphs": [{"start": 0, "end": len(text)}],
            "published": {"value": moment.strftime("%Y-%m-%dT%H:%M:%SZ"), "precision": "second", "tz_status": "explicit", "method": "jsonld", "raw": "x", "confidence": 0.9},
            "provenance": {"raw": {"topic": "articles.raw.v1", "partition": number % 6, "offset": number, "sha256": "0" * 64},
                           "stages": [{"name": name, "version": "1", "milliseconds": 1.5} for name in ("cleaner", "entities", "dates")]},
            "mentions": [{"start": at * 50, "end": at * 50 + 12, "text": names[at % 5], "type": "PER", "entity": f"e{at % 5 + 1}", **span} for at in range(10)],
            "entities": [{"id": f"e{at + 1}", "type": "PER", "name": name, "aliases": [name.split()[1]], "count": 2, "salience": 0.2, "first_start": at * 50, "country": self.random.choice(_COUNTRIES)} for at, name in enumerate(names)],
            "dates": [{"start": at * 9, "end": at * 9 + 8, "text": "Thursday", "type": "DATE", "value": ahead.date().isoformat(), "from": ahead.date().isoformat(), "to": ahead.date().isoformat(), **span} for at in range(4)],
            "quotes": [{"start": at * 80, "end": at * 80 + 60, "text": text[at * 80 : at * 80 + 60], "speaker": "e1"} for at in range(2)],
        })  # fmt: skip


def questions(corpus: Corpus, count: int) -> list[tuple[str, Filters]]:
    """What is asked, with its kind: words common and rare, phrases, names, countries, days, and several of them at once."""
    pick = random.Random(11)
    day = [(FIRST_DAY + timedelta(days=number)).date().isoformat() for number in range(DAYS + 60)]

    def word() -> str:
        return pick.choices(corpus.words, corpus.weights)[0]

    def name() -> str:
        return pick.choices(corpus.names, corpus.name_weights)[0]

    kinds: dict[str, Callable[[], Filters]] = {
        "word": lambda: Filters(words=word()),
        "two words": lambda: Filters(words=f"{word()} {word()}"),
        "phrase": lambda: Filters(words=f'"{word()} {word()}"'),
        "common word": lambda: Filters(words=pick.choice(corpus.words[:5])),
        "rare word": lambda: Filters(words=pick.choice(corpus.words[-9000:-6000])),
        "word without another, country": lambda: Filters(words=f"{word()} -{word()}", country=pick.choice(_COUNTRIES)),
        "entity": lambda: Filters(entity=name()),
        "alias": lambda: Filters(entity=name().split()[1]),
        "entity, word": lambda: Filters(entity=name(), words=word()),
        "country, language": lambda: Filters(country=pick.choice(_COUNTRIES), language="en"),
        "source, word": lambda: Filters(source=f"source-{pick.randrange(40)}.example", words=word()),
        "days, word": lambda: Filters(published_from=day[(at := pick.randrange(DAYS - 3))], published_to=day[at + 2], words=word()),
        "days mentioned, country": lambda: Filters(mentioned_from=day[(at := pick.randrange(DAYS + 50))], mentioned_to=day[at + 1], country=pick.choice(_COUNTRIES)),
        "all": Filters,
    }  # fmt: skip
    names = list(kinds)
    return [(names[number % len(names)], kinds[names[number % len(names)]]()) for number in range(count)]
