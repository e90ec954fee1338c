"""Rules from YAML: what is read, and what a wrong file is answered with."""

from pathlib import Path

import pytest

from workers.alerts.rules import load_rules
from workers.errors import Misconfigured

ROOT = Path(__file__).resolve().parents[2]
GOOD = "rules:\n  - name: Good\n    keywords: [flood]\n"


def complaint(text: str) -> str:
    with pytest.raises(Misconfigured) as caught:
        load_rules(text, "rules.yaml")
    return str(caught.value)


def test_every_field_is_read() -> None:
    text = """
    rules:
      - name: Everything
        severity: critical
        keywords: [flood, 2025]
        phrases: [river burst]
        entities: [Sergey Lavrov]
        countries: [sy, NO]
        without: [film]
        sources: [example.org]
        languages: [en, de]
        match: all
        query: title:flood
    """
    rule = load_rules(text, "rules.yaml")[0]
    assert rule.model_dump(exclude_unset=True) == {
        "name": "Everything", "severity": "critical", "keywords": ("flood", "2025"), "phrases": ("river burst",),
        "entities": ("Sergey Lavrov",), "countries": ("sy", "NO"), "without": ("film",), "sources": ("example.org",),
        "languages": ("en", "de"), "match": "all", "query": "title:flood",
    }  # fmt: skip


def test_a_bare_list_is_read_too() -> None:
    assert [rule.name for rule in load_rules("- {name: A, keywords: [x]}\n- {name: B, keywords: [y]}", "r")] == [
        "A",
        "B",
    ]


@pytest.mark.parametrize("word", ["NO", "no", "on", "yes", "true", "null", "2025-01-01", "1.0", "0x1f"])
def test_words_that_yaml_takes_for_something_else_stay_words(word: str) -> None:
    assert load_rules(f"- name: {word}\n  keywords: [{word}]", "r")[0].keywords == (word,)


@pytest.mark.parametrize("path", ["workers/cli/samples/alert-rules.yaml", "deploy/alert-rules.yaml"])
def test_the_rules_that_we_ship_are_good(path: str) -> None:
    file = ROOT / path
    if not file.is_file():
        pytest.skip(f"{path} is not part of this checkout")
    assert load_rules(file.read_text(encoding="utf-8"), path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", ["rules.yaml", "a list of rules is needed, under `rules:`"]),
        ("rules:\n", ["a list of rules is needed"]),
        ("rules: []\n", ["a list of rules is needed"]),
        ("rules: {name: X}\n", ["a list of rules is needed"]),
        ("just words\n", ["a list of rules is needed"]),
        ("rules:\n  - name: [unclosed\n", ["not YAML", "line 3"]),
        ("rules:\n\t- name: X\n", ["not YAML", "line 2"]),
        (GOOD + "  - flood\n", ["line 4", "a rule is a mapping of fields"]),
        (GOOD + "  - keywords: [x]\n", ["line 4", "name", "give one"]),
        (GOOD + "  - name: ''\n    keywords: [x]\n", ["line 4", "name", "at least 1 character"]),
        (GOOD + "  - name: Bad\n    keyword: [x]\n", ["line 5, column 5", "rule 'Bad'", "no field 'keyword'", "did you mean keywords?"]),
        (GOOD + "  - name: Bad\n    colour: red\n    keywords: [x]\n", ["line 5, column 5", "no field 'colour'", "there are name, id, severity"]),
        (GOOD + "  - name: Bad\n    keywords: flood\n", ["line 5, column 5", "keywords", "a list is needed, such as keywords: [flood]"]),
        (GOOD + "  - name: Bad\n    keywords:\n", ["keywords", "a list is needed, such as keywords: [...]"]),
        (GOOD + "  - name: Bad\n    keywords: [{a: b}]\n", ["keywords.0", "valid string"]),
        (GOOD + "  - name: Bad\n    keywords: ['!!!']\n", ["keywords", "'!!!'", "never found"]),
        (GOOD + "  - name: Bad\n    entities: ['']\n", ["entities", "never found"]),
        (GOOD + "  - name: Bad\n", ["line 4", "rule 'Bad'", "at least one of keywords, phrases, entities, countries"]),
        (GOOD + "  - name: Bad\n    without: [x]\n", ["at least one of keywords"]),
        (GOOD + "  - name: Bad\n    countries: [Syria]\n", ["countries", "'Syria'", "such as SY"]),
        (GOOD + "  - name: Bad\n    countries: [UK]\n", ["countries", "'UK'", "GB"]),
        (GOOD + "  - name: Bad\n    countries: [XX]\n", ["countries", "'XX'"]),
        (GOOD + "  - name: Bad\n    keywords: [x]\n    languages: [English]\n", ["languages", "'English'", "such as en"]),
        (GOOD + "  - name: Bad\n    keywords: [x]\n    severity: urgent\n", ["severity", "'critical'"]),
        (GOOD + "  - name: Bad\n    keywords: [x]\n    match: some\n", ["match", "'any' or 'all'"]),
        (GOOD + "  - name: Bad\n    query: flood AND titel:storm\n", ["line 5, column 5", "query", "column 11", "did you mean title?"]),
        (GOOD + "  - name: Good\n    keywords: [x]\n", ["line 4", "line 2", "'Good'", "its own name"]),
    ],
)  # fmt: skip
def test_a_wrong_file_is_answered_with_the_place_and_the_mend(text: str, says: list[str]) -> None:
    answer = complaint(text)
    assert answer.startswith("rules.yaml")
    assert [words for words in says if words not in answer] == [], answer
    assert "\n" not in answer


