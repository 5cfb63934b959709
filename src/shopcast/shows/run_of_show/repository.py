"""SQL of the run of show."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.money import Money
from shopcast.shows import tables
from shopcast.shows.run_of_show.model import Cue

_row = tables.cue.c


def cues_of(conn: ReadConnection, show_id: str) -> list[Cue]:
    rows = conn.execute(select(tables.cue).where(_row.show_id == show_id).order_by(_row.position))
    return [
        Cue(
            id=row.id,
            show_id=row.show_id,
            position=row.position,
            item_id=row.item_id,
            minutes=row.minutes,
            script=row.script,
            claims_allowed=row.claims_allowed,
            price_said=None if row.price_said_minor is None else Money(row.price_said_minor, row.price_said_currency),
            started_at=row.started_at,
            done_at=row.done_at,
        )
        for row in rows
    ]


def replace_cues(tx: Tx, show_id: str, cues: Sequence[Cue]) -> None:
    tx.execute(delete(tables.cue).where(_row.show_id == show_id))
    if cues:
        tx.execute(insert(tables.cue), [_values(cue) for cue in cues])


def set_started(tx: Tx, cue_id: str, started_at: datetime | None) -> None:
    tx.execute(update(tables.cue).where(_row.id == cue_id).values(started_at=started_at, done_at=None))


def set_done(tx: Tx, cue_id: str, done_at: datetime | None) -> None:
    tx.execute(update(tables.cue).where(_row.id == cue_id).values(done_at=done_at))


def clear_progress(tx: Tx, show_id: str) -> None:
    """As before the first cue: what was rehearsed does not count."""
    tx.execute(update(tables.cue).where(_row.show_id == show_id).values(started_at=None, done_at=None))


def unbind_item(tx: Tx, item_id: str) -> None:
    """The cue stays, with its words; its item has left the shelf."""
    tx.execute(update(tables.cue).where(_row.item_id == item_id).values(item_id=None))


def _values(cue: Cue) -> dict[str, object]:
    return {
        "id": cue.id,
        "show_id": cue.show_id,
        "position": cue.position,
        "item_id": cue.item_id,
        "minutes": cue.minutes,
        "script": cue.script,
        "claims_allowed": cue.claims_allowed,
        "price_said_minor": cue.price_said.amount_minor if cue.price_said else None,
        "price_said_currency": cue.price_said.currency if cue.price_said else None,
        "started_at": cue.started_at,
        "done_at": cue.done_at,
    }
