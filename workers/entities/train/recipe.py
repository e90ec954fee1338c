"""The steps from pinned data to the shipped networks, each kept in a work folder, so that a run that was cut short goes on where it was."""

import hashlib
import pickle
import sys
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from workers.entities.tagger import Tagger
from workers.entities.train.augment import vary
from workers.entities.train.encoder import Params, WordPieces, encoder_params
from workers.entities.train.export import stored_weights
from workers.entities.train.labels import agreed, own_tags, with_shares
from workers.entities.train.news import SPACY_MODEL, documents, label, news_texts
from workers.entities.train.newswire import make_newswire
from workers.entities.train.sets import SETS, Example, read_set, wnut_parts
from workers.entities.train.student import Design, Lexicon, train_student
from workers.entities.train.teacher import teach, teacher_scores
from workers.entities.train.vectors import WordTable, distil_vectors, shared_vectors

__all__ = ["HELD_OUT", "NETWORKS", "Recipe", "check_models"]

#: The development sets that the networks scored by the benchmark never saw.
HELD_OUT = ("wikigold", "uner_ewt_dev")
#: The first network only labels; `mm` and `sm` are the recogniser.
NETWORKS = {"md": Design(epochs=3), "mm": Design(hidden=192, epochs=5, seed=11), "sm": Design(vectors=(64,), epochs=10)}
_ENCODER_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_SPACY_MD_SHA256 = {
    "vocab/vectors": "22d102290ba09bb681c5a2e6063e9b4cea4c41dec9517565181a907b6ba6a830",
    "ner/model": "7454af3a8d841f9724f932f95b06591a13da659e0f99dd44ebbb2be804739d6d",
}
_WORDS, _WIDTH, _KEPT = 60_000, 96, 40_000
_WIKI = "wikiann_en_train"


def check_models(minilm: Path, spacy_md: Path) -> None:
    """Raise ValueError where a model is not the pinned one."""
    wanted = {minilm / "model.safetensors": _ENCODER_SHA256}
    wanted |= {spacy_md / name: digest for name, digest in _SPACY_MD_SHA256.items()}
    for path, digest in wanted.items():
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != digest:
            raise ValueError(f"{path} is not the file that the model was made from: SHA-256 {found}")


@dataclass(frozen=True)
class Mixture:
    """How many sentences an epoch has of each source that is drawn from; the gold is read whole. The teacher shuffles its batches itself."""

    news: int
    wiki: int
    made: int
    shuffled: bool = False


_STUDENT = Mixture(news=7_000, wiki=20_000, made=8_000, shuffled=True)
_SECOND = Mixture(news=18_000, wiki=20_000, made=8_000, shuffled=True)
_TEACHER = Mixture(news=6_000, wiki=5_000, made=1_500)
_FURTHER = Mixture(news=2_000, wiki=1_000, made=500)


