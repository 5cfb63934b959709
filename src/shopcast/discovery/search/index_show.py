"""Keeps what can be found of a show in step with the show: only what differs is written."""

from datetime import datetime

import msgspec

from shopcast import shows
from shopcast.discovery.search.model import Document, MomentBody
from shopcast.discovery.search.repository import documents_of_show, replace_documents
from shopcast.kernel.actions import Tx
from shopcast.kernel.config import Settings
from shopcast.kernel.text import tokens

# Documents hold no addresses: those are made when an answer is.
_NO_ADDRESSES = Settings()


def index_show(tx: Tx, show_id: str, now: datetime) -> None:
    wanted = {document.id: document for document in _documents(shows.show_document(tx, _NO_ADDRESSES, show_id, now))}
    there = documents_of_show(tx, show_id)
    stale = [identity for identity, document in there.items() if wanted.get(identity) != document]
    fresh = [document for identity, document in wanted.items() if there.get(identity) != document]
    replace_documents(tx, stale, fresh)


def _documents(source: shows.ShowDocument) -> list[Document]:
    if not source.findable:
        return []
    show = Document(source.show_id, "show", source.show_id, None, None, _words(source.text), "")
    items = [
        Document(item.item_id, "item", source.show_id, item.item_id, item.number, _words(item.text), "")
        for item in source.items
    ]
    moments = [
        Document(
            moment.moment_id,
            "moment",
            source.show_id,
            moment.item_id,
            moment.number,
            _words(moment.title),
            _body(moment),
        )
        for moment in source.moments
        if moment.to_ms is not None
    ]
    return [show, *items, *moments]


def _body(moment: shows.MomentDocument) -> str:
    kept = MomentBody(
        item_id=moment.item_id,
        number=moment.number,
        title=moment.title,
        image_url=moment.image_url,
        from_ms=moment.from_ms,
        to_ms=moment.to_ms,
    )
    return msgspec.json.encode(kept).decode()


def _words(text: str) -> str:
    return " ".join(tokens(text))
