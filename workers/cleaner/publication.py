"""Which of a page's times is its publication, and which its last change: candidates scored together by where they stand."""

import re
from collections.abc import Sequence

from schemas.articles import Published, RawArticle
from workers.cleaner.choice import Choice
from workers.cleaner.published import Candidate, agreeing, best, find_stamps, parse_stamp

__all__ = ["publication_times"]

_UPDATED = re.compile(
    r"\b(?:updated|modified|last (?:update|edit)|aktualisiert|mis à jour|обновлено|actualizado|güncelle)\b",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(r"\b(?:published|posted|veröffentlicht|publié|опубликовано|publicado|yayın)\b", re.IGNORECASE)


def publication_times(
    raw: RawArticle, choice: Choice, document_ids: Sequence[str]
) -> tuple[Published | None, Published | None]:
    """Publication and change: hints, metadata, and visible stamps scored by where they stand."""
    candidates: list[Candidate] = []
    changed: list[Candidate] = []
    if raw.published_hint and (hint := parse_stamp(raw.published_hint, "hint", 0.98)):
        candidates.append(hint)
    candidates += choice.metadata.published
    changed += choice.metadata.modified
    for index, (block, reason) in enumerate(zip(choice.blocks, choice.reasons, strict=True)):
        if reason is None or reason == "document_id" or len(block.text) > 300:
            continue
        score = _place_score(index, reason, choice)
        stamps = find_stamps(block.text, "visible_stamp", score)
        if len({stamp.published.value[:10] for stamp in stamps}) > 1 and not _UPDATED.search(block.text):
            stamps = [stamp.scored(score * 0.5) for stamp in stamps]
        for stamp in stamps:
            before = block.text[max(0, stamp.start - 40) : stamp.start]
            if _UPDATED.search(before) and not _PUBLISHED.search(before[-20:]):
                changed.append(stamp)
            else:
                candidates.append(stamp)
    candidates = agreeing(candidates, [*document_ids, raw.url or choice.metadata.url or ""])
    return best(candidates), best(changed)


def _place_score(index: int, reason: str, choice: Choice) -> float:
    """How likely a visible stamp here is the article's own."""
    if reason == "clock":
        return 0.15
    if reason in {"legal_notice", "footer", "comments", "related"}:
        return 0.1
    body = [at for at, why in enumerate(choice.reasons) if why is None]
    near = min(
        abs(index - choice.title_index) if choice.title_index >= 0 else 99,
        abs(index - body[0]) if body else 99,
        abs(index - body[-1]) + 2 if body else 99,
    )
    base = 0.8 if near <= 4 else 0.6 if near <= 12 else 0.35
    return base + (0.05 if reason == "timestamp" else 0.0)
