"""Down-calls that put entries into a room's log, inside the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from shopcast.kernel.actions import Tx
from shopcast.kernel.ids import new_id
from shopcast.rooms.log import repository
from shopcast.rooms.log.model import Audience, Body, Lane, checked_kind, encoded_body


def room_topic(room_id: str) -> str:
    return f"room:{room_id}"


def append(
    tx: Tx,
    room_id: str,
    kind: str,
    body: Body | msgspec.Struct,
    *,
    lane: Lane = "lossless",
    audience: Audience = "all",
    at: datetime,
) -> str:
    """Adds an entry without a number and returns its id; the room's sequencer numbers it within milliseconds of the
    commit. `at` is when it happened, for the picture's clock. Raises NotFound if there is no such room."""
    entry_id = new_id("ent")
    repository.insert_entry(
        tx,
        entry_id=entry_id,
        room_id=room_id,
        kind=checked_kind(kind),
        lane=lane,
        audience=audience,
        at=at,
        body=encoded_body(body),
    )
    tx.wake(room_topic(room_id))
    return entry_id


def append_private(
    tx: Tx, room_id: str, person_key: str, kind: str, body: Body | msgspec.Struct, *, at: datetime
) -> int:
    """Adds an entry only this person sees, and returns its number among that person's. Can be pulled over HTTP."""
    checked_kind(kind)
    pseq = repository.next_private_seq(tx, room_id, person_key)
    repository.insert_private(
        tx, room_id=room_id, person_key=person_key, pseq=pseq, kind=kind, at=at, body=encoded_body(body)
    )
    tx.wake(room_topic(room_id))
    return pseq


def append_privates(
    tx: Tx, room_id: str, kind: str, entries: Sequence[tuple[str, Body | msgspec.Struct]], *, at: datetime
) -> None:
    """The same for many persons at once; two entries of one person are numbered in their order."""
    if not entries:
        return
    checked_kind(kind)
    repository.insert_privates(tx, room_id, kind, [(person, encoded_body(body)) for person, body in entries], at)
    tx.wake(room_topic(room_id))
