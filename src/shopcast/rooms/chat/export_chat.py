"""The chat of a room as CSV, with what its moderators did, for those moderators: one page after the other."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from shopcast.kernel.actions import ReadConnection
from shopcast.rooms.chat.queries import ModerationEvent, moderation_between
from shopcast.rooms.log.model import public_key
from shopcast.rooms.log.queries import PAGE_LIMIT, SaidLine, head, said_lines_after

COLUMNS = ("seq", "at", "media_at", "key", "name", "role", "text", "hidden", "event", "by", "details")
# What spreadsheets take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Row = tuple[str, ...]


class ExportPage(msgspec.Struct, frozen=True):
    """Text of some rows, and where to go on; None after the last."""

    text: str
    after: "ExportPosition | None"


class ExportPosition(msgspec.Struct, frozen=True):
    seq: int = 0
    at: datetime | None = None


def chat_csv_page(connection: ReadConnection, room_id: str, position: ExportPosition) -> ExportPage:
    """Lines by number, what was done to them in between by time; erased lines left out. The first page has the header.
    Cells that look like formulas are quoted with '."""
    salt = head(connection, room_id).salt
    lines = said_lines_after(connection, room_id, position.seq, PAGE_LIMIT)
    is_last = len(lines) < PAGE_LIMIT
    until = None if is_last else lines[-1].at
    events = moderation_between(connection, room_id, position.at, until)
    rows = [(line.at, _line_row(salt, line)) for line in lines]
    rows += [(event.at, _event_row(event)) for event in events]
    rows.sort(key=lambda row: row[0])
    header = [COLUMNS] if position.seq == 0 and position.at is None else []
    text = _rows([*header, *(row for _, row in rows)])
    return ExportPage(text, None if is_last else ExportPosition(lines[-1].seq, until))


def chat_csv(connection: ReadConnection, room_id: str) -> Iterator[str]:
    """All pages on one connection."""
    position: ExportPosition | None = ExportPosition()
    while position is not None:
        page = chat_csv_page(connection, room_id, position)
        yield page.text
        position = page.after


def _line_row(salt: str, line: SaidLine) -> Row:
    return (
        str(line.seq),
        _instant(line.at),
        "" if line.media_at is None else _instant(line.media_at),
        public_key(salt, line.person_key),
        _plain(line.name),
        line.role,
        _plain(line.text),
        "yes" if line.hidden else "no",
        "",
        "",
        "",
    )


def _event_row(event: ModerationEvent) -> Row:
    return ("", _instant(event.at), "", "", "", "", "", "", event.name, event.by, event.details)


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")


def _rows(rows: Iterable[Row]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
