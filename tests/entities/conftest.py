"""The stage with its defaults, loaded once, and a short way to run it on a text of ours."""

from collections.abc import Callable

import pytest

from schemas.articles import AnnotatedArticle, CleanedArticle, Language
from workers.entities.stage import load
from workers.ports import Stage, StageOptions

Annotate = Callable[..., AnnotatedArticle]


@pytest.fixture(scope="session")
def stage() -> Stage:
    """The embedded recogniser, no gazetteers."""
    return load(StageOptions())


@pytest.fixture(scope="session")
def annotate(stage: Stage) -> Annotate:
    """A text in, the annotated article out."""

    def run(text: str, language: str = "en", **fields: object) -> AnnotatedArticle:
        article = CleanedArticle(id="a1", text=text, language=Language(code=language, confidence=1.0), **fields)
        found = stage(article)
        assert isinstance(found, AnnotatedArticle)
        return found

    return run
