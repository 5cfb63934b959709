"""What a query asks for: a number on the shelf, or words. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

import msgspec

from shopcast.kernel.text import tokens

QUERY_LIMIT = 200
WORDS_MAX = 12
DocumentKind = Literal["show", "item", "moment"]
Words = tuple[str, ...]
# PostgreSQL's own limits of a word and of the places it remembers of one; nobody searches for a longer word.
WORD_LIMIT = 255
PLACES_LIMIT = 255
_MARKS = re.compile("[\u0300-\u036f]")


@dataclass(frozen=True, slots=True)
class Document:
    """`body` is the JSON that the answer needs beside what is read afresh."""

    id: str
    kind: DocumentKind
    show_id: str
    item_id: str | None
    item_number: int | None
    tokens: str
    body: str


class MomentBody(msgspec.Struct, frozen=True, kw_only=True):
    """What a moment's document keeps for its hit."""

    item_id: str
    number: int
    title: str
    image_url: str | None
    from_ms: int
    to_ms: int | None


@dataclass(frozen=True, slots=True)
class Query:
    numbers: tuple[int, ...]
    words: Words


def parse_query(text: str, numbers: tuple[int, ...]) -> Query:
    """`numbers` are the shelf numbers that shows, which knows how they are said, has read out of the text."""
    return Query(numbers=numbers, words=tuple(dict.fromkeys(tokens(text[:QUERY_LIMIT])))[:WORDS_MAX])


def match_expression(words: Words) -> str:
    """For SQLite: all words, the last one as the beginning of a word, since it may still be being typed."""
    quoted = [f'"{word}"' for word in words]
    return " AND ".join([*quoted[:-1], f"{quoted[-1]}*"]) if quoted else ""


def term_expressions(words: Words) -> list[str]:
    """The same for PostgreSQL, word by word."""
    quoted = [f"'{fold(word)}'" for word in words]
    return [*quoted[:-1], f"{quoted[-1]}:*"] if quoted else []


def index_words(tokens: str) -> str:
    """What PostgreSQL keeps of a text: each word with its places."""
    places: dict[str, list[int]] = {}
    for place, token in enumerate(tokens.split(), start=1):
        places.setdefault(fold(token), []).append(place)
    return " ".join(f"'{word}':{','.join(map(str, of[:PLACES_LIMIT]))}" for word, of in places.items())


def fold(word: str) -> str:
    """Without accents, as SQLite's index folds words by itself."""
    bare = word if word.isascii() else unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFD", word)))
    return (bare or word)[:WORD_LIMIT]
