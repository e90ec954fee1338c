"""Every language: the names of months and weekdays as CLDR has them, and sentences of our own in those that have a table."""

from datetime import date, timedelta

import pytest
from babel import Locale

from workers.dates.find import find
from workers.dates.grammar import LANGUAGES

THURSDAY = date(2025, 7, 31)
#: Languages without a table, read by CLDR's names and phrases.
OTHERS = (
    "nl",
    "pl",
    "sv",
    "da",
    "nb",
    "fi",
    "cs",
    "ro",
    "hu",
    "el",
    "he",
    "id",
    "vi",
    "bg",
    "hr",
    "sw",
    "th",
)
#: How a full date is written where it is not `15 March 2023`.
ORDERS = {"de": "{day}. {month} {year}", "zh": "{year}年{number}月{day}日"}


def values(text: str, language: str) -> list[str]:
    return [found.value for found in find(text, THURSDAY.isoformat(), language)]


@pytest.mark.parametrize("language", [*LANGUAGES, *OTHERS])
def test_every_month_of_cldr_is_read(language: str) -> None:
    for number, month in Locale.parse(language).months["format"]["wide"].items():
        written = ORDERS.get(language, "{day} {month} {year}").format(day=15, month=month, year=2023, number=number)
        assert values(written, language) == [f"2023-{number:02d}-15"], written


@pytest.mark.parametrize("language", [*LANGUAGES, *OTHERS])
def test_every_weekday_of_cldr_is_the_last_one(language: str) -> None:
    for number, weekday in Locale.parse(language).days["format"]["wide"].items():
        last = THURSDAY - timedelta(days=(THURSDAY.weekday() - number) % 7)
        assert values(weekday, language) == [last.isoformat()], weekday


def test_a_language_without_a_table_counts_by_the_phrases_of_cldr() -> None:
    phrases = {
        "it": "È successo 3 giorni fa.", "pt": "Aconteceu há 3 dias.", "nl": "Het gebeurde 3 dagen geleden.", "pl": "To było 3 dni temu.",
        "sv": "Det hände för 3 dagar sedan.", "cs": "Stalo se to před 3 dny.", "hu": "3 nappal ezelőtt történt.", "he": "זה קרה לפני 3 ימים.",
        "ja": "3 日前のことだ。", "ko": "3일 전 일이다.", "el": "Έγινε πριν από 3 ημέρες.",
    }  # fmt: skip
    assert {language: values(text, language) for language, text in phrases.items()} == {
        key: ["2025-07-28"] for key in phrases
    }
    assert values("Si vota tra 2 settimane.", "it") == ["2025-W33"]
    assert values("2023年1月15日に、2023년 1월 15일에", "ja") == ["2023-01-15", "2023-01-15"]


#: language, sentence, values.
SENTENCES = [
    ("de", "Der Bürgermeister trat am vergangenen Freitag zurück, vor sechs Monaten war er gewählt worden.", ["2025-07-25", "2025-01"]),
    ("de", "Im dritten Quartal 2024 und in den 1990er Jahren war es anders.", ["2024-Q3", "199"]),
    ("de", "Im Frühjahr 2026 öffnet das Museum, vom 3. bis 5. Oktober 2025 schließt es; seit 2019 steigen die Preise jedes Jahr.", ["2026-SP", "2025-10-03", "2019", "P1Y"]),
    ("fr", "Le maire a démissionné vendredi dernier ; la loi entrera en vigueur le 1er janvier 2026.", ["2025-07-25", "2026-01-01"]),
    ("fr", "Au troisième trimestre 2024, il y a six mois, la semaine prochaine, chaque année.", ["2024-Q3", "2025-01", "2025-W32", "P1Y"]),
    ("fr", "Les années 1990 et le XIXe siècle ; du 3 au 5 octobre 2025 ; de mars à juin 2024.", ["199", "18", "2025-10-03", "2024-03", "2024-06"]),
    ("es", "El alcalde dimitió el viernes pasado; la ley entrará en vigor el 1 de enero de 2026.", ["2025-07-25", "2026-01-01"]),
    ("es", "En el tercer trimestre de 2024; hace seis meses; la próxima semana; cada año.", ["2024-Q3", "2025-01", "2025-W32", "P1Y"]),
    ("es", "Los años noventa y el siglo XIX; de marzo a junio de 2024; mañana por la mañana.", ["199", "18", "2024-03", "2024-06", "2025-08-01TMO"]),
    ("ru", "Мэр ушёл в отставку в прошлую пятницу, закон вступит в силу 1 января 2026 года.", ["2025-07-25", "2026-01-01"]),
    ("ru", "В третьем квартале 2024 года; шесть месяцев назад; на следующей неделе; каждый год.", ["2024-Q3", "2025-01", "2025-W32", "P1Y"]),
    ("ru", "В 1990-х годах и в XIX веке; с марта по июнь 2024 года; завтра утром.", ["199", "18", "2024-03", "2024-06", "2025-08-01TMO"]),
    ("uk", "Мер пішов у відставку минулої п'ятниці, закон набуде чинності 1 січня 2026 року.", ["2025-07-25", "2026-01-01"]),
    ("uk", "Наступного тижня; у третьому кварталі 2024 року; шість місяців тому; щороку.", ["2025-W32", "2024-Q3", "2025-01", "P1Y"]),
    ("uk", "У 1990-х роках і в XIX столітті; з березня до червня 2024 року; завтра вранці.", ["199", "18", "2024-03", "2024-06", "2025-08-01TMO"]),
    ("ar", "استقال رئيس البلدية يوم الجمعة الماضي، ويدخل القانون حيز التنفيذ في 1 يناير 2026.", ["2025-07-25", "2026-01-01"]),
    ("ar", "في 15 تشرين الأول 2024، وفي 12 رمضان 1446.", ["2024-10-15", "2025-03-12"]),
    ("ar", "في الربع الثالث من عام 2024، قبل ستة أشهر، الأسبوع المقبل، كل عام.", ["2024-Q3", "2025-01", "2025-W32", "P1Y"]),
    ("tr", "Belediye başkanı geçen cuma istifa etti. Yasa 1 Ocak 2026'da yürürlüğe girecek.", ["2025-07-25", "2026-01-01"]),
    ("tr", "2024'ün üçüncü çeyreğinde; altı ay önce; gelecek hafta; her yıl; 19. yüzyılda.", ["2024-Q3", "2025-01", "2025-W32", "P1Y", "18"]),
    ("fa", "شهردار جمعه گذشته استعفا داد. ۱۵ اکتبر ۲۰۲۴ و ۱۵ مهر ۱۴۰۴.", ["2025-07-25", "2024-10-15", "2025-10-07"]),
    ("fa", "شش ماه پیش، هفته آینده، هر سال، فردا صبح", ["2025-01", "2025-W32", "P1Y", "2025-08-01TMO"]),
    ("zh", "市长上周五辞职，该法将于2026年1月1日生效。", ["2025-07-25", "2026-01-01"]),
    ("zh", "2024年第三季度，六个月前，下周，每年，20世纪90年代，2024年10月15日星期二。", ["2024-Q3", "2025-01", "2025-W32", "P1Y", "199", "2024-10-15"]),
]  # fmt: skip


@pytest.mark.parametrize(("language", "sentence", "right"), SENTENCES)
def test_sentence_is_read_in_its_language(language: str, sentence: str, right: list[str]) -> None:
    assert values(sentence, language) == right
