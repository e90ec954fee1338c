"""The headline of a web page: what its headings and its claims say, weighed."""

from workers.cleaner.blocks import read_page
from workers.cleaner.body_model import load_models
from workers.cleaner.metadata import read_metadata
from workers.cleaner.titles import candidates, find_title, without_site

BODY = "".join(
    f"<p>The harbour council voted for a bridge over the canal, said speaker {number}, after a debate of three hours on Monday evening.</p>"
    for number in range(5)
)


def title_of(head: str, body: str) -> str | None:
    tree, metadata = read_metadata(f"<html><head>{head}</head><body>{body}{BODY}</body></html>")
    return find_title(read_page(tree).blocks, metadata, load_models()["title.1"]).text


def test_the_h1_that_the_page_claims() -> None:
    head = '<title>Council votes for a bridge | Harbour Gazette</title><meta property="og:title" content="Council votes for a bridge">'
    assert title_of(head, "<h1>Council votes for a bridge</h1>") == "Council votes for a bridge"


def test_the_site_goes_even_where_only_its_address_names_it() -> None:
    head = (
        '<title>How to mend a sail | Harbour Gazette</title><link rel="canonical" href="https://www.harbourgazette.example/sail">'
        '<meta property="og:title" content="How to mend a sail | Harbour Gazette">'
    )
    assert title_of(head, "") == "How to mend a sail"


def test_the_printed_headline_below_an_h1_for_search_engines() -> None:
    head = '<meta property="og:title" content="Nine million crowns for a shorter way home">'
    body = (
        "<h1>Bridge canal harbour: all facts</h1><div>Harbour</div><h2>Nine million crowns for a shorter way home</h2>"
    )
    assert title_of(head, body) == "Nine million crowns for a shorter way home"


def test_parts_of_a_heading_that_were_run_together_are_parted_as_the_page_claims_them() -> None:
    tree, metadata = read_metadata(
        '<html><head><meta property="og:title" content="Harbour strike: Ferries stop"></head>'
        f"<body><h1><span>Harbour strike</span><span>Ferries stop</span></h1>{BODY}</body></html>"
    )
    assert candidates(read_page(tree).blocks, metadata)[0].text == "Harbour strike: Ferries stop"


def test_what_tells_of_the_medium_is_no_part_of_the_headline() -> None:
    assert (
        title_of("<title>Seals return to the bay [Watch]</title>", "<h1>Seals return to the bay [Watch]</h1>")
        == "Seals return to the bay"
    )


def test_a_title_without_a_site_stays_whole() -> None:
    assert without_site("Mud - and what lives in it", "Harbour Gazette") == "Mud - and what lives in it"
