"""`dateline rules`: look at alert rules before they run, and change those that run."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from schemas.codec import encode
from schemas.rules import AlertRule
from schemas.topics import ALERT_RULES
from workers.alerts.contradictions import contradiction
from workers.alerts.durations import seconds
from workers.alerts.live import MUTE, RuleSet
from workers.alerts.query import write
from workers.alerts.rules import Rule, kind_of, load_rules, muted_until, query_of, version_of
from workers.cli._shared import STDOUT, fail, run, settings_or_exit
from workers.cli.rule_trial import Given, Trial, excerpt, from_files, from_topic, rules_of_topic
from workers.errors import Misconfigured
from workers.ports import Tombstone
from workers.runtime.clients import Outgoing, publish, publish_tombstones

__all__ = ["app"]

#: Stands for the rules, or the articles, that are on the broker.
_TOPIC = "topic"

app = typer.Typer(
    help="Alert rules: check them, try them on articles, and change those that run.", no_args_is_help=True
)
Rules = Annotated[str, typer.Argument(help="YAML file of rules, or `topic`: those that are on alert-rules.v1")]
Articles = Annotated[
    list[str], typer.Argument(help="Enriched articles as .jsonl, `-`, or `topic`: those that the alerts worker reads")
]
Since = Annotated[str, typer.Option(help="Articles of the topic: written in the last 90s, 15m, 6h, 7d")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, help="Articles of the topic: the last so many")]


@app.command(name="list")
def list_(rules: Rules = _TOPIC) -> None:
    """Every rule: its kind, who owns it, whether it is muted, and the one query that it means.

    Example: dateline rules list alert-rules.yaml
    """
    table = Table("rule", "version", "kind", "severity", "owner", "muted until", "query", box=None)
    for rule in _load(rules):
        kind = kind_of(rule)
        until = muted_until(rule)
        muted = until.isoformat(timespec="minutes") if until is not None and until > datetime.now(UTC) else ""
        row = (rule.key, version_of(rule), type(kind).__name__.lower() if kind else "match", rule.severity, rule.owner or "", muted)  # fmt: skip
        table.add_row(*map(Text, row), Text(write(query_of(rule)) or "(every article)"))
    STDOUT.print(table)


@app.command()
def check(
    rules: Rules,
    articles: Annotated[list[str] | None, typer.Argument(help="Enriched articles as .jsonl; `-`; `topic`")] = None,
    since: Since = "7d",
    limit: Limit = 1000,
) -> None:
    """Are the rules right; which can never match; and, given articles, which do not, or match too much. Exit 1 where one can never match.

    Example: dateline rules check alert-rules.yaml topic --limit 1000
    """
    loaded = _load(rules)
    never = {rule.key: found for rule in loaded if (found := contradiction(query_of(rule)))}
    for key, found in never.items():
        STDOUT.print(Text(f"{key}: never matches: {found}"), soft_wrap=True)
    if articles:
        trial = Trial(loaded)
        for given in _articles(articles, since, limit):
            trial.take(given)
        share = settings_or_exit(log_level="warning").alert_broad_share
        for rule in loaded:
            if rule.key not in never:
                STDOUT.print(Text(f"{rule.key}: {_verdict(trial.hits[rule.key], trial.articles, share)}"))
    elif not never:
        STDOUT.print(f"{len(loaded)} rules are fine", highlight=False)
    if never:
        raise typer.Exit(1)


@app.command(name="test")
def try_on(
    rules: Rules,
    articles: Articles,
    only: Annotated[str | None, typer.Option("--rule", help="Only the rule of this name or id")] = None,
    since: Since = "1d",
    limit: Limit = 1000,
) -> None:
    """What each rule matches, with the reason highlighted; what it would have told; and how often.

    Example: dateline enrich pages/*.html --json | dateline rules test alert-rules.yaml -
    """
    loaded = [rule for rule in _load(rules) if only in (None, rule.name, rule.key)]
    if not loaded:
        raise fail(Misconfigured(f"{rules}: there is no rule named {only!r}"))
    trial = Trial(loaded)
    for article, received_s in _articles(articles, since, limit):
        found, alerts = trial.take(Given(article, received_s))
        for one in found:
            STDOUT.print(Text.assemble((one.match.rule.name, "bold"), f": {article.title or article.url or article.id}"))  # fmt: skip
            for span in one.match.spans[:3]:
                STDOUT.print(excerpt(span, article))
        _tell(alert.reason for alert in alerts)
    _tell(alert.reason for alert in trial.end())
    for rule in loaded:
        count = trial.hits[rule.key]
        share = f", {count / trial.articles:.1%}" if trial.articles else ""
        STDOUT.print(Text(f"{rule.key}: {count} of {trial.articles} articles{share}; {trial.alerts[rule.key]} alerts"))
    left = ", ".join(f"{count} {reason}" for reason, count in sorted(trial.left_out.items()))
    STDOUT.print(
        f"{trial.hits.total()} matches in {trial.articles} articles, {trial.alerts.total()} alerts"
        + (f"; left out: {left}" if left else ""),
        highlight=False,
    )


@app.command()
def add(rules: Annotated[Path, typer.Argument(help="YAML file of rules")]) -> None:
    """Put the rules of a file onto the topic; one with the same id or name is replaced. Running workers take them over within a second.

    Example: dateline rules add new-rules.yaml
    """
    loaded = _load(str(rules))
    for rule in loaded:
        if found := contradiction(query_of(rule)):
            raise fail(Misconfigured(f"{rules}: rule {rule.key!r} never matches: {found}"))
    messages = [Outgoing(rule.key.encode(), encode(rule)) for rule in loaded]
    run(publish(settings_or_exit(log_level="warning"), ALERT_RULES.name, messages))
    STDOUT.print(f"{len(loaded)} rules are on {ALERT_RULES.name}", highlight=False)


@app.command()
def remove(names: Annotated[list[str], typer.Argument(help="Ids, or names where a rule has no id")]) -> None:
    """Take rules off the topic. A rule of the worker's file stays: take it out of the file, or mute it.

    Example: dateline rules remove "Floods near the Danube"
    """
    settings = settings_or_exit(log_level="warning")
    there = run(rules_of_topic(settings)).topic
    for name in names:
        if name not in there:
            raise fail(Misconfigured(f"{ALERT_RULES.name} holds no rule {name!r}; there are {', '.join(there) or 'none'}"))  # fmt: skip
    run(publish_tombstones(settings, [Tombstone(ALERT_RULES.name, name) for name in names]))
    STDOUT.print(f"removed {len(names)}", highlight=False)


@app.command()
def mute(
    name: Annotated[str, typer.Argument(help="Id, or name where the rule has no id; of the topic or of the file")],
    span: Annotated[str, typer.Option("--for", help="How long: 90s, 15m, 6h, 7d")] = "1d",
    off: Annotated[bool, typer.Option("--off", help="Let it speak again")] = False,
) -> None:
    """Silence a rule for a while. What it finds meanwhile is counted and not told.

    Example: dateline rules mute Floods --for 8h
    """
    settings = settings_or_exit(log_level="warning")
    key = f"{name}{MUTE}"
    if off:
        run(publish_tombstones(settings, [Tombstone(ALERT_RULES.name, key)]))
        STDOUT.print(Text(f"{name} speaks again"))
        return
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=_seconds(span, "--for"))
    entry = AlertRule.model_validate({"name": name, "mute": until.isoformat()})
    run(publish(settings, ALERT_RULES.name, [Outgoing(key.encode(), encode(entry))]))
    STDOUT.print(Text(f"{name} is muted until {until.isoformat()}"))


def _verdict(count: int, seen: int, broad: float) -> str:
    if not count:
        return f"never matches in {seen:,} articles"
    share = count / seen
    return f"{count:,} of {seen:,} articles, {share:.1%}" + ("; too broad?" if share > broad else "")


def _tell(reasons: Iterable[str | None]) -> None:
    for reason in reasons:
        if reason:
            STDOUT.print(Text(f"  alert: {reason}", style="bold"))


def _load(rules: str) -> tuple[Rule, ...]:
    if rules == _TOPIC:
        found: RuleSet = run(rules_of_topic(settings_or_exit(log_level="warning")))
        return found.rules()
    try:
        return load_rules(Path(rules).read_text(encoding="utf-8"), rules)
    except Misconfigured as error:
        raise fail(error) from None
    except (OSError, UnicodeDecodeError) as error:
        raise fail(Misconfigured(f"{rules} cannot be read as UTF-8: {error}")) from None


def _articles(paths: list[str], since: str, limit: int) -> Iterable[Given]:
    if paths != [_TOPIC]:
        return from_files(paths)
    since_s = time.time() - _seconds(since, "--since")
    return run(from_topic(settings_or_exit(log_level="warning"), since_s, limit))


def _seconds(span: str, option: str) -> int:
    try:
        return seconds(span)
    except (ValueError, KeyError, IndexError):
        raise fail(Misconfigured(f"{option} {span!r}: a number and s, m, h, d or w, such as 15m")) from None
