"""Which time of a page is its publication: pages of our own making."""

from datetime import UTC, datetime

from schemas.articles import CleanedArticle, RawArticle
from workers.cleaner.clean import clean
from workers.cleaner.published import find_stamps

BODY = (
    "The harbour of the small town was closed for repairs, and the fishermen moved their boats to the river mouth for the winter months ahead.\n"
    "The council said that the work would cost less than planned, because much of the old stone could be used again in the new sea wall.\n"
)


def _clean(text: str, url: str | None = None, fetched_at: datetime | None = None) -> CleanedArticle:
    return clean(RawArticle(id="x", content=text, media_type="text/plain", url=url, fetched_at=fetched_at))


def test_the_stamp_below_the_title_beats_clock_copyright_comment_and_related_item() -> None:
    page = (
        "Harbour closed for repairs | The Gull\nMonday, 2 January 2023 12:17\nHome\nSport\nHarbour closed for repairs\nBy Ann Low\n14 March 2022, 09:30\n"
        + BODY
        + "Related\n3 June 2021\nOld wharf sold\nComments\nPeter says:\n20 March 2022 at 10:11\nAt last!\n© 2024 The Gull\n"
    )
    published = _clean(page).published
    assert published is not None
    assert (published.value, published.precision) == ("2022-03-14T09:30", "minute")
    assert "right_below_title" in published.reasons


def test_an_update_is_kept_apart() -> None:
    page = "Harbour closed | The Gull\nHarbour closed\nPublished: 14 March 2022\nUpdated: 16 March 2022\n" + BODY
    article = _clean(page)
    assert article.published is not None
    assert article.modified is not None
    assert (article.published.value, article.modified.value) == ("2022-03-14", "2022-03-16")


def test_a_word_run_together_with_a_date_belongs_to_the_next_date() -> None:
    page = "Harbour closed | The Gull\nHarbour closed\nApril 26, 2023Updated on: October 28, 2024\n" + BODY
    article = _clean(page)
    assert article.published is not None
    assert article.modified is not None
    assert (article.published.value, article.modified.value) == ("2023-04-26", "2024-10-28")


def test_the_url_tells_which_figure_is_the_month() -> None:
    page = "Harbour closed | The Gull\nHarbour closed\n05/04/2022\n" + BODY
    first = _clean(page, "https://gull.example/2022/05/04/harbour").published
    second = _clean(page, "https://gull.example/2022/04/05/harbour").published
    assert first is not None
    assert second is not None
    assert (first.value, second.value) == ("2022-05-04", "2022-04-05")


def test_a_doubtful_order_is_flagged() -> None:
    published = _clean("Harbour closed | The Gull\nHarbour closed\n05/04/2022\n" + BODY).published
    assert published is not None
    assert "day_month_order_assumed" in published.reasons
    assert published.confidence < 0.8


def test_a_time_without_a_zone_takes_the_clock_of_the_country() -> None:
    page = "Hafen gesperrt | Die Möwe\nHafen gesperrt\n14.07.2022, 09:30 Uhr\n" + BODY
    published = _clean(page, "https://moewe.de/hafen").published
    assert published is not None
    assert (published.value, published.tz_status) == ("2022-07-14T09:30+02:00", "assumed")


def test_no_time_after_the_fetch_is_believed() -> None:
    page = "Harbour closed | The Gull\nHarbour closed\n14 March 2032\n" + BODY + "Last seen 12 March 2022\n"
    published = _clean(page, fetched_at=datetime(2022, 3, 20, tzinfo=UTC)).published
    assert published is None or published.value < "2022-03-22"


def test_a_bare_text_that_speaks_of_a_date_has_no_publication_time() -> None:
    assert (
        _clean(
            "The law will take effect on January 1, 2025, unless the court decides otherwise before the end of the year."
        ).published
        is None
    )


def test_a_short_text_whose_only_full_date_is_to_come_has_no_publication_time() -> None:
    text = (
        "Council agrees to mend the pier\n\nThe town council agreed on Tuesday to mend the old pier, which had been shut for three winters.\n\n"
        "The vote was nine to four after two hours of talk, and the mayor is expected to sign the order within days.\n\n"
        "Work will begin on March 3, 2031.\n"
    )
    assert _clean(text).published is None


def test_a_stamp_of_its_own_line_is_believed_beside_a_date_to_come() -> None:
    text = "Council agrees to mend the pier\n14 March 2022\n" + BODY + "Work will begin on June 3, 2023.\n"
    published = _clean(text).published
    assert published is not None
    assert published.value == "2022-03-14"


def test_stamps_of_many_languages_are_read() -> None:
    for text, value in {
        "31 تموز 2025": "2025-07-31", "٣١ يوليو ٢٠٢٥": "2025-07-31", "۹ مرداد ۱۴۰۴": "2025-07-31", "31 июля 2025 г., 08:02": "2025-07-31T08:02",
        "31 липня 2025": "2025-07-31", "31 Temmuz 2025": "2025-07-31", "2025年7月31日 8時02分": "2025-07-31T08:02", "31. Juli 2025": "2025-07-31",
        "31 de julio de 2025": "2025-07-31", "le 31 juillet 2025 à 8h02": "2025-07-31T08:02", "July 31st, 2025": "2025-07-31", "31.07.25": "2025-07-31",
    }.items():  # fmt: skip
        assert [stamp.published.value for stamp in find_stamps(text, "visible_stamp", 0.5)] == [value]


def test_what_a_blog_says_below_a_piece_tells_when_it_was_posted() -> None:
    page = (
        "Harbour closed | The Gull\nHome\nHarbour closed\n"
        + BODY
        + "This entry was posted by Ann Low on Saturday, 14 March 2020 at 9:30 and is filed under Harbour. You can follow any responses to it.\n"
    )
    published = _clean(page).published
    assert published is not None
    assert published.value == "2020-03-14T09:30"
    assert "called_published" in published.reasons


def test_a_day_that_begins_a_paragraph_is_a_dateline() -> None:
    lead = "14.03.2022 The harbour of the small town was closed for repairs, and the fishermen moved their boats to the river mouth for the winter.\n"
    published = _clean("Harbour closed | The Gull\nHome\nHarbour closed\n" + lead + BODY).published
    assert published is not None
    assert published.value == "2022-03-14"


def test_a_locale_in_the_url_tells_which_figure_is_the_month() -> None:
    page = "Harbour closed | The Gull\nHarbour closed\n02/10/2020\n" + BODY
    british = _clean(page, "https://www.gull.com/en-gb/news/harbour-ABC").published
    american = _clean(page, "https://www.gull.com/en-us/news/harbour-ABC").published
    assert british is not None
    assert american is not None
    assert (british.value, american.value) == ("2020-10-02", "2020-02-10")
