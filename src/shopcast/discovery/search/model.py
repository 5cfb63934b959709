"""What a query asks for: a number on the shelf, or words. Pure."""

from dataclasses import dataclass
from typing import Literal

import msgspec

from shopcast.kernel.text import tokens

QUERY_LIMIT = 200
WORDS_MAX = 12
DocumentKind = Literal["show", "item", "moment"]


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
    words: tuple[str, ...]


def parse_query(text: str, numbers: tuple[int, ...]) -> Query:
    """`numbers` are the shelf numbers that shows, which knows how they are said, has read out of the text."""
    return Query(numbers=numbers, words=tuple(dict.fromkeys(tokens(text[:QUERY_LIMIT])))[:WORDS_MAX])


def match_expression(words: tuple[str, ...]) -> str:
    """All words, the last one as the beginning of a word, since it may still be being typed."""
    quoted = [f'"{word}"' for word in words]
    return " AND ".join([*quoted[:-1], f"{quoted[-1]}*"]) if quoted else ""
