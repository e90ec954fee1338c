"""The article's mentions and entities, as the message carries them, from what was resolved and linked."""

import re
from collections.abc import Sequence

from schemas.articles import Entity, Mention
from workers.entities.lexicon import capitals
from workers.entities.link import PlaceLink, country_code, link_identity
from workers.entities.recognise import Name
from workers.entities.resolve import Group

__all__ = ["make_entities", "make_mentions"]

#: What governments do and cities do not.
_GOVERNMENT_VERB = re.compile(
    r"(?:'s (?:government|position|stance|policy)|,? (?:has |had |have |is |was |also |remains? |will |would |did |does |says |said )?(?:not )?(?:said|says|remain(?:s|ed)?|den(?:y|ies|ied)|accus(?:es|ed)|warn(?:s|ed)|urg(?:es|ed)|call(?:s|ed) (?:on|for)|reject(?:s|ed)|condemn(?:s|ed)|announc(?:es|ed)|agree(?:s|d)|insist(?:s|ed)|demand(?:s|ed)|want(?:s|ed)|back(?:s|ed)|support(?:s|ed)|oppos(?:es|ed)|recogni[sz](?:es|ed)|impos(?:es|ed)|lift(?:s|ed)|summon(?:s|ed)|recall(?:s|ed)|expel(?:s|led)|maintain(?:s|ed)|seek(?:s)?|sought|consider(?:s|ed)|refus(?:es|ed)|offer(?:s|ed)|pledg(?:es|ed)|vow(?:s|ed)|claim(?:s|ed)|respond(?:s|ed)|retaliat(?:es|ed)|hope(?:s|d)|view(?:s|ed)|confirm(?:s|ed)|sign(?:s|ed)|signal(?:s|led|ed)|attentive|committed|ready|concerned|willing|prepared))(?![\w-])"
)
_BETWEEN = re.compile(r"(?:between|relations with|talks with|ties with|pressure on|support from) (?:[A-Z]\w+ and )?$")


def make_mentions(
    text: str, names: Sequence[Name], of_name: Sequence[Group], ids: dict[int, str]
) -> tuple[Mention, ...]:
    """One mention for each name."""
    return tuple(
        Mention(
            start=name.start, end=name.end, text=text[name.start : name.end], type=group.type, entity=ids[id(group)],
            confidence=name.confidence, metonym=True if group.type == "GPE" and _stands_for_government(text, name) else None,
        )
        for name, group in zip(names, of_name, strict=True)
    )  # fmt: skip


def _stands_for_government(text: str, name: Name) -> bool:
    if text[name.start : name.end].lower() not in capitals():
        return False
    if text[max(0, name.start - 4) : name.start].lower().endswith((" in ", "in ", " at ", " to ")):
        return False
    return (
        _GOVERNMENT_VERB.match(text, name.end) is not None
        or _BETWEEN.search(text, max(0, name.start - 40), name.start) is not None
    )


def make_entities(
    text: str, title: str | None, groups: Sequence[Group], ids: dict[int, str], links: dict[int, PlaceLink]
) -> tuple[Entity, ...]:
    """The entities in order of first mention."""
    folded_title = title or ""
    return tuple(_entity(text, folded_title, group, ids[id(group)], links.get(id(group))) for group in groups)


def _entity(text: str, title: str, group: Group, identity: str, link: PlaceLink | None) -> Entity:
    canonical = group.canonical
    first, count = group.names[0].start, len(group.names)
    in_title = any(re.search(rf"(?<!\w){re.escape(form)}(?!\w)", title, re.IGNORECASE) for form in group.forms)
    salience = min(1.0, 0.5 * min(count, 8) / 8 + 0.3 * (1 - first / max(1, len(text))) + (0.2 if in_title else 0.0))
    place = link.place if link else None
    country = (place.country or None) if place else country_code(group) or (group.role.country if group.role else None)
    return Entity(
        id=identity, type=group.type, name=canonical, aliases=tuple(form for form in group.forms if form != canonical), count=count,
        salience=round(salience, 3), first_start=first, role=group.role.words if group.role else None, country=country,
        geonames_id=(place.geonames_id or None) if place else None, wikidata=group.known or link_identity(group),
        lat=place.lat if place else None, lon=place.lon if place else None, link_confidence=link.confidence if link else None, in_title=in_title,
    )  # fmt: skip
