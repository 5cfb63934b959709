"""The chat of a room as CSV, for its moderators."""

import csv
import io
from collections.abc import Iterator

from shopcast.kernel.actions import ReadConnection
from shopcast.rooms.log.model import public_key
from shopcast.rooms.log.queries import PAGE_LIMIT, head, said_lines_after

COLUMNS = ("seq", "at", "media_at", "key", "name", "role", "text", "hidden")
# What spreadsheets take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def chat_csv(connection: ReadConnection, room_id: str) -> Iterator[str]:
    """Pages of CSV text with a header, erased lines left out. Cells that look like formulas are quoted with '."""
    salt = head(connection, room_id).salt
    yield _rows([COLUMNS])
    after = 0
    while page := said_lines_after(connection, room_id, after, PAGE_LIMIT):
        yield _rows(
            (
                str(line.seq),
                line.at.isoformat(timespec="milliseconds"),
                "" if line.media_at is None else line.media_at.isoformat(timespec="milliseconds"),
                public_key(salt, line.person_key),
                _plain(line.name),
                line.role,
                _plain(line.text),
                "yes" if line.hidden else "no",
            )
            for line in page
        )
        after = page[-1].seq


def _rows(rows: "Iterator[tuple[str, ...]] | list[tuple[str, ...]]") -> str:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
