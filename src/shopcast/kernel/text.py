"""Owns what counts as the same text and as a word, for search, chat and input fields. Knows no language but CJK."""

import re
import unicodedata
from itertools import pairwise

from shopcast.kernel.errors import InvalidInput

# Han with its extensions, kana and Hangul syllables: scripts written without spaces between words.
_CJK = (
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_RUN = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+")
_IS_CJK = re.compile(rf"[{_CJK}]")
# Zero-width joiners hold emoji families together, so only the one between two emoji is kept.
_JOINER = "\u200d"
_SPACE = re.compile(r"\s+")


def normalise(text: str) -> str:
    """NFKC and lower case: full-width, half-width and ligature forms become equal."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower())


def tokens(text: str) -> list[str]:
    """Words in order; a run of CJK gives each character and each pair, so that two-character words are found."""
    found: list[str] = []
    for run in _RUN.findall(normalise(text)):
        if _IS_CJK.match(run):
            found.extend(run)
            found.extend(first + second for first, second in pairwise(run))
        else:
            found.append(run)
    return found


def clean_line(text: str, limit: int, field: str = "text") -> str:
    """One line fit to be shown to others, at most `limit` characters. Raises InvalidInput if empty or too long.

    Removes control characters, bidirectional overrides and isolates, zero-width characters; collapses space.
    """
    # Far more than any limit can't become valid by cleaning; refuse before spending time on it.
    if len(text) > 8 * limit + 64:
        raise InvalidInput(field, "it is too long")
    cleaned = _SPACE.sub(" ", "".join(_visible(text))).strip()
    if not cleaned:
        raise InvalidInput(field, "it is empty")
    if len(cleaned) > limit:
        raise InvalidInput(field, "it is too long")
    return cleaned


def _visible(text: str) -> list[str]:
    kept: list[str] = []
    for index, character in enumerate(text):
        if character.isspace():
            kept.append(" ")
        elif character == _JOINER:
            if _joins_emoji(text, index):
                kept.append(character)
        elif unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn"):
            kept.append(character)
    return kept


def _joins_emoji(text: str, index: int) -> bool:
    before = text[:index].rstrip("\ufe0f")[-1:]
    after = text[index + 1 : index + 2]
    return bool(before) and bool(after) and _is_pictograph(before) and _is_pictograph(after)


def _is_pictograph(character: str) -> bool:
    return unicodedata.category(character) in ("So", "Sk")
