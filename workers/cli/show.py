"""An article as a person wants to see it: title, time, text with names and dates in colour, and what was cut."""

from collections import Counter

from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from schemas.articles import EnrichedArticle, Published

__all__ = ["show_article"]

_STYLES = {
    "PER": "bold green",
    "ORG": "bold magenta",
    "GPE": "bold cyan",
    "LOC": "cyan",
    "NORP": "blue",
    "EVENT": "bold yellow",
    "MISC": "blue",
}
_DATE_STYLE = "bold black on yellow"


def show_article(console: Console, article: EnrichedArticle) -> None:
    """Print the article to the console."""
    console.print(
        Panel(Group(*_head(article)), title=article.source or article.id, title_align="left", border_style="dim")
    )
    console.print(_highlighted(article))
    console.print()
    if article.entities:
        console.print(_entities(article))
    if article.dates:
        console.print(_dates(article))
    if article.quotes:
        console.print(_quotes(article))
    if article.removed:
        console.print(_removed(article))


def _head(article: EnrichedArticle) -> list[Text]:
    lines = [Text(article.title or "(no title)", style="bold")]
    if article.published:
        lines.append(Text(f"published {_when(article.published)}", style="yellow"))
    byline = ", ".join([*article.authors, *([article.agency] if article.agency else [])])
    facts = [
        byline,
        f"language {article.language.code}",
        " ".join(article.document_ids),
        " ".join(article.quality.flags),
    ]
    lines.append(Text("  ".join(fact for fact in facts if fact), style="dim"))
    return lines


def _when(published: Published) -> str:
    zone = {"explicit": "", "assumed": ", zone assumed", "unknown": ", zone unknown"}[published.tz_status]
    return f"{published.value} ({published.method}, {published.confidence:.0%}{zone})"


def _highlighted(article: EnrichedArticle) -> Text:
    text = Text(article.text)
    for mention in article.mentions:
        text.stylize(_STYLES.get(mention.type, "bold"), mention.start, mention.end)
    for date in article.dates:
        text.stylize(_DATE_STYLE, date.start, date.end)
    return text


def _entities(article: EnrichedArticle, most: int = 15) -> Table:
    table = Table(
        "entity", "type", "also", "times", "role", "country", title="Who and where", title_justify="left", box=None
    )
    for entity in sorted(article.entities, key=lambda entity: -entity.salience)[:most]:
        name = Text(entity.name, style=_STYLES.get(entity.type, "bold"))
        also = ", ".join(alias for alias in entity.aliases if alias != entity.name)
        table.add_row(name, entity.type, also, str(entity.count), entity.role or "", entity.country or "")
    return table


def _dates(article: EnrichedArticle) -> Table:
    table = Table("date", "means", "from", "to", title="When", title_justify="left", box=None)
    for date in article.dates:
        table.add_row(Text(date.text, style=_DATE_STYLE), date.value, date.from_ or "", date.to or "")
    return table


def _quotes(article: EnrichedArticle) -> Table:
    names = {entity.id: entity.name for entity in article.entities}
    table = Table("speaker", "words", title="Who said what", title_justify="left", box=None)
    for quote in article.quotes:
        table.add_row(
            names.get(quote.speaker or "", quote.speaker_text or "?"), Text(_short(quote.text, 90), style="italic")
        )
    return table


def _removed(article: EnrichedArticle) -> Table:
    table = Table("why", "pieces", "for instance", title="What was cut", title_justify="left", box=None)
    for reason, count in Counter(piece.reason for piece in article.removed).most_common():
        example = next(piece.text for piece in article.removed if piece.reason == reason)
        table.add_row(reason, str(count), Text(_short(example, 80), style="dim"))
    return table


def _short(text: str, width: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= width else flat[: width - 1] + "…"
