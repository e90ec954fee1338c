"""A text as tokens: words, numbers, white space, single marks; scripts without spaces by the character."""

import re

__all__ = ["lowered", "split"]

#: Han characters stand alone, so that words of a language without spaces are found by their characters.
_TOKEN = re.compile(r"[\u3400-\u9fff]|[^\W\d_\u3400-\u9fff]+|\d+|\s+|.", re.DOTALL)
#: The same for ASCII in lower case, in half the time.
_ASCII_TOKEN = re.compile(r"[a-z]+| (?!\s)|\d+|\s+|.", re.ASCII | re.DOTALL)
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹０１２３４５６７８９", "0123456789" * 3)
#: Characters whose lower case would be two, and Arabic letters that are written both ways.
_SINGLE = str.maketrans("İ", "i")


def lowered(text: str) -> str:
    """Lower case with western digits, exactly as long as the text, so that offsets hold."""
    if text.isascii():
        return text.lower()
    lower = text.translate(_SINGLE).lower()
    if len(lower) != len(text):
        lower = "".join(low if len(low := character.lower()) == 1 else character for character in text)
    return lower.translate(_DIGITS)


def split(text: str) -> list[str]:
    """The tokens of a text in lower case; every character is in exactly one."""
    return (_ASCII_TOKEN if text.isascii() else _TOKEN).findall(text)