def test_a_name_on_the_key_of_a_mapping_is_no_crash() -> None:
    assert "no field" in complaint("- {name: X, [a, b]: c}") or "not YAML" in complaint("- {name: X, [a, b]: c}")


def test_a_file_that_refers_to_itself_is_refused_and_not_followed_for_ever() -> None:
    assert complaint("- &a [*a]")
    assert complaint("- {name: X, keywords: &a [*a]}")


KINDS = """
rules:
  - name: Everything about time and telling
    id: everything
    owner: weather desk
    labels: {desk: weather}
    query: flood*
    frequency: {count: 3, window: 1h, by: source}
    lateness: 30m
    similar: once
    realert: 6h
    digest: {every: 1h, by: country}
    quiet: {from: "22:00", to: "06:00", zone: Europe/Berlin, days: [sat, sun], unless: [critical]}
    mute: 2025-08-01T08:00:00+02:00
    limit: {alerts: 100, per: 1d, pause: 12h}
"""


def test_every_field_about_time_and_telling_is_read() -> None:
    rule = load_rules(KINDS, "rules.yaml")[0]
    assert (rule.key, rule.frequency.count if rule.frequency else 0) == ("everything", 3)
    assert rule.quiet is not None
    assert (rule.quiet.from_, rule.quiet.days) == ("22:00", ("sat", "sun"))


FREQUENCY = "    keywords: [x]\n    frequency: {count: 3, window: 1h}\n"


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("    keywords: [x]\n    frequency: {cuont: 3}\n", ["line 6, column 17", "no field 'cuont' in frequency", "did you mean count?"]),
        ("    keywords: [x]\n    frequency: {window: 1h}\n", ["line 6", "frequency.count: give one"]),
        ("    keywords: [x]\n    frequency: 3\n", ["line 6", "a mapping of fields is needed below frequency"]),
        ("    keywords: [x]\n    frequency: {count: 3, window: 1 hour}\n", ["line 6, column 27", "'1 hour' is no duration", "90s, 15m"]),
        ("    keywords: [x]\n    frequency: {count: 3, by: sources}\n", ["line 6", "did you mean source?"]),
        (FREQUENCY + "    new: {of: country}\n", ["frequency and new", "of one kind"]),
        (FREQUENCY + "    lateness: 3d\n", ["line 7", "at most 60 windows"]),
        (FREQUENCY + "    realert: 1m\n", ["line 7", "a tenth of the window"]),
        (FREQUENCY + "    mute: tomorrow\n", ["line 7", "'tomorrow' is no time with a zone"]),
        (FREQUENCY + "    mute: 2025-08-01T08:00:00\n", ["no time with a zone"]),
        (FREQUENCY + '    quiet: {from: "25:00", to: "06:00"}\n', ["line 7, column 13", "'25:00' is no time of day"]),
        (FREQUENCY + '    quiet: {from: "22:00", to: "06:00", zone: Berlin}\n', ["line 7, column 41", "'Berlin' is no time zone"]),
        (FREQUENCY + '    quiet: {from: "22:00", to: "22:00"}\n', ["use mute"]),
        ("    keywords: [x]\n    new: {of: country, learn: 10m}\n", ["new.learn", "as long as lateness"]),
        ("    spike: {window: 1h}\n", ["give a query"]),
    ],
)  # fmt: skip
def test_what_is_wrong_about_time_and_telling_is_told_with_its_place(more: str, says: list[str]) -> None:
    answer = complaint(f"{GOOD}  - name: Bad\n{more}")
    assert [words for words in says if words not in answer] == [], answer


def test_a_flatline_needs_no_words_and_a_spike_of_a_source_neither() -> None:
    assert load_rules("- {name: A, flatline: {window: 1h}}", "r")
    assert load_rules("- {name: A, sources: [a.example], spike: {window: 1h}}", "r")
