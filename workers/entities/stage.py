"""The entities stage: adds `mentions`, `entities`, `quotes`, `statements`."""

import re

from schemas.articles import AnnotatedArticle, CleanedArticle
from workers.entities.assemble import make_entities, make_mentions
from workers.entities.backends import load_recognizer
from workers.entities.gazetteers import Gazetteers
from workers.entities.link import link_places
from workers.entities.quotes import find_quotes
from workers.entities.recognise import Name
from workers.entities.refine import refine, typed_places
from workers.entities.resolve import resolve
from workers.entities.source import country_of_source
from workers.ports import Stage, StageOptions

__all__ = ["VERSION", "load"]

VERSION = "2.4.0"


def load(options: StageOptions) -> Stage:
    """The stage with the chosen recogniser and the deployment's gazetteers; raises Misconfigured where one is missing or wrong."""
    backend = load_recognizer(options.entities_backend, options.extra)
    gazetteers = Gazetteers(options.gazetteers)

    def annotate(article: CleanedArticle) -> AnnotatedArticle:
        text, language = article.text, article.language.code
        gazetteers.refresh()
        names = refine(text, [*backend.recognize(text, language), *_agency(article)], language)
        names = typed_places(text, gazetteers.apply(text, names))
        groups, of_name = resolve(text, names)
        ids = {id(group): f"e{number}" for number, group in enumerate(groups, 1)}
        links = link_places(text, groups, country_of_source(article.url, article.source))
        gazetteers.link(groups, links)
        mentions = make_mentions(text, names, of_name, ids)
        entities = make_entities(text, article.title, groups, ids, links)
        genders = {ids[id(group)]: group.gender for group in groups if group.gender}
        quotes, statements = find_quotes(text, language, mentions, entities, genders)
        return AnnotatedArticle.model_construct(
            **dict(article)
            | {
                "mentions": mentions,
                "entities": entities,
                "quotes": quotes,
                "statements": statements,
                "entities_level": backend.level(language),
            }
        )

    return annotate


def _agency(article: CleanedArticle) -> list[Name]:
    """The agency that the cleaner found credited, where the text names it."""
    if not article.agency:
        return []
    named = re.finditer(rf"(?<!\w){re.escape(article.agency)}(?!\w)", article.text)
    return [Name(match.start(), match.end(), "ORG", 0.95) for match in named]
