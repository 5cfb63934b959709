"""What a word is made equal to, so that it is found however it is dressed up; pure, knows no list and no room.

A listed word and a line go through the same folding. What it sees through: width, case, accents, invisible characters,
look-alike letters, digits and signs for letters, stretched letters, separators between letters, traditional characters.
What it must leave alone: an innocent word that contains a listed one (words in Latin letters are compared whole), and
two innocent words whose neighbouring ends would make one. docs/algorithms/muted-words.md has the rules.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby, product
from typing import Final

from shopcast.rooms.chat.lookalikes import BOXED, LEET, LETTER_OF
from shopcast.rooms.chat.traditional import SIMPLIFIED_OF

_HAN: Final = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_CJK: Final = _HAN + "\u3040-\u30ff\u31f0-\u31ff\uac00-\ud7af"
_HAS_CJK: Final = re.compile(f"[{_CJK}]")
_SIGNS: Final = "".join(sign for sign in LEET if not sign.isalnum())
# Ends of a thought: what stands on both sides of one is never read as one word.
_STOPS: Final = re.compile(r"[,，。、!！?？;；:：…]+")
# Alternatives and lists: "and/or" is two words, "s/p/a/m" is one.
_LISTING: Final = re.compile(r"[/,;:?]+")
_SEPARATORS: Final = re.compile(r"[^\w]|_")
# The same, but for signs that may stand for letters.
_NO_WORD: Final = re.compile(rf"[^\w{re.escape(_SIGNS)}]|_")
_SOFT_ENDS: Final = ".,!?:;'\"()[]{}…~*_-"
# An invisible filler has the category of a letter.
_FILLERS: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800")
# A letter three times is stretched; two may be how the word is written. Beyond this many stretches all are read alike.
_STRETCHES_LIMIT: Final = 3
# Words of a chat repeat: of a busy room's lines nine in ten are answered from here.
_WORDS_KEPT: Final = 8_192
# A shorter word of nothing but look-alikes may well be one of its own script: рот is a mouth.
_PASSES_FOR_LATIN: Final = 4
# A single letter now and then is a word; three in a row are spelt.
_SPELT_AT_LEAST: Final = 3


def plain(text: str) -> str:
    """The text without dress: NFKC, lower case, no accents, nothing invisible, simplified characters."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", text.translate(BOXED)).casefold()
    letters = (one for one in unicodedata.normalize("NFD", folded) if _is_visible(one))
    return unicodedata.normalize("NFKC", "".join(letters)).casefold().translate(SIMPLIFIED_OF)


def as_latin(text: str) -> str:
    """Plain text with all look-alikes made Latin, in whatever language: for comparing lines, not for reading them."""
    return _latin(plain(text), alone=False)


def has_cjk(text: str) -> bool:
    return _HAS_CJK.search(text) is not None


def word_keys(word: str) -> frozenset[str]:
    """What a listed word in Latin (or any spaced) letters is looked up by: as written, and as a skeleton."""
    letters = _SEPARATORS.sub("", _latin(plain(word), alone=False)) or plain(word)
    return frozenset((_exact(letters), _skeleton(letters)))


def line_keys(text: str) -> frozenset[str]:
    """The keys of all words a line may be read as; a listed word is in it if one of its keys is here."""
    folded = plain(text)
    chunks = folded.split()
    # The line has letters of another script that pass for nothing Latin: then its look-alikes are that script too.
    is_foreign = not folded.isascii() and any(map(_is_foreign, folded))
    has_latin = has_cjk(folded) or any(one.isascii() and one.isalpha() for one in folded)
    found: set[str] = set()
    for chunk in chunks:
        found |= _chunk_keys(chunk, is_foreign, has_latin)
    for run in spelt(chunks):
        found.update(key for word in _within(run) for key in _keys_of(word))
    return frozenset(found)


def packed(text: str) -> str:
    """A line of Chinese, Japanese or Korean with what was put between characters of one word taken out.

    Spaces join only single characters: 法 轮 is one word spelt, 爱你 妈妈 are two. Sentence marks never join.
    """
    parts: list[str] = []
    for thought in _STOPS.split(plain(text)):
        chunks = [_SEPARATORS.sub("", chunk) for chunk in thought.split()]
        for is_single, group in groupby(filter(None, chunks), key=lambda chunk: len(chunk) == 1):
            words = list(group)
            parts.extend(["".join(words)] if is_single else words)
    return " ".join(parts)


