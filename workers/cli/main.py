"""The table of commands."""

import typer

from workers.cli import config, dead_letters, rules, topics
from workers.cli.compact import compact, snapshot
from workers.cli.demo import demo
from workers.cli.enrich import enrich
from workers.cli.erase import erase
from workers.cli.publish import publish_command
from workers.cli.rebuild import rebuild
from workers.cli.schema import schema
from workers.cli.search import export, search
from workers.cli.serve import serve
from workers.cli.tail import tail
from workers.cli.trace import trace
from workers.cli.up import up
from workers.cli.worker import worker

__all__ = ["app", "main"]

app = typer.Typer(
    name="dateline",
    help="Raw news pages in, clean enriched articles out: workers on Kafka, and the same pipeline on files.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(up)
app.command()(demo)
app.command()(worker)
app.command()(enrich)
app.command(name="publish")(publish_command)
app.command()(tail)
app.add_typer(topics.app, name="topics")
app.add_typer(dead_letters.app, name="dead-letters")
app.command()(trace)
app.command()(schema)
app.command()(search)
app.command()(export)
app.command()(serve)
app.command()(erase)
app.command()(rebuild)
app.command()(compact)
app.command()(snapshot)
app.add_typer(rules.app, name="rules")
app.add_typer(config.app, name="config")


def main() -> None:
    """Entry point of the console script."""
    app()


if __name__ == "__main__":
    main()
