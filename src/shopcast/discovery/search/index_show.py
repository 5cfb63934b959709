"""Keeps what can be found of a show in step with the show: only what differs is written, in small parts.

Two jobs for one show may overlap, and the older may write last. Each looks again after what it wrote and ends only
when nothing differs, so whoever ends last leaves the index as the show is.
"""

from datetime import datetime

import msgspec

from shopcast import shows
from shopcast.discovery.search.model import Document, MomentBody
from shopcast.discovery.search.repository import documents_of_show
from shopcast.discovery.search.write_documents import WriteDocuments
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.config import Settings
from shopcast.kernel.jobs import JobContext
from shopcast.kernel.principal import SYSTEM
from shopcast.kernel.text import tokens

INDEX_SHOW = "discovery.index_show"
# About 5 ms of the writer's time.
DOCUMENTS_AT_ONCE = 40
# The largest shelf and its moments, several times over; a show that changes faster than this is looked at by the next
# job.
PARTS_MAX = 200
# Documents hold no addresses: those are made when an answer is.
_NO_ADDRESSES = Settings()


class IndexShow(msgspec.Struct, frozen=True, kw_only=True):
    show_id: str


async def index_show(context: JobContext, payload: IndexShow) -> None:
    for _ in range(PARTS_MAX):
        part = await context.reads.run(next_part, payload.show_id, context.clock.now())
        if part is None:
            return
        await context.actions.run(part, SYSTEM)


def next_part(conn: ReadConnection, show_id: str, now: datetime) -> WriteDocuments | None:
    """Some of what differs between the show and its documents; None when nothing does."""
    source = shows.show_document(conn, _NO_ADDRESSES, show_id, now)
    wanted = {document.id: document for document in _documents(source)}
    there = documents_of_show(conn, show_id)
    gone = [identity for identity in there if identity not in wanted]
    changed = [document for identity, document in wanted.items() if there.get(identity) != document]
    if not gone and not changed:
        return None
    removed = gone[:DOCUMENTS_AT_ONCE]
    return WriteDocuments(removed=removed, written=changed[: DOCUMENTS_AT_ONCE - len(removed)])


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