def spelt(chunks: Iterable[str]) -> Iterator[str]:
    """Runs of single letters with spaces between: "s p a m" gives "spam"."""
    bare = (_latin(chunk, alone=False).strip(_SOFT_ENDS) for chunk in chunks)
    for is_single, group in groupby(filter(None, bare), key=lambda chunk: len(chunk) == 1 and not has_cjk(chunk)):
        run = "".join(group) if is_single else ""
        if len(run) >= _SPELT_AT_LEAST:
            yield run


def _is_visible(character: str) -> bool:
    # Marks are accents and stacked ornaments; of Hangul and kana NFD makes letters, not marks, but for two voicings.
    if unicodedata.category(character) == "Mn":
        return character in "\u3099\u309a"
    return unicodedata.category(character) not in ("Cf", "Cc", "Me") and character not in _FILLERS


@lru_cache(maxsize=_WORDS_KEPT)
def _chunk_keys(chunk: str, is_foreign: bool, has_latin: bool) -> frozenset[str]:
    keeps_script = not _mixes(chunk) and (is_foreign or not (has_latin or len(chunk) >= _PASSES_FOR_LATIN))
    return frozenset(key for word in _readings(_latin(chunk, alone=keeps_script)) for key in _keys_of(word))


def _readings(latin: str) -> Iterator[str]:
    """The words one chunk without spaces may be: whole, at its separators, and with them taken out."""
    bare = latin.strip(_SOFT_ENDS)
    yield bare
    if bare.isalnum():
        return
    yield from (part for part in _NO_WORD.split(bare) if part)
    yield from (part for part in _SEPARATORS.split(bare) if part)
    pieces = _LISTING.split(bare)
    for piece in [bare] if all(len(one) == 1 for one in pieces) else pieces:
        yield _SEPARATORS.sub("", piece)
        yield _NO_WORD.sub("", piece)


def _latin(chunk: str, *, alone: bool) -> str:
    """Look-alike letters as the Latin ones, unless the chunk is a word of its own script."""
    return chunk if alone or chunk.isascii() else "".join(LETTER_OF.get(one, one) for one in chunk)


def _mixes(chunk: str) -> bool:
    """Latin letters, digits or signs among look-alikes: no language does that."""
    word = chunk.strip(_SOFT_ENDS)
    return any(one in LETTER_OF for one in word) and any(
        one in LEET or (one.isascii() and one.isalnum()) for one in word
    )


def _is_foreign(character: str) -> bool:
    return character.isalpha() and not character.isascii() and character not in LETTER_OF and not has_cjk(character)


def _keys_of(word: str) -> Iterator[str]:
    """A word of letters only is taken at its word; with digits or signs in it, it is read as its skeleton too."""
    for stretched in _unstretched(word):
        yield _exact(stretched)
        if any(one in LEET for one in stretched) and any(one.isalpha() or one in _SIGNS for one in stretched):
            yield _skeleton(stretched)


def _exact(word: str) -> str:
    return f"={word}"


def _skeleton(word: str) -> str:
    """1 and ! stand for i and for l, so both are one here; ph is f, and w is vv."""
    letters = "".join(LEET.get(one, one) for one in word).replace("vv", "w").replace("ph", "f")
    return "~" + letters.replace("l", "i")


def _unstretched(word: str) -> Iterator[str]:
    """With each letter written three times or more once and twice: "spaaaam" is spam and spaam."""
    runs = [(letter, len(list(group))) for letter, group in groupby(word)]
    stretched = sum(1 for _, length in runs if length > 2)
    if stretched > _STRETCHES_LIMIT:
        for times in (1, 2):
            yield "".join(letter * min(length, times) if length > 2 else letter * length for letter, length in runs)
        return
    choices = [(letter, letter * 2) if length > 2 else (letter * length,) for letter, length in runs]
    yield from map("".join, product(*choices))
    if stretched:
        yield word


def _within(run: str) -> Iterator[str]:
    """Every stretch of a spelt run: single letters in a row are no language, so a listed word may hide in it."""
    longest = 24
    for start in range(len(run)):
        for end in range(start + _SPELT_AT_LEAST, min(len(run), start + longest) + 1):
            yield run[start:end]
