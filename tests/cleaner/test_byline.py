"""Author names apart from roles, agencies, addresses, dates; datelines."""

import pytest

from workers.cleaner.byline import agency_in, author_names, split_dateline
from workers.cleaner.metadata import read_metadata

NAMES = {
    "By Ann Hill": ("Ann Hill",),
    "Von Jana Weiß und Karl-Heinz Vogt, dpa": ("Jana Weiß", "Karl-Heinz Vogt"),
    "By Rosa Lind and Omar Said Globe Staff and Globe Correspondent, Updated May 3, 2024": ("Rosa Lind", "Omar Said"),
    "Mira Holt, Senior Editor": ("Mira Holt",),
    "3. Mai 2024 • Lena Maurer • 4 Minuten": ("Lena Maurer",),
    "Par Élodie d'Arcy et Jean de La Tour": ("Élodie d'Arcy", "Jean de La Tour"),
    "Nora O&#039;Shea": ("Nora O'Shea",),
    "Tess MarlowPublished: May 3, 2024": ("Tess Marlow",),
    "Автор: Ирина Лебедева": ("Ирина Лебедева",),
    "Por María López y José Ruiz": ("María López", "José Ruiz"),
    "Ann Hill (ahi), Omar Said (special envoy)": ("Ann Hill", "Omar Said"),
    "newsroom@example.org": (),
    "Staff Reporter": (),
    "Reuters": (),
    "admin": (),
    "최민수 기자": ("최민수",),
}


@pytest.mark.parametrize("text", NAMES)
def test_names_in_a_byline(text: str) -> None:
    assert author_names(text) == NAMES[text]


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        ("Von Jana Weiß, dpa", "dpa"),
        ("By The Associated Press", "AP"),
        ("Reuters", "Reuters"),
        ("Sid Lowell", None),
        ("By Pa Salieu", None),
    ],
)
def test_agencies_in_a_byline(text: str, agency: str | None) -> None:
    assert agency_in(text) == agency


@pytest.mark.parametrize(
    ("text", "dateline", "agency", "rest"),
    [
        ("MOSCOW, July 31 (Reuters) - Ministers met.", "MOSCOW, July 31 (Reuters) -", "Reuters", "Ministers met."),
        ("BERLIN (dpa) – Der Rat tagt.", "BERLIN (dpa) –", "dpa", "Der Rat tagt."),
        ("(MENAFN) Ministers met.", None, "MENAFN", "(MENAFN) Ministers met."),
        ("Ministers met (again) - and left.", None, None, "Ministers met (again) - and left."),
    ],
)
def test_datelines(text: str, dateline: str | None, agency: str | None, rest: str) -> None:
    assert split_dateline([text]) == (dateline, agency, [rest])


@pytest.mark.parametrize(
    ("author", "authors", "agency"),
    [
        ('{"@type": "Person", "name": "ann hill"}', ("Ann Hill",), None),
        ('{"@type": "Person", "name": "dpa"}', (), "dpa"),
        (
            '[{"@type": "Person", "name": "Ann Hill (ahi)"}, {"@type": "Person", "name": "Omar Said (osa)"}]',
            ("Ann Hill", "Omar Said"),
            None,
        ),
    ],
)
def test_authors_that_the_page_claims(author: str, authors: tuple[str, ...], agency: str | None) -> None:
    script = f'<script type="application/ld+json">{{"@type": "NewsArticle", "author": {author}}}</script>'
    _, metadata = read_metadata(f"<html><head>{script}</head><body></body></html>")
    assert (metadata.authors, metadata.agency) == (authors, agency)


def test_an_author_of_given_and_family_name() -> None:
    script = '{"@type": "Article", "author": [{"@type": "Person", "givenName": "Ann Rose", "familyName": "Hill"}]}'
    _, metadata = read_metadata(f'<script type="application/ld+json">{script}</script>')
    assert metadata.authors == ("Ann Rose Hill",)


def test_a_nameless_person_stands_for_no_author() -> None:
    """Some pages carry an empty Person with an empty id beside the real ones."""
    nobody = '{"@type": "Person", "@id": "", "name": ""}'
    script = f'[{{"@type": "Article", "author": {{"@type": "Person", "name": "Ann Hill"}}}}, {nobody}]'
    _, metadata = read_metadata(f'<script type="application/ld+json">{script}</script>')
    assert metadata.authors == ("Ann Hill",)


@pytest.mark.parametrize(
    "card",
    [
        {"twitter:label1": "Written by", "twitter:data1": "Ann Hill"},
        {"twitter:label1": "Lesezeit", "twitter:data1": "3 Minuten", "twitter:label2": "Verfasst von", "twitter:data2": "Ann Hill"},
        {"twitter:misc:Written by": "Ann Hill"},
    ],
)  # fmt: skip
def test_the_card_of_a_page_names_its_author(card: dict[str, str]) -> None:
    tags = "".join(f'<meta name="{name}" content="{content}">' for name, content in card.items())
    assert read_metadata(f"<head>{tags}</head>")[1].authors == ("Ann Hill",)


def test_other_labels_of_a_card_name_nobody() -> None:
    tags = '<meta name="twitter:label1" content="Filed under"><meta name="twitter:data1" content="Harbour News">'
    assert read_metadata(f"<head>{tags}</head>")[1].authors == ()
