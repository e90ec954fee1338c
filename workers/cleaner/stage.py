"""The cleaner as a stage of the pipeline."""

from pathlib import Path

from schemas.articles import CleanedArticle, RawArticle
from workers.cleaner.body_model import load_models
from workers.cleaner.clean import clean
from workers.cleaner.recall import Recall
from workers.errors import Refused
from workers.ports import Stage, StageOptions
from workers.text.language import load_identifier

__all__ = ["VERSION", "load"]

VERSION = "2.2.1"


def load(options: StageOptions) -> Stage:
    """The stage. It raises Refused with reason `empty_content`, `too_large` or `too_expensive`. With `source_profiles` among the options
    (a folder), what a source repeats is cut as well."""
    load_identifier()
    load_models()
    folder = options.extra.get("source_profiles")
    recall = Recall(Path(folder)) if folder else None

    def clean_bounded(raw: RawArticle) -> CleanedArticle:
        content = raw.content or ""
        if not content or content.isspace():
            raise Refused("empty_content", "`content` is empty; there is no page to clean")
        if len(content) > options.max_content_characters:
            limit = options.max_content_characters
            raise Refused("too_large", f"{len(content)} characters; DATELINE_MAX_CONTENT_CHARACTERS allows {limit}")
        return clean(raw, recall(raw.source) if recall is not None else None)

    return clean_bounded
