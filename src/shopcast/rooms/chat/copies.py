"""What makes two lines near-identical: a fingerprint of what is said, without how it is dressed up; pure."""

import hashlib
import heapq
import re
from typing import Final

from shopcast.rooms.chat import folding

# "yes", "666" and "could you try number seven?" are what many say at the same time, and should; a pasted
# advertisement is longer. Letters, without digits and signs.
COPY_AT_LEAST: Final = 24
# Of Chinese a character is a syllable or a word.
COPY_AT_LEAST_CJK: Final = 12
_SHINGLE: Final = 5
# Digits are what a paste machine counts up, and signs are what it sprinkles; neither makes another line.
_NOT_LETTERS: Final = re.compile(r"[\W\d_]+")


def fingerprint(text: str) -> str:
    """16 hex digits, or "" for what is too short to be a copy of anything.

    The two smallest hashes of its five-letter pieces (minhash): an added word or a changed ending leaves them the same
    about four times in five, and another line has others.
    """
    letters = _NOT_LETTERS.sub("", folding.as_latin(text))
    if len(letters) < (COPY_AT_LEAST_CJK if folding.has_cjk(letters) else COPY_AT_LEAST):
        return ""
    pieces = {letters[start : start + _SHINGLE] for start in range(len(letters) - _SHINGLE + 1)}
    return _digest("".join(heapq.nsmallest(2, map(_digest, pieces))))


def same_words(text: str) -> str:
    """What two lines have in common that say the same: who has just said it need not say it again."""
    return " ".join(folding.plain(text).split())


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
