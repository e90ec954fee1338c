"""Sentences in which a date is easy to get wrong, in every language that has a table; the sentences are our own."""

import pytest

from workers.dates.find import find

THURSDAY = "2025-07-31"
#: language, publication, sentence, the expressions as (words, value).
TRAPS = [
    ("en", THURSDAY, "The minister said on Friday that talks would resume on Tuesday.", [("Friday", "2025-07-25"), ("Tuesday", "2025-08-05")]),
    ("en", THURSDAY, "The treaty was signed on October 15.", [("October 15", "2024-10-15")]),
    ("en", THURSDAY, "The vote is due to take place on October 15.", [("October 15", "2025-10-15")]),
    ("en", THURSDAY, "Theresa May met April Johnson; they may march on.", []),
    ("en", THURSDAY, "Boeing 737 jets, Resolution 1701 and $2024 are no dates.", []),
    ("en", THURSDAY, "A 34-year-old man was held for three days.", [("three days", "P3D")]),
    ("en", THURSDAY, "It opens every Friday and closes in the 1990s style.", [("every Friday", "XXXX-WXX-5"), ("the 1990s", "199")]),
    ("en", THURSDAY, "Sales rose in the second quarter from a year earlier.", [("the second quarter", "2025-Q2"), ("a year earlier", "2024-Q2")]),
    ("en", THURSDAY, "On March 3, 2019 he left. Two days later he came back.", [("March 3, 2019", "2019-03-03"), ("Two days later", "2019-03-05")]),
    ("en", THURSDAY, "The fair runs October 3-5, 2025.", [("October 3-5, 2025", "2025-10-03")]),
    ("en", THURSDAY, "He retired after the 2019-20 season.", [("2019-20", "P1Y")]),
    ("en", THURSDAY, "It broke out in early 2020 and ended last month.", [("early 2020", "2020"), ("last month", "2025-06")]),
    ("en", THURSDAY, "They meet at 8:30 p.m. on Monday.", [("8:30 p.m. on Monday", "2025-07-28T20:30")]),
    ("en", THURSDAY, "On Christmas 2023 it snowed.", [("Christmas 2023", "2023-12-25")]),
    ("en", THURSDAY, "It came two years later than planned.", [("two years", "P2Y")]),
    ("en", THURSDAY, "The show runs from November to March 2024.", [("November", "2023-11"), ("March 2024", "2024-03")]),
    ("en", THURSDAY, "It rained on March 10, 11 and 12, 2024.", [("March 10", "2024-03-10"), ("11", "2024-03-11"), ("12, 2024", "2024-03-12")]),
    ("en", THURSDAY, "Closed on Sundays and Monday nights.", [("Sundays", "XXXX-WXX-7"), ("Monday nights", "XXXX-WXX-1TNI")]),
    ("en", THURSDAY, "It took half an hour, not 2 1/2 years.", [("half an hour", "PT30M"), ("2 1/2 years", "P2Y6M")]),
    ("en", THURSDAY, "Polls open on the second Sunday of May 2026.", [("the second Sunday of May 2026", "2026-05-10")]),
    ("en", THURSDAY, "The files were made on 2025-06-13 and 2025/06/14.", [("2025-06-13", "2025-06-13"), ("2025/06/14", "2025-06-14")]),
    ("en", THURSDAY, "He came the day before yesterday and leaves the day after tomorrow.", [("the day before yesterday", "2025-07-29"), ("the day after tomorrow", "2025-08-02")]),
    ("en", THURSDAY, "It happened on the night of Friday, June 6, in the early hours.", [("the night of Friday, June 6", "2025-06-06TNI"), ("in the early hours", "2025-06-06TMO")]),
    ("en", THURSDAY, "She is in her 30s and reads the daily Clarion at high noon; three-quarters of it is dull.", []),
    ("en", THURSDAY, "It pays 3 million a year and will for a year.", [("a year", "P1Y"), ("a year", "P1Y")]),
    ("en", THURSDAY, "They meet by the 15th of next month; the 21st century began on the 5th floor.", [("the 15th of next month", "2025-08-15"), ("the 21st century", "20")]),
    ("en", THURSDAY, "The fee rose in FY2024 and in the third quarter of fiscal 2025.", [("FY2024", "2024"), ("the third quarter of fiscal 2025", "2025-Q3")]),
    ("en", THURSDAY, "He left years later.", [("years later", "FUTURE_REF")]),
    ("en", THURSDAY, "It was open from 9 a.m. to 5 p.m. on Friday.", [("9 a.m.", "2025-07-25T09:00"), ("5 p.m. on Friday", "2025-07-25T17:00")]),
    ("en", THURSDAY, "They met on 10 and 11 May 2024.", [("10", "2024-05-10"), ("11 May 2024", "2024-05-11")]),
    ("en", THURSDAY, "The bonds will be repaid in five years, but the bridge was built in two years.", [("in five years", "2030"), ("two years", "P2Y")]),
    ("en", THURSDAY, "The island will one day be famous; he stayed one day.", [("one day", "FUTURE_REF"), ("one day", "P1D")]),
    ("en", THURSDAY, "The permit had been due to expire Monday.", [("Monday", "2025-07-28")]),
    ("en", THURSDAY, "It had failed. A new permit is due by Monday, and he will be back in two hours.", [("Monday", "2025-08-04"), ("two hours", "PT2H")]),
    ("en", THURSDAY, "Fed Cuts Rates Today", [("Today", "2025-07-31")]),
    ("en", THURSDAY, "The permit is due to expire Monday.", [("Monday", "2025-08-04")]),
    ("en", THURSDAY, "The board has set September 10 as the deadline.", [("September 10", "2025-09-10")]),
    ("en", THURSDAY, "On Tuesday, the union plans to march.", [("Tuesday", "2025-08-05")]),
    ("en", THURSDAY, "A week or so ago the day-long talks failed.", [("A week or so ago", "2025-W30"), ("day-long", "P1D")]),
    ("en", THURSDAY, "It will be weeks or months; a minute and a half later he rang.", [("weeks or months", "PXW"), ("a minute and a half", "PT1M30S")]),
    ("en", THURSDAY, "It began at 10:35 a.m. (0735 GMT) on Friday.", [("10:35 a.m. (0735 GMT) on Friday", "2025-07-25T10:35")]),
    ("en", THURSDAY, "They left at 05:30 hrs.", [("05:30 hrs", "2025-07-31T05:30")]),
    ("en", THURSDAY, 'The film "Ninety Minutes" was praised by Harbour Today, which says little today.', [("today", "2025-07-31")]),
    ("en", THURSDAY, "The war lasted from 499 to 493 BC and ended in the spring of 479 BC.", [("499", "BC0499"), ("493 BC", "BC0493"), ("the spring of 479 BC", "BC0479-SP")]),
    ("en", THURSDAY, "It moved from a fiscal year to a calendar year after the first two quarters of 2024.", [("the first two quarters of 2024", "2024-H1")]),
    ("en", THURSDAY, "He fell ill on May 3, 2020. The day before, he had been well, unlike on the day before the match.", [("May 3, 2020", "2020-05-03"), ("The day before", "2020-05-02")]),
    ("en", "2025-04-14", "Easter week began quietly; it opens at a later date.", [("Easter week", "2025-W16"), ("a later date", "FUTURE_REF")]),
    ("de", THURSDAY, "Sie tagen am 10., 11. und 12. März 2026.", [("10.", "2026-03-10"), ("11.", "2026-03-11"), ("12. März 2026", "2026-03-12")]),
    ("de", THURSDAY, "Von November bis März 2024 lag Schnee.", [("November", "2023-11"), ("März 2024", "2024-03")]),
    ("de", THURSDAY, "Der Minister sagte am Montag, das Treffen werde am 3. August stattfinden.", [("Montag", "2025-07-28"), ("3. August", "2025-08-03")]),
    ("de", THURSDAY, "Gestern Abend trafen sie sich, vor zwei Wochen noch nicht.", [("Gestern Abend", "2025-07-30TEV"), ("vor zwei Wochen", "2025-W29")]),
    ("de", THURSDAY, "Im Vorjahr waren es 2000 Besucher, heuer weniger.", [("Vorjahr", "2024"), ("heuer", "2025")]),
    ("fr", THURSDAY, "Il est arrivé lundi ; la conférence aura lieu le 12 septembre.", [("lundi", "2025-07-28"), ("12 septembre", "2025-09-12")]),
    ("fr", THURSDAY, "La semaine dernière, il y a deux ans et en mai 2024.", [("semaine dernière", "2025-W30"), ("il y a deux ans", "2023"), ("mai 2024", "2024-05")]),
    ("es", THURSDAY, "Lo dijo ayer; la cumbre será el 2 de septiembre de 2025.", [("ayer", "2025-07-30"), ("2 de septiembre de 2025", "2025-09-02")]),
    ("es", THURSDAY, "El año pasado y hace tres meses.", [("año pasado", "2024"), ("hace tres meses", "2025-04")]),
    ("ru", THURSDAY, "Он заявил во вторник, что форум пройдёт 5 сентября.", [("вторник", "2025-07-29"), ("5 сентября", "2025-09-05")]),
    ("ru", THURSDAY, "В прошлом году и два месяца назад.", [("прошлом году", "2024"), ("два месяца назад", "2025-05")]),
    ("uk", THURSDAY, "Вчора він повідомив про угоду від 24 липня 2023 року.", [("Вчора", "2025-07-30"), ("24 липня 2023 року", "2023-07-24")]),
    ("ar", THURSDAY, "قال أمس إن القمة ستعقد في ٥ أيلول ٢٠٢٥.", [("أمس", "2025-07-30"), ("٥ أيلول ٢٠٢٥", "2025-09-05")]),
    ("ar", THURSDAY, "وقع الحادث يوم الثلاثاء في شهر آذار الماضي.", [("الثلاثاء", "2025-07-29"), ("آذار الماضي", "2025-03")]),
    ("tr", THURSDAY, "Dün açıkladı: zirve 15 Ekim 2025 günü, iki yıl önce değil.", [("Dün", "2025-07-30"), ("15 Ekim 2025", "2025-10-15"), ("iki yıl önce", "2023")]),
    ("fa", THURSDAY, "دیروز گفت که نشست ۱۵ مهر ۱۴۰۴ است.", [("دیروز", "2025-07-30"), ("۱۵ مهر ۱۴۰۴", "2025-10-07")]),
    ("zh", THURSDAY, "他昨天说，会议将于2025年10月15日举行。", [("昨天", "2025-07-30"), ("2025年10月15日", "2025-10-15")]),
    ("it", THURSDAY, "Il 3 marzo 2024 a Roma.", [("3 marzo 2024", "2024-03-03")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "published", "sentence", "right"), TRAPS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_trap_is_read_right(language: str, published: str, sentence: str, right: list[tuple[str, str]]) -> None:
    assert [(found.text, found.value) for found in find(sentence, published, language)] == right


def test_a_range_of_days_covers_all_of_them() -> None:
    (found,) = find("The fair runs October 3-5, 2025.", THURSDAY)
    assert (found.from_, found.to, found.granularity) == ("2025-10-03", "2025-10-05", "day")


def test_a_time_with_a_zone_is_an_instant() -> None:
    (found,) = find("It starts at 18:00 GMT on Monday.", THURSDAY)
    assert (found.value, found.from_) == ("2025-07-28T18:00", "2025-07-28T18:00Z")


def test_a_counted_time_names_what_it_was_counted_from() -> None:
    yesterday, written = find("Yesterday, and on May 5, 2020.", THURSDAY)
    assert (yesterday.anchor, written.anchor) == (THURSDAY, None)


def test_without_a_publication_time_what_is_unknown_stays_unknown() -> None:
    assert [found.value for found in find("On Thursday, in March and on 5 May 2020.", None)] == [
        "XXXX-WXX-4",
        "XXXX-03",
        "2020-05-05",
    ]
