"""Search inside one show: the number first, then words over items, explanations and what was said in chat."""

from datetime import datetime
from typing import Final

import msgspec

from shopcast import media, rooms
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.config import Settings
from shopcast.kernel.text import tokens
from shopcast.shows.moments.queries import MomentView, chapters
from shopcast.shows.requests.model import number_in_query
from shopcast.shows.schedule.model import Show
from shopcast.shows.shelf.model import Card
from shopcast.shows.shelf.queries import shelf

QUERY_LIMIT: Final = 100
HITS_LIMIT: Final = 20
# Chat is read newest first as far as this many entries back: about 50 ms. Older lines are found in the export.
CHAT_ENTRIES_READ: Final = 5_000
CHAT_PAGE: Final = 500


class ChatHit(msgspec.Struct, frozen=True, kw_only=True):
    seq: int
    at_ms: int
    name: str
    text: str


class ShowHits(msgspec.Struct, frozen=True, kw_only=True):
    """`number` is the shelf number the query means, if it means one."""

    number: int | None
    items: list[Card]
    moments: list[MomentView]
    chat: list[ChatHit]


def search_show(
    conn: ReadConnection, settings: Settings, show: Show, text: str, now: datetime, *, with_hidden: bool
) -> ShowHits:
    query = text.strip()[:QUERY_LIMIT]
    number = number_in_query(query)
    words = frozenset(tokens(query))
    if not words and number is None:
        return ShowHits(number=None, items=[], moments=[], chat=[])
    cards = shelf(conn, show.id, now, with_hidden=with_hidden)
    if not with_hidden:
        cards = [card for card in cards if not card.hidden]
    items = _ranked(cards, number, words)
    found = {card.id for card in items}
    explained = [view for view in chapters(conn, settings, show, now) if view.item_id in found]
    return ShowHits(
        number=number,
        items=items,
        moments=sorted(explained, key=lambda view: (view.number != number, -view.from_ms))[:HITS_LIMIT],
        # A bare number is said in every second line; only words are looked for in chat.
        chat=[] if number is not None else _said(conn, show, words),
    )


def _ranked(cards: list[Card], number: int | None, words: frozenset[str]) -> list[Card]:
    """The item with the number before all others; then those that hold all words, in the order of the shelf."""
    by_number = [card for card in cards if card.number == number]
    by_words = [
        card
        for card in cards
        if card.number != number and _matches(f"{card.title} {card.claim} {_variants(card)}", words)
    ]
    # "7" as a word finds "Size 7", but only behind the item with the number.
    return (by_number + by_words)[:HITS_LIMIT]


def _variants(card: Card) -> str:
    return " ".join(option for variant in card.variants for option in variant.options)


def _matches(text: str, words: frozenset[str]) -> bool:
    """Every word, or the beginning of one: people search while they type."""
    held = tokens(text)
    return bool(words) and all(any(token.startswith(word) for token in held) for word in words)


def _said(conn: ReadConnection, show: Show, words: frozenset[str]) -> list[ChatHit]:
    last = rooms.head(conn, show.room_id).seq
    hits: list[ChatHit] = []
    after = max(0, last - CHAT_ENTRIES_READ)
    for _ in range(CHAT_ENTRIES_READ // CHAT_PAGE + 1):
        page = rooms.said_lines_after(conn, show.room_id, after, CHAT_PAGE)
        hits += [
            ChatHit(seq=line.seq, at_ms=media.epoch_ms(line.at), name=line.name, text=line.text)
            for line in page
            if not line.hidden and _matches(line.text, words)
        ]
        if len(page) < CHAT_PAGE:
            break
        after = page[-1].seq
    return hits[::-1][:HITS_LIMIT]
