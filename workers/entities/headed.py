"""Organisations by the word that heads them: `Lowfield University`, `the Ministry of Fisheries`, `Tarn Valley Airlines`."""

import re
from collections.abc import Iterator

__all__ = ["OPENERS", "headed"]

_HEADS = "University|College|Institute|Ministry|Party|Airlines|Airways|Council|Committee|Commission|Corporation|Association|Federation|Foundation|Bureau|Academy|Authority|Records|Orchestra|Confederation|Police Department|Fire Department|Agency|Air Force|Army|Club|Company|FC|Group|Hospital|Navy|Network|Organi[sz]ation|Police|Press|Railway|Railroad|Society"
_BEFORE_OF = "University|Institute|Ministry|Department|Academy|Association|Federation|Confederation|College|Church|Court|School|Authority|Bank|Board|Bureau|Council|Society|Office|Union|Commission|Committee"
#: Nicknames of teams that end a name of several words, mostly after a town (`Perth Wildcats`), and mean little else; the network knows the others.
_TEAMS = "Aggies|Badgers|Bengals|Blackhawks|Blazers|Bruins|Bulldogs|Canadiens|Canucks|Cavaliers|Celtics|Cougars|Cubs|Dodgers|Falcons|Gators|Gophers|Grizzlies|Hawkeyes|Hornets|Huskies|Jayhawks|Knicks|Lakers|Longhorns|Mariners|Marlins|Mavericks|Mets|Oilers|Orioles|Packers|Phillies|Pistons|Ravens|Roosters|Rovers|Sabres|Seahawks|Seminoles|Sooners|Spartans|Spurs|Steelers|Tar Heels|Timberwolves|Trojans|Wallabies|Wanderers|Wildcats|Wolverines|Yankees"
_ORDINAL = r"(?:\d{1,3}(?:st|nd|rd|th|d)?|[IVXL]{1,6}|First|Second|Third|Fourth|Fifth|Sixth|Seventh|Eighth|Ninth|Tenth|Eleventh|Twelfth)"
_UNIT = re.compile(
    rf"(?<![\w'’.,-])(?P<name>{_ORDINAL} (?:(?:Air|Airborne|Armou?red|Artillery|Bomb(?:er|ardment)|Cavalry|Defen[cs]e|Engineer|Fighter|Guards?|Infantry|Marine|Mechani[sz]ed|Motor|Mountain|Panzer|Parachute|Rifle|Signal|Support|Tank|Training|Transport|Volunteer) ){{1,4}}(?:Division|Wing|Corps|Brigade|Regiment|Battalion|Squadron|Command|Force|Army|Group)|(?:{_ORDINAL}) (?:Corps|Army|Fleet|Brigade|Regiment|Battalion|Infantry|Air Force|Squadron))(?![\w-])"
)
#: Looked for first: it is rare, and a unit may begin at every number.
_ANY_UNIT = re.compile(
    r" (?:Division|Wing|Corps|Brigade|Regiment|Battalion|Squadron|Command|Force|Army|Fleet|Infantry|Group)(?!\w)"
)
_WORD = r"[A-ZÀ-Ý](?:(?!['’]s\b)[\w'’&-]|\.(?=\w))*"
_LAST = re.compile(
    rf"(?<![\w'’-])(?P<name>(?:St\. )?(?:(?!(?:{_HEADS}|{_TEAMS}) (?:and|&) ){_WORD} (?:and |& )?){{1,5}}(?:{_HEADS}|{_TEAMS}))(?![\w-]| (?:of|for) (?:the )?[A-ZÀ-Ý])"
)
_FIRST = re.compile(
    rf"(?<![\w'’-])(?P<name>(?:{_WORD} ){{0,3}}(?:{_BEFORE_OF}) (?:of|for) (?:the )?{_WORD}(?:(?: and| &|, {_WORD} and)? (?!(?:{_BEFORE_OF}) of){_WORD}){{0,3}}(?: for (?:the )?{_WORD})?)(?![\w-])"
)
#: Capitalised words that only open a sentence, or are no part of a name.
OPENERS = frozenset({"The", "A", "An", "I", "In", "At", "On", "This", "That", "His", "Her", "Its", "Their", "Our", "My", "Your", "When", "For", "From", "And", "But", "With", "Each", "Every", "Another", "Some", "If", "As", "After", "Before", "Under", "Both", "While", "Since", "By", "To", "Of", "No", "Any", "Former", "One", "Many", "Most"})  # fmt: skip
_MOST = 500


def headed(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of such names, each once, at least two words long."""
    found: set[tuple[int, int]] = set()
    for pattern in (_LAST, _FIRST, _UNIT) if _ANY_UNIT.search(text) else (_LAST, _FIRST):
        for count, match in enumerate(pattern.finditer(text)):
            if count >= _MOST:
                break
            start, words = match.start("name"), match.group("name")
            while (first := words.split(" ", 1)[0]) in OPENERS and " " in words:
                start, words = start + len(first) + 1, words[len(first) + 1 :]
            if " " in words:
                found.add((start, start + len(words)))
    yield from sorted(found)