class Recipe:
    """The steps. `share` less than 1 takes only this part of everything: to see that all of it runs, not for a good model."""

    def __init__(
        self, bench: Path, minilm: Path, spacy_md: Path, work: Path, left_out: frozenset[str], share: float = 1.0
    ) -> None:
        self.bench, self.minilm, self.spacy_md, self.work = bench, minilm, spacy_md, work
        self._left_out, self._share = left_out, share
        work.mkdir(parents=True, exist_ok=True)

    def _kept(self, name: str, make: Callable[[], Any]) -> Any:
        """The result of a step: read from the work folder (our own files, pickled), or made and written there."""
        path = self.work / f"{name}.pkl"
        if path.exists():
            return pickle.loads(path.read_bytes())  # noqa: S301  our own file
        sys.stderr.write(f"step: {name}\n")
        found = make()
        half = path.with_suffix(".part")
        half.write_bytes(pickle.dumps(found))
        half.replace(path)
        return found

    def _part(self, examples: Sequence[Any]) -> list[Any]:
        return list(examples[: max(1, round(len(examples) * self._share))])

    def _gold(self, left_out: Collection[str], repeated: bool) -> list[Example]:
        """The gold sets; `repeated`: as often as an epoch of a student reads each."""
        found: list[Example] = []
        for name, (_, _, times) in SETS.items():
            if name in left_out or name == _WIKI:
                continue
            examples = read_set(self.bench, name)
            if name == "wnut17_train":
                examples = wnut_parts(examples)[0]
            found += self._part(examples) * (times if repeated else 1)
        return found

    def _draw(
        self, gold: Sequence[Example], news: Sequence[Example], wiki: Sequence[Example], mixture: Mixture
    ) -> Callable[[int], Sequence[Example]]:
        """What an epoch trains on: the gold and part of the labelled sentences, varied, and newly made ones."""

        def draw(epoch: int) -> Sequence[Example]:
            rng = np.random.default_rng(1000 + epoch)
            part = [news[number] for number in rng.permutation(len(news))[: self._some(mixture.news)]]
            part += [wiki[number] for number in rng.permutation(len(wiki))[: self._some(mixture.wiki)]]
            examples = [*vary([*gold, *part], rng), *make_newswire(self._some(mixture.made), epoch)]
            return [examples[number] for number in rng.permutation(len(examples))] if mixture.shuffled else examples

        return draw

    def _some(self, count: int) -> int:
        return max(1, round(count * self._share))

    @cached_property
    def tables(self) -> list[WordTable]:
        """Vectors of the most frequent English words and those of the sets, and the shared ones of en_core_web_md."""
        return [WordTable(*table) for table in self._kept("vectors", self._make_tables)]

    def _make_tables(self) -> list[tuple[Any, Any]]:
        from wordfreq import top_n_list  # noqa: PLC0415  training only

        words = [word for word in top_n_list("en", self._some(_WORDS)) if not any(c.isdigit() for c in word)]
        known = set(words)
        counts: Counter[str] = Counter()
        for name in SETS:
            for line in (self.bench / "entities" / f"{name}.jsonl").read_bytes().splitlines():
                counts.update(word.lower() for word in orjson.loads(line)["tokens"])
        words += [word for word in counts if word not in known and word.isalpha()]
        distilled = distil_vectors(self.minilm, words, _WIDTH)[:_KEPT]
        rows = {word: at for at, word in enumerate(words[:_KEPT])}
        shared = shared_vectors(self.spacy_md, _WIDTH)
        return [(rows, distilled), (shared.rows, shared.vectors)]

    @cached_property
    def documents(self) -> list[list[list[str]]]:
        """The sentences of the unlabelled news, document by document."""
        found: list[list[list[str]]] = self._kept(
            "documents", lambda: documents(iter(self._part(list(news_texts(self.bench, self._left_out)))))
        )
        return found

    @cached_property
    def news(self) -> list[Example]:
        """The news by en_core_web_md."""
        found: list[Example] = self._kept(
            "news_md", lambda: label([words for document in self.documents for words in document], self.spacy_md)
        )
        return found

    @cached_property
    def wiki(self) -> list[Example]:
        """WikiANN's sentences by en_core_web_md; its own tags, made by rule, teach less."""
        found: list[Example] = self._kept(
            "wiki_md", lambda: label([one.words for one in self._part(read_set(self.bench, _WIKI))], self.spacy_md)
        )
        return found

    def first(self, left_out: Collection[str]) -> dict[str, Any]:
        """The network that learns from gold and from en_core_web_md, as arrays."""
        draw = self._draw(self._gold(left_out, repeated=True), self.news, self.wiki, _STUDENT)
        return self._network("md", left_out, draw)

    def second(self, left_out: Collection[str]) -> dict[str, Any]:
        """The network that learns from gold and from the MiniLM."""
        news, wiki = self.shares
        draw = self._draw(self._gold(left_out, repeated=True), news, wiki, _SECOND)
        return self._network("mm", left_out, draw)

    def third(self, left_out: Collection[str]) -> dict[str, Any]:
        """The network that learns from gold, from en_core_web_sm, and from WikiANN's own tags: another view, for the mean."""
        news = self._kept("news_sm", lambda: label([words for one in self.documents for words in one], SPACY_MODEL))
        wiki = self._part(read_set(self.bench, _WIKI))
        return self._network("sm", left_out, self._draw(self._gold(left_out, repeated=True), news, wiki, _STUDENT))

    def _network(
        self, name: str, left_out: Collection[str], draw: Callable[[int], Sequence[Example]]
    ) -> dict[str, Any]:
        design = NETWORKS[name]
        tables = self.tables[: len(design.vectors)]
        found: dict[str, Any] = self._kept(
            "_".join([name, *left_out]),
            lambda: stored_weights(train_student(draw, Lexicon(tables), design), design, tables),
        )
        return found

    @cached_property
    def doubted(self) -> tuple[list[Example], list[Example]]:
        """News and WikiANN's sentences by the first network that never saw the development sets, doubtful where en_core_web_md differs."""

        def make() -> tuple[list[Example], list[Example]]:
            tagger = Tagger([self.first(HELD_OUT)])
            news = agreed(self.news, [tags for document in self.documents for tags in own_tags(tagger, document)])
            return news, agreed(self.wiki, [own_tags(tagger, [one.words])[0] for one in self.wiki])

        found: tuple[list[Example], list[Example]] = self._kept("doubted", make)
        return found

    @cached_property
    def encoder(self) -> Params:
        """all-MiniLM-L6-v2 as it comes."""
        return encoder_params(self.minilm)

    @cached_property
    def pieces(self) -> WordPieces:
        """Its tokeniser."""
        return WordPieces(self.minilm)

    @cached_property
    def teacher(self) -> Params:
        """The fine-tuned MiniLM that never saw the development sets."""
        draw = self._draw(self._gold(HELD_OUT, repeated=False), *self.doubted, _TEACHER)
        return teach(self.encoder, self.pieces, draw, epochs=1, kept=self.work / "teacher.npz")

    def full_teacher(self) -> Params:
        """The same, taught further with the development sets: what the backend `minilm` runs."""
        gold = [one for name in HELD_OUT for one in self._part(read_set(self.bench, name))]
        rest = self._gold(HELD_OUT, repeated=False)
        draw = self._draw([*gold, *gold, *rest[: len(gold)]], *self.doubted, _FURTHER)
        return teach(
            self.encoder, self.pieces, draw, epochs=1, kept=self.work / "teacher_all.npz", begin=self.teacher, rate=7e-5
        )

    @cached_property
    def shares(self) -> tuple[list[Example], list[Example]]:
        """News and WikiANN's sentences with the MiniLM's shares of the tags."""

        def make() -> tuple[list[Example], list[Example]]:
            news, wiki = (
                with_shares(part, teacher_scores(self.encoder, self.teacher, self.pieces, part))
                for part in self.doubted
            )
            return news, wiki

        found: tuple[list[Example], list[Example]] = self._kept("shares", make)
        return found
