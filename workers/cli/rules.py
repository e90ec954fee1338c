"""`dateline rules`: look at alert rules before they run."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from schemas.alerts import MatchedSpan
from schemas.articles import ClusteredArticle, EnrichedArticle
from schemas.codec import DecodeError, decode
from workers.alerts.match import Match, compile_rules
from workers.alerts.query import write
from workers.alerts.rules import Rule, load_rules, query_of
from workers.cli._shared import STDERR, STDOUT, fail
from workers.cli.inputs import read_inputs
from workers.errors import Misconfigured, Refused

__all__ = ["app"]

#: A rule that holds for more than this share of the articles is called too broad.
_BROAD = 0.2
_AROUND = 40

app = typer.Typer(help="Alert rules: check them, try them on articles, list them.", no_args_is_help=True)
RulesFile = Annotated[Path, typer.Argument(help="YAML file of rules")]
Articles = Annotated[list[str], typer.Argument(help="Enriched articles as .jsonl, such as `enrich --json` writes; `-`")]


@app.command(name="list")
def list_(rules: RulesFile) -> None:
    """Every rule as the one query that it means.

    Example: dateline rules list alert-rules.yaml
    """
    table = Table("rule", "severity", "query", box=None)
    for rule in _load(rules):
        table.add_row(Text(rule.name), rule.severity, Text(write(query_of(rule))))
    STDOUT.print(table)


@app.command()
def check(
    rules: RulesFile,
    articles: Annotated[list[str] | None, typer.Argument(help="Enriched articles as .jsonl; `-`")] = None,
) -> None:
    """Are the rules right; and, given articles, which never match or match too much.

    Example: dateline rules check alert-rules.yaml articles.jsonl
    """
    loaded = _load(rules)
    if not articles:
        STDOUT.print(f"{len(loaded)} rules are fine", highlight=False)
        return
    matcher, hits, seen = compile_rules(loaded), [0] * len(loaded), 0
    for article in _read(articles):
        seen += 1
        for number in matcher.hits(article):
            hits[number] += 1
    for rule, count in zip(loaded, hits, strict=True):
        STDOUT.print(Text(f"{rule.name}: {_verdict(count, seen)}"))


@app.command(name="test")
def try_on(
    rules: RulesFile,
    articles: Articles,
    only: Annotated[str | None, typer.Option("--rule", help="Only the rule of this name")] = None,
) -> None:
    """Which articles each rule matches, with the reason highlighted, and how often.

    Example: dateline enrich pages/*.html --json | dateline rules test alert-rules.yaml -
    """
    loaded = [rule for rule in _load(rules) if only in (None, rule.name)]
    if not loaded:
        raise fail(Misconfigured(f"{rules}: there is no rule named {only!r}"))
    matcher, hits, seen = compile_rules(loaded), 0, 0
    for article in _read(articles):
        seen += 1
        for match in matcher.match(article):
            hits += 1
            _show(match, article)
    STDOUT.print(f"{hits} matches in {seen} articles", highlight=False)


def _verdict(count: int, seen: int) -> str:
    if not count:
        return f"never matches in {seen} articles"
    share = count / seen
    return f"{count} of {seen} articles, {share:.1%}" + ("; too broad?" if share > _BROAD else "")


def _load(path: Path) -> tuple[Rule, ...]:
    try:
        return load_rules(path.read_text(encoding="utf-8"), str(path))
    except Misconfigured as error:
        raise fail(error) from None
    except (OSError, UnicodeDecodeError) as error:
        raise fail(Misconfigured(f"{path} cannot be read as UTF-8: {error}")) from None


def _read(paths: list[str]) -> Iterator[EnrichedArticle]:
    """The articles; what is none is told on standard error, and the rest goes on."""
    for given in read_inputs(paths):
        if isinstance(given, Refused):
            STDERR.print(Text(str(given)))
            continue
        try:
            yield _article(given.value)
        except DecodeError as error:
            STDERR.print(Text(f"{given.name}: {error}"))


def _article(value: bytes) -> EnrichedArticle:
    """With its story where it has one."""
    try:
        return decode(ClusteredArticle, value)
    except DecodeError:
        return decode(EnrichedArticle, value)


def _show(match: Match, article: EnrichedArticle) -> None:
    STDOUT.print(Text.assemble((match.rule.name, "bold"), f": {article.title or article.url or article.id}"))
    for span in match.spans[:3]:
        STDOUT.print(_excerpt(span, article.title or "" if span.field == "title" else article.text))


def _excerpt(span: MatchedSpan, text: str) -> Text:
    before = text[max(0, span.start - _AROUND) : span.start].replace("\n", " ")
    after = text[span.end : span.end + _AROUND].replace("\n", " ")
    return Text.assemble(f"  {span.field}: …{before}", (f"[{span.text}]", "bold reverse"), f"{after}…")
