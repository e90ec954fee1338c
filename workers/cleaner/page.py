"""HTML pages: which blocks are the article, by the learned model and the rules over it, and why each other block goes."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from workers.cleaner.authors import is_credit, is_names
from workers.cleaner.blocks import Block, Page
from workers.cleaner.body_model import Models, page_chances
from workers.cleaner.byline import is_byline
from workers.cleaner.choice import Choice
from workers.cleaner.dump import cut_repeated
from workers.cleaner.groups import place_bits
from workers.cleaner.lines import classify, is_prose, label_reason, points_elsewhere, words_in
from workers.cleaner.memory import Profile
from workers.cleaner.metadata import Metadata
from workers.cleaner.signs import FIGURE, sign_array, signs_of
from workers.cleaner.titles import Title, find_title, headline_anchor
from workers.cleaner.wording import Matrix
from workers.text import native
from workers.text.normalize import comparable, which_say

__all__ = ["choose_blocks", "thousandths"]

_Chosen: TypeAlias = NDArray[np.bool_]
_Reasons: TypeAlias = tuple[list[str | None], list[float]]

#: Above this chance a block is body. Chosen on the development pages, each read by a model that had not seen its domain.
_BODY = 0.5
#: The reason given for a block in a place, nearest place first; asked in this order where two are equally near.
_PLACES: tuple[tuple[str, int], ...] = tuple(
    (reason, place_bits(*places))
    for reason, places in (
        ("comments", ("comment",)), ("navigation", ("nav", "<nav>")), ("footer", ("footer", "<footer>")), ("caption", ("<figcaption>", "caption")),
        ("form", ("form", "<form>", "<button>")), ("promotion", ("subscribe", "ad", "overlay")), ("share", ("share",)), ("byline", ("byline",)),
        ("related", ("related", "teaser", "side", "<aside>")), ("legal_notice", ("legal",)),
        ("header", ("header", "<header>")),
    )
)  # fmt: skip
_ANY_PLACE = 0
for _, _places in _PLACES:
    _ANY_PLACE |= _places
_LINKS = 0.5
_ALL_LINKS, _FEW_WORDS = 0.8, 6
_COMMENT = place_bits("comment")
#: So much text beside the comments is a body of its own (characters); a paragraph of it holds so many words.
_LEAST_BODY, _LEAD_WORDS = 300, 15
#: What is clutter of no kind that is known.
_NOWHERE = "boilerplate"
#: Body of more words than these that was said before is a copy.
_OWN_WORDS = 8
_RULED = frozenset({"document_id", "timestamp", "clock", "legal_notice"})
_REACH = 6
#: A title that is said again has about so many characters more or less.
_ABOUT = 40
#: Only pieces shorter than this (characters) are cut from the body by a rule.
_SHORT = 100
_SURE = 0.85
#: A claimed body this much longer than what the page shows replaces it (characters).
_LEAST_CLAIM = 500


def choose_blocks(page: Page, metadata: Metadata, models: Models, profile: Profile | None = None) -> Choice:
    """The choice for a page, which gives its blocks away; with the source's profile, what the source repeats goes as well."""
    blocks = page.blocks
    chances = page_chances(page, metadata, headline_anchor(blocks, metadata), models)
    title = find_title(blocks, metadata, models["title.1"])
    chosen = chances >= _BODY
    _cut_comments(page, chosen, title.place)
    if not chosen.any():
        chosen = _prose_anywhere(page)
    told: list[str | None] = [None] * len(blocks)
    if profile is not None:
        cut_repeated([block.text for block in blocks], told, chances, profile)
    reasons, scores = _reasons(page, chosen, chances, title, told)
    choice = Choice(tuple(blocks), tuple(reasons), title.text, title.place, metadata, tuple(scores))
    page.blocks = []  # each block points at its page: without the way back both are freed at once, not by the collector
    return _with_claimed_body(choice)


def _reasons(page: Page, chosen: _Chosen, chances: Matrix, title: Title, told: Sequence[str | None]) -> _Reasons:
    """Why each block goes, and how sure that is. What is no body and holds no sign of anything goes for its place, which is most of a page."""
    blocks = page.blocks
    texts = [block.text for block in blocks]
    # Of the body only what is short is asked for signs.
    bodies = chosen.tolist()
    signs = sign_array(["" if body and len(text) >= _SHORT else text for text, body in zip(texts, bodies, strict=True)])
    again = _says_again(texts, title.text or "")
    places = _places_of(page)
    reasons: list[str | None] = list(map(_named, places))
    scores = thousandths(1.0 - chances.astype(np.float64))
    seen: set[str] = set()
    begun = False
    asked = (chosen | (signs != 0)).nonzero()[0].tolist()
    for number, is_body, sign in zip(asked, chosen[asked].tolist(), signs[asked].tolist(), strict=True):
        block = blocks[number]
        if not is_body:
            reasons[number] = _why(block, sign, places[number])
            continue
        text = block.text
        reason: str | None = None
        if number == title.place or again[number] or told[number] is not None:
            pass  # see below
        elif text in seen and words_in(text) > _OWN_WORDS:
            reason = "repeated_text"
        else:
            reason = _ruled(text, sign, float(chances[number])) or _said_by_itself(text, sign)
            if reason is None and not begun:
                begun = is_prose(text)
                reason = None if begun else _above_story(block)
        seen.add(text)
        reasons[number], scores[number] = reason, 1.0
    for number, (same, cut) in enumerate(zip(again, told, strict=True)):
        if same or cut is not None:
            reasons[number], scores[number] = "repeated_title" if same else cut, 1.0
    if title.place >= 0:
        reasons[title.place], scores[title.place] = "title", 1.0
    return reasons, scores


