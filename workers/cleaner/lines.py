"""What a line that is no prose is: a rule for each kind of clutter, in the order in which they are asked."""

import re
from functools import lru_cache

from workers.cleaner.published import find_stamps
from workers.cleaner.signs import CAPTION, FIGURE, LEGAL, LONGEST_LABEL, NAMED, PROMOTION, SEPARATOR, signs_of

__all__ = [
    "DOCUMENT_ID",
    "classify",
    "is_navigation",
    "is_prose",
    "label_reason",
    "points_elsewhere",
    "starts_legal_notice",
    "words_in",
]

#: An agency's document id: letters and digits run together, or named as one.
DOCUMENT_ID = re.compile(
    r"^(?:[A-Z]{2,12}\d[A-Z0-9-]{8,60}|(?:document|article|story|news)\s+id\s*[:#]\s*\S{3,60}|(?:DocID|GUID)\s*[:#]?\s*\S{3,60})$",
    re.IGNORECASE,
)
_ALL_CAPS_ID = re.compile(r"^[A-Z0-9][A-Z0-9_-]{9,70}$")
_LEGAL_HEAD = re.compile(
    r"^\W{0,3}(?:legal\s+)?(?:disclaimer|legal notice|haftungsausschluss|rechtlicher hinweis|avertissement|mentions légales|aviso legal|"
    r"отказ от ответственности|إخلاء مسؤولية|yasal uyarı)\W{0,3}(?:$|:)", re.IGNORECASE)  # fmt: skip
_LEGAL = re.compile(
    r"©|\(c\) ?(?:19|20)\d\d|copyright|all rights reserved|alle rechte vorbehalten|tous droits réservés|все права защищены|"
    r"todos los derechos|tutti i diritti|جميع الحقوق|版权所有|版權所有|免责声明|無断転載|著作権|무단 ?전재|저작권자|prawa zastrzeżone|without (?:any )?warrant|do(?:es)? not accept any responsibility|terms (?:of use|and conditions)|"
    r"privacy policy|may not be (?:published|reproduced|redistributed)", re.IGNORECASE)  # fmt: skip
_PROMOTION = re.compile(
    r"\b(?:subscribe|sign up|newsletter|follow us|cookies?|abonnieren|abonnez-vous|inscrivez-vous|suscríbe|подпи(?:шитесь|саться)|"
    r"read (?:more|also|next)|also read|click here|advertisement|anzeige|publicité|реклама|share (?:this|on)|download our app|log ?in|"
    r"register now|mehr zum thema|lire aussi|lesen sie auch|читайте также|اشترك|اقرأ أيضا)\b", re.IGNORECASE)  # fmt: skip
#: "Read also: …" and the headline of another story.
_ELSEWHERE = re.compile(
    r"^\W{0,3}(?:read (?:more|also|next)|also read|see also|related|mehr zum thema|lesen sie (?:auch|hier|mehr)|(?:à )?lire aussi|lee también|lea también|leer también|"
    r"leggi anche|leia (?:também|mais)|lees ook|läs (?:också|även|mer)|les også|læs også|czytaj także|czytaj też|читайте также|читайте також|ayrıca oku|اقرأ أيضا)\s*[:：|–-]\s*\S",
    re.IGNORECASE,
)  # fmt: skip
_LONGEST_POINTER = 200
_CAPTION = re.compile(
    r"^\W{0,2}(?:photo|image|picture|file photo|bild|foto|crédit|фото|صورة)\b[^.]{0,80}[:/©]", re.IGNORECASE
)
_WEEKDAY = re.compile(
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)\b|"
    r"\b(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\b|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|"
    r"الاثنين|الثلاثاء|الأربعاء|الخميس|الجمعة|السبت|الأحد", re.IGNORECASE)  # fmt: skip
_SEPARATED = re.compile(r"\s{3,}|\t|\s[|•·»›]\s|^[|•·]\s|\s[|]$")
#: A separated line has one of these; text in normal form knows no other white space.
_SEPARATORS = ("|", "   ", "•", "·", "»", "›", "\t")
_ENDS = (".", "!", "?", "…", '"', "”", "»", "“", "’", "'", "。", "！", "？", "؟", "।", "」", ":", ".)", "”.")
#: Beyond these lengths (characters) a line is no label of the kind; asking would cost time.
_LONGEST_ID, _LONGEST_PROMOTION, _LONGEST_STAMP = 90, 250, 200
_LEAST_DIGITS = 4
_DIGIT = re.compile("[0-9٠-٩۰-۹]")
_WORD = re.compile(r"\w+")
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def words_in(line: str) -> int:
    """Words; in scripts without spaces, two characters count as one."""
    return len(_WORD.findall(line)) + len(_WIDE.findall(line)) // 2


