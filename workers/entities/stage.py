"""The entities stage: adds `mentions`, `entities` and `quotes`."""

import re

from schemas.articles import AnnotatedArticle, CleanedArticle
from workers.entities.backends import load_recognizer
from workers.entities.quotes import find_quotes
from workers.entities.recognise import Name, refine, typed_places
from workers.entities.resolve import resolve
from workers.ports import Stage, StageOptions

__all__ = ["VERSION", "load"]

VERSION = "1.0.0"


def load(options: StageOptions) -> Stage:
    """The stage with the chosen recogniser; raises Misconfigured where it is missing."""
    recognize = load_recognizer(options.entities_backend)

    def annotate(article: CleanedArticle) -> AnnotatedArticle:
        text = article.text
        names = typed_places(text, refine(text, [*recognize(text, article.language.code), *_agency(article)]))
        mentions, entities = resolve(text, article.title, names)
        quotes = find_quotes(text, mentions, entities)
        return AnnotatedArticle.model_construct(
            **dict(article) | {"mentions": mentions, "entities": entities, "quotes": quotes}
        )

    return annotate


def _agency(article: CleanedArticle) -> list[Name]:
    """The agency that the cleaner found credited, where the text names it."""
    if not article.agency:
        return []
    named = re.finditer(rf"(?<!\w){re.escape(article.agency)}(?!\w)", article.text)
    return [Name(match.start(), match.end(), "ORG", 0.95) for match in named]