def thousandths(chances: NDArray[np.float64]) -> list[float]:
    """What `round(chance, 3)` gives for each, in a tenth of the time."""
    rounded: list[float] = (np.rint(chances * 1000.0) / 1000.0).tolist()
    return rounded


def _ruled(text: str, signs: int, chance: float) -> str | None:
    """What cuts a short piece from the body, whatever the model thinks; but a story may speak of privacy policies."""
    if not signs:
        return None
    ruled = classify(text, signs)
    return ruled if ruled in _RULED and not (ruled == "legal_notice" and chance > _SURE) else None


def _says_again(texts: Sequence[str], title: str) -> list[bool]:
    """For each text whether it says what the title says, in about as many characters."""
    heading = comparable(title)
    if not heading:
        return [False] * len(texts)
    told = which_say(texts, {heading}, len(title) + _ABOUT - 1)
    return [same and len(text) > len(title) - _ABOUT for text, same in zip(texts, told, strict=True)]


def _above_story(block: Block) -> str | None:
    """What a line above the first paragraph is, though the model took it for body: a name alone signs the story, a few words that are all links
    lead elsewhere."""
    if is_names(block.text):
        return "byline"
    return "navigation" if block.linked > _ALL_LINKS and words_in(block.text) <= _FEW_WORDS else None


def _said_by_itself(text: str, signs: int) -> str | None:
    """What a line is that the model took for body but that says what it is."""
    if len(text) < _SHORT and (is_byline(text) or (signs & FIGURE and is_credit(text))):
        return "byline"
    return "promotion" if points_elsewhere(text) else None


def _why(block: Block, signs: int, places: int) -> str:
    """The kind of clutter: by its words, else by the nearest place that says what it is; links are asked less, since most are navigation."""
    text = block.text
    if signs & FIGURE and is_credit(text):
        return "byline"
    if block.linked > _LINKS and (reason := label_reason(text, signs) or (_named(places) if places else None)):
        return reason
    reason = classify(text, signs)
    if places and (reason is None or reason == "navigation"):
        reason = _named(places)
    return reason or _NOWHERE


def _places_of(page: Page) -> list[int]:
    """For each block the places that its own markup names, else those of the nearest element around it."""
    blocks = page.blocks
    if native.LIBRARY is not None and page.read is not None and len(page.read.bits) == len(blocks):
        return native.named_places(page.read, _ANY_PLACE, _REACH)
    named: list[int] = []
    for block in blocks:
        bits, element, steps = block.bits & _ANY_PLACE, block.element, 0
        while not bits and element >= 0 and steps <= _REACH:
            bits, element, steps = page.bits[element] & _ANY_PLACE, page.parents[element], steps + 1
        named.append(bits)
    return named


@lru_cache(maxsize=4096)
def _named(places: int) -> str:
    """The name of the first of the places; where there is none, that the block is clutter of no kind."""
    return next((name for name, asked in _PLACES if places & asked), _NOWHERE)


def _cut_comments(page: Page, chosen: _Chosen, headline: int) -> None:
    """Containers of comments go whole, where there is a body outside of them (some themes name everything so). An element that holds the headline,
    or the first paragraph below it, is no such container: it is an opinion piece (German: "Kommentar") that names its kind."""
    places = page.read.places if page.read is not None else np.array(page.bits, np.uint64)
    named = np.flatnonzero(places & np.uint64(_COMMENT)).tolist()
    if not named:
        return
    story = _around_story(page, chosen, headline)
    inside = np.zeros(len(page.tags) + 1, bool)
    for number in named:
        if number not in story:
            inside[number : page.ends[number]] = True
    held = inside[[block.element for block in page.blocks]]
    sizes = np.array([len(block.text) for block in page.blocks], np.float32) * chosen
    if sizes[~held].sum() >= _LEAST_BODY:
        chosen &= ~held


def _around_story(page: Page, chosen: _Chosen, headline: int) -> set[int]:
    """The elements around the headline and around the first paragraph of the body below it."""
    if headline < 0:
        return set()
    below = (number for number in range(headline + 1, len(page.blocks)) if chosen[number])
    lead = next((number for number in below if words_in(page.blocks[number].text) >= _LEAD_WORDS), -1)
    story: set[int] = set()
    for number in (headline, lead):
        element = page.blocks[number].element if number >= 0 else -1
        while element >= 0:
            story.add(element)
            element = page.parents[element]
    return story


def _prose_anywhere(page: Page) -> _Chosen:
    """Where the model finds nothing: running text outside of furniture."""
    places = _places_of(page)
    return np.array(
        [
            is_prose(block.text) and block.linked < 0.5 and _why(block, signs_of([block.text])[0], named) == _NOWHERE
            for block, named in zip(page.blocks, places, strict=True)
        ],
        bool,
    )


def _with_claimed_body(choice: Choice) -> Choice:
    """Where the page shows little but carries its text in JSON-LD (behind a script or a wall), that text is the body."""
    claimed = choice.metadata.body
    shown = [number for number, reason in enumerate(choice.reasons) if reason is None]
    size = sum(len(choice.blocks[number].text) for number in shown)
    if len(claimed) < _LEAST_CLAIM or size * 2 > len(claimed):
        return choice
    known = sum(len(choice.blocks[number].text) for number in shown if choice.blocks[number].text[:60] in claimed)
    if known * 2 < size and size > _LEAST_CLAIM:
        return choice
    reasons = tuple("repeated_text" if reason is None else reason for reason in choice.reasons)
    return replace(choice, reasons=reasons, paragraphs=choice.metadata.body_paragraphs, flags=("body_from_metadata",))
