"""Characters that look like Latin letters, and signs that stand for them. Data only, by what people type in chats."""

import unicodedata
from typing import Final

# Greek, Cyrillic, Armenian, Cherokee and phonetic letters, each row under the Latin letter it passes for.
_LETTERS: Final[dict[str, str]] = {
    "a": "аαɑᴀꭺѧ",
    "b": "ƅьвβʙᏼ",
    "c": "сᴄⅽ",
    "d": "ԁɗᴅժ",
    "e": "еєɛεᴇҽ",
    "f": "ғϝꜰẝƒ",
    "g": "ɡԍɢցǥ",
    "h": "һнʜηհ",
    "i": "іɪιɩıӏⅰ",
    "j": "јʝϳᴊ",
    "k": "кκᴋҝ",
    "l": "ʟⅼℓւ",
    "m": "мᴍⅿ",
    "n": "пɴոиηռ",
    "o": "оοσөᴏօₒ",
    "p": "рρᴘ",
    "q": "ԛզ",
    "r": "гʀяɼ",
    "s": "ѕꜱʂ",
    "t": "тτᴛ",
    "u": "υμᴜսц",
    "v": "νѵᴠ",
    "w": "ԝωᴡшѡ",
    "x": "хχ×",
    "y": "уүγʏ",
    "z": "ᴢʐ",
}
# As they are once a line is folded (folding.plain): that makes some of them Latin, and some of them others.
LETTER_OF: Final[dict[str, str]] = {
    folded: letter
    for letter, others in _LETTERS.items()
    for folded in (unicodedata.normalize("NFKC", other).casefold() for other in others)
    if len(folded) == 1 and not folded.isascii()
}

# Letters in boxes and flags, which NFKC leaves as they are.
_BOXES: Final = ((0x1F150, 26), (0x1F170, 26), (0x1F1E6, 26))
BOXED: Final[dict[int, str]] = {
    start + index: chr(ord("a") + index) for start, length in _BOXES for index in range(length)
}

# Digits and signs written for letters. Where a sign stands for two, the skeleton makes them one (see folding.py).
LEET: Final[dict[str, str]] = {
    "0": "o",
    "1": "i",
    "!": "i",
    "|": "i",
    "¡": "i",
    "2": "z",
    "3": "e",
    "€": "e",
    "4": "a",
    "@": "a",
    "5": "s",
    "$": "s",
    "6": "g",
    "7": "t",
    "+": "t",
    "8": "b",
    "9": "g",
    "£": "l",
    "¢": "c",
    "¥": "y",
}
