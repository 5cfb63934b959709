"""Writes some documents of the index and takes others out of it, in one short action."""

from datetime import datetime

from shopcast.discovery.search.model import Document
from shopcast.discovery.search.repository import replace_documents
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.principal import Principal


class WriteDocuments(Command, frozen=True, kw_only=True):
    removed: list[str]
    written: list[Document]


def write_documents(tx: Tx, command: WriteDocuments, by: Principal, now: datetime) -> None:
    replace_documents(tx, [*command.removed, *(document.id for document in command.written)], command.written)