def is_navigation(line: str) -> bool:
    """A row of labels: pieces set apart by wide space or bars, none of them a sentence."""
    if not any(map(line.__contains__, _SEPARATORS)) or not _SEPARATED.search(line):
        return False
    pieces = [piece for piece in _SEPARATED.split(line) if piece.strip(" |•·")]
    return all(words_in(piece) <= 5 for piece in pieces) if pieces else True


def is_prose(line: str) -> bool:
    """Running text: a sentence of some length."""
    count = words_in(line)
    ended = line.rstrip().endswith(_ENDS)
    return not is_navigation(line) and (count >= 18 or (count >= 5 and ended))


def points_elsewhere(line: str) -> bool:
    """A line that sends the reader to another story, by the words that it begins with."""
    return len(line) <= _LONGEST_POINTER and _ELSEWHERE.match(line) is not None


def starts_legal_notice(line: str) -> bool:
    """A heading after which only a legal notice follows."""
    return bool(_LEGAL_HEAD.match(line)) and words_in(line) <= 8


def classify(line: str, signs: int | None = None) -> str | None:
    """The reason to cut this line wherever it stands, or None. `signs` saves looking for them again."""
    told = signs_of([line])[0] if signs is None else signs
    return _classify_short(line, told) if len(line) <= _LONGEST_ID else _classify(line, told)


@lru_cache(maxsize=4096)
def _classify_short(line: str, signs: int) -> str | None:
    """Labels come again, on a page and from page to page."""
    return _classify(line, signs)


def _classify(line: str, signs: int) -> str | None:
    size = len(line)
    if size <= _LONGEST_ID and _is_document_id(line, signs):
        return "document_id"
    if size > LONGEST_LABEL:
        return None
    if signs & LEGAL and (starts_legal_notice(line) or (_LEGAL.search(line) and words_in(line) < 60)):
        return "legal_notice"
    if signs & SEPARATOR and is_navigation(line):
        return "navigation"
    if signs & CAPTION and _CAPTION.match(line):
        return "caption"
    if signs & PROMOTION and size <= _LONGEST_PROMOTION and _PROMOTION.search(line) and words_in(line) <= 25:
        return "promotion"
    return _stamp_reason(line) if signs & FIGURE and size <= _LONGEST_STAMP else None


def _is_document_id(line: str, signs: int) -> bool:
    """Most lines have neither a figure nor what an id is named with, which spares them the patterns."""
    if not signs & FIGURE:
        return bool(signs & NAMED) and DOCUMENT_ID.match(line) is not None
    if DOCUMENT_ID.match(line):
        return True
    return _ALL_CAPS_ID.match(line) is not None and sum(map(str.isdigit, line)) >= _LEAST_DIGITS


def label_reason(line: str, signs: int) -> str | None:
    """Whether a short linked label is legal or promotional; the cheap part of `classify`."""
    if len(line) > _LONGEST_ID:
        return None
    if signs & LEGAL and _LEGAL.search(line):
        return "legal_notice"
    return "promotion" if signs & PROMOTION and _PROMOTION.search(line) else None


def _stamp_reason(line: str) -> str | None:
    """A line that is a time and little else."""
    if not _DIGIT.search(line):
        return None
    stamps = find_stamps(line[:300], "visible_stamp", 0.5)
    if not stamps:
        return None
    covered = sum(stamp.end - stamp.start for stamp in stamps)
    rest = words_in(line) - sum(words_in(stamp.published.raw) for stamp in stamps)
    if rest > 6 and covered * 2 < len(line):
        return None
    days = {stamp.published.value[:10] for stamp in stamps}
    clock = _WEEKDAY.search(line) and any("T" in stamp.published.value for stamp in stamps) and rest <= 3
    return "clock" if clock and (len(days) > 1 or rest <= 1) else "timestamp"
