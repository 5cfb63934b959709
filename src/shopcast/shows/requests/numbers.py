"""Numbers as people write them, in English and Chinese; knows nothing of shelves or shows."""

import re
from typing import Final

ENGLISH_UNITS: Final = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
ENGLISH_TENS: Final = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
CHINESE_DIGITS: Final = {
    "零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
}  # fmt: skip

_UNIT: Final = "|".join(sorted(ENGLISH_UNITS, key=len, reverse=True))
_TENS: Final = "|".join(ENGLISH_TENS)
_BELOW_HUNDRED: Final = rf"(?:(?:{_TENS})(?:[ -](?:{_UNIT}))?|(?:{_UNIT}))"

# Four digits: numbers are never reused, so a shelf of 500 items may count past 999 in a long show; more digits is a
# telephone number or a price.
DIGITS: Final = r"[0-9]{1,4}"
ENGLISH_WORDS: Final = rf"(?:(?:{_UNIT}|a) hundred(?: and {_BELOW_HUNDRED}| {_BELOW_HUNDRED})?|{_BELOW_HUNDRED})"
CHINESE_NUMERAL: Final = r"[零〇一二两三四五六七八九十百]{1,7}"

_NUMERAL_ALONE: Final = re.compile(CHINESE_NUMERAL)


def read_number(text: str) -> int | None:
    """The number written in `text` (digits, English words, Chinese numerals), or None; 0 is no shelf number."""
    if re.fullmatch(DIGITS, text):
        return int(text) or None
    if _NUMERAL_ALONE.fullmatch(text):
        return _chinese(text)
    return _english(text)


def _english(text: str) -> int | None:
    total = 0
    for word in text.replace("-", " ").split():
        if word == "hundred":
            total = max(total, 1) * 100
        elif word in ENGLISH_TENS:
            total += ENGLISH_TENS[word]
        elif word in ENGLISH_UNITS:
            total += ENGLISH_UNITS[word]
        elif word not in ("and", "a"):
            return None
    return total or None


def _chinese(text: str) -> int | None:
    if "十" not in text and "百" not in text:
        # Digits read one by one: 一二 is said for 12 on the shelf.
        return int("".join(str(CHINESE_DIGITS[character]) for character in text)[:4]) or None
    total, digit = 0, 0
    for character in text:
        if character == "百":
            total, digit = total + (digit or 1) * 100, 0
        elif character == "十":
            total, digit = total + (digit or 1) * 10, 0
        else:
            digit = CHINESE_DIGITS[character]
    return (total + digit) or None
