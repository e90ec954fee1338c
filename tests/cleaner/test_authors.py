"""The bylines that a page or a dump shows beside its headline."""

import pytest

from workers.cleaner.authors import visible_authors
from workers.cleaner.blocks import Block

BODY = "The council met on Monday evening and voted for the new bridge over the canal after a debate of three hours."


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        (["By Ann Hill"], ("Ann Hill",)),
        (["By", "Ann Hill", "3 May 2024"], ("Ann Hill",)),
        (["Von", "Jana Weiß", "und", "Karl Vogt", "03.05.2024"], ("Jana Weiß", "Karl Vogt")),
        (["Written by", "Ann Hill", "Researched by", "Omar Said"], ("Ann Hill",)),
        (["Author of the article:", "Ann Hill", "Published May 3, 2024"], ("Ann Hill",)),
        (["By", "Ann Hill", "Plus Icon", "Follow"], ("Ann Hill",)),
        (["• By Ann Hill", "• 3 May 2024"], ("Ann Hill",)),
        (["Fr 03.05.24 | 14:07 Uhr | Von Jana Weiß"], ("Jana Weiß",)),
        (["May 3, 2024 By Ann Hill"], ("Ann Hill",)),
        (["Kolumne von Jana Weiß"], ("Jana Weiß",)),
        (["Ann Hill", "May 3, 2024"], ("Ann Hill",)),
        (["Anna Lind", "Piotr Wrona", "3 May 2024, 17:46"], ("Anna Lind", "Piotr Wrona")),
        (["Ann Hill and Omar Said", "3 May 2024"], ("Ann Hill", "Omar Said")),
        (["Ann Hill | Leeds | 3 May 2024"], ("Ann Hill",)),
        (["Dec 26, 2025 • Ann Hill", "Share"], ("Ann Hill",)),
        (["Liga: Platz 1 von Borussia Kiel"], ()),
        (["Latin America", "Share"], ()),
        (["Share", "Print"], ()),
    ],
)
def test_names_beside_the_headline(lines: list[str], names: tuple[str, ...]) -> None:
    blocks = [Block("City builds a bridge"), *map(Block, lines), Block(BODY)]
    reasons = ["title", *("byline" for _ in lines), None]
    assert visible_authors(blocks, reasons, 0, None) == names


def test_the_site_is_no_author() -> None:
    blocks = [Block("City builds a bridge"), Block("By Harbour Gazette"), Block(BODY)]
    assert visible_authors(blocks, ["title", "byline", None], 0, "Harbour Gazette") == ()


def test_a_name_far_below_the_headline_is_not_asked() -> None:
    blocks = [Block("City builds a bridge"), Block(BODY), *(Block("Share") for _ in range(12)), Block("By Ann Hill")]
    reasons = ["title", None, *("share" for _ in range(13))]
    assert visible_authors(blocks, reasons, 0, None) == ()


def test_a_standfirst_names_nobody() -> None:
    blocks = [Block("Kiel steigt auf"), Block("3. Mai 2024: Rang 1 von Borussia Kiel"), Block(BODY)]
    assert visible_authors(blocks, ["title", None, None], 0, None) == ()
