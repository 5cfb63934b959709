"""Search over shows, items and moments: numbers first, then words."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from shopcast import shows
from shopcast.discovery.search import repository
from shopcast.discovery.search.model import Document, DocumentKind, MomentBody, Query, parse_query
from shopcast.kernel.actions import ReadConnection

HITS_MAX = 20
_KINDS: tuple[DocumentKind, ...] = ("show", "item", "moment")
_BODY = msgspec.json.Decoder(MomentBody)


class ItemHit(msgspec.Struct, frozen=True, kw_only=True):
    show_id: str
    show_title: str
    card: shows.Card


class MomentHit(msgspec.Struct, frozen=True, kw_only=True):
    """A moment that is over; its clip can be played by itself."""

    id: str
    show_id: str
    show_title: str
    item_id: str
    number: int
    title: str
    image_url: str | None
    from_ms: int
    to_ms: int | None
    clip_url: str | None


class SearchAnswer(msgspec.Struct, frozen=True, kw_only=True):
    shows: list[shows.ShowCard]
    items: list[ItemHit]
    moments: list[MomentHit]


def search(conn: ReadConnection, text: str, now: datetime) -> SearchAnswer:
    number = shows.number_in_query(text)
    query = parse_query(text, () if number is None else (number,))
    found, items, moments = (_hits(conn, query, kind) for kind in _KINDS)
    # The index is a moment behind: what has ceased to be public since is left out here.
    named = shows.cards_of_shows(conn, _shows_of([*found, *items, *moments]))
    cards = {card.id: card for card in named if card.state != "ended"}
    return SearchAnswer(
        shows=[cards[show.show_id] for show in found if show.show_id in cards],
        items=_item_hits(conn, cards, items, now),
        moments=[_moment_hit(moment, cards[moment.show_id].title) for moment in moments if moment.show_id in cards],
    )


def newest_moments(conn: ReadConnection, limit: int) -> list[MomentHit]:
    """Explanations of public shows that are over, newest first, one per item."""
    newest = repository.newest(conn, "moment", limit * 4)
    one_each = list({moment.item_id: moment for moment in reversed(newest)}.values())[::-1][:limit]
    titles = {card.id: card.title for card in shows.cards_of_shows(conn, _shows_of(one_each))}
    return [_moment_hit(moment, titles[moment.show_id]) for moment in one_each if moment.show_id in titles]


def _hits(conn: ReadConnection, query: Query, kind: DocumentKind) -> list[Document]:
    by_number = repository.with_number(conn, query.numbers, kind, HITS_MAX) if query.numbers else []
    by_words = repository.matching(conn, query.words, kind, HITS_MAX) if query.words else []
    return list({document.id: document for document in (*by_number, *by_words)}.values())[:HITS_MAX]


def _shows_of(documents: list[Document]) -> list[str]:
    return list(dict.fromkeys(document.show_id for document in documents))


def _item_hits(
    conn: ReadConnection, public: Mapping[str, shows.ShowCard], documents: list[Document], now: datetime
) -> list[ItemHit]:
    """Price and stock are read now; the index only knows the words."""
    wanted = [document for document in documents if document.show_id in public]
    cards = shows.cards_of_items(conn, [document.id for document in wanted], now)
    return [
        ItemHit(show_id=document.show_id, show_title=public[document.show_id].title, card=cards[document.id])
        for document in wanted
        if document.id in cards
    ]


def _moment_hit(document: Document, show_title: str) -> MomentHit:
    body = _BODY.decode(document.body)
    return MomentHit(
        id=document.id,
        show_id=document.show_id,
        show_title=show_title,
        item_id=body.item_id,
        number=body.number,
        title=body.title,
        image_url=body.image_url,
        from_ms=body.from_ms,
        to_ms=body.to_ms,
        clip_url=f"/v1/shows/{document.show_id}/moments/{document.id}/clip",
    )
