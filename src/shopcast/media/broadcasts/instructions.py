"""What shows may ask of a broadcast: calls down, in the caller's transaction, delivered to the engine afterwards.

The engine treats each instruction as idempotent by id, so a crash between its answer and our note of it does no harm.
"""

from datetime import datetime

import msgspec

from shopcast.kernel.actions import Tx
from shopcast.kernel.errors import NotFound
from shopcast.kernel.ids import new_id
from shopcast.media.broadcasts import queries, repository
from shopcast.media.broadcasts.model import Broadcast, epoch_ms
from shopcast.media.engine.joint import Mark
from shopcast.media.errors import BroadcastEndedAlready, StretchOutsideRecording
from shopcast.media.events import BroadcastEnded
from shopcast.media.leases.model import TAKEOVER_LASTS
from shopcast.media.leases.repository import set_takeover


class MarkInstruction(msgspec.Struct, frozen=True, kw_only=True, tag="mark"):
    """A date range for the playlist; `mark_class` becomes its CLASS, `attributes` its X- attributes."""

    mark_id: str
    mark_class: str
    start_ms: int
    end_ms: int | None
    attributes: dict[str, str]


class CommandInstruction(msgspec.Struct, frozen=True, kw_only=True, tag="command"):
    command: str
    from_ms: int | None = None
    to_ms: int | None = None


Instruction = MarkInstruction | CommandInstruction


def mark_of(instruction: MarkInstruction, broadcast_id: str) -> Mark:
    """As the engine is given it."""
    return Mark(
        id=instruction.mark_id,
        broadcast_id=broadcast_id,
        class_=instruction.mark_class,
        start_ms=instruction.start_ms,
        end_ms=instruction.end_ms,
        attributes=instruction.attributes,
    )


def create_broadcast(tx: Tx, organisation_id: str, now: datetime) -> Broadcast:
    """A broadcast that waits for its publisher. It has no stream key until `rotate_key` makes one somebody can see."""
    return queries.broadcast(tx, repository.insert_broadcast(tx, organisation_id, now))


def rotate_key(tx: Tx, broadcast_id: str, now: datetime) -> str:
    """A new key, kept as a digest only; an old one is refused from now on and whoever publishes with it is cut off."""
    _open_broadcast(tx, broadcast_id)
    if repository.revoke_keys(tx, broadcast_id, now):
        _command(tx, broadcast_id, "kick", now)
    return repository.insert_key(tx, broadcast_id, now)


def take_over(tx: Tx, broadcast_id: str, now: datetime) -> None:
    """Lets the next publisher with the right key replace the one that is connected, wherever that is."""
    _open_broadcast(tx, broadcast_id)
    set_takeover(tx, broadcast_id, now + TAKEOVER_LASTS)
    _command(tx, broadcast_id, "take_over", now)


def mark(
    tx: Tx,
    broadcast_id: str,
    mark_id: str,
    mark_class: str,
    start_at: datetime,
    end_at: datetime | None,
    attributes: dict[str, str],
    now: datetime,
) -> None:
    body = MarkInstruction(
        mark_id=mark_id,
        mark_class=mark_class,
        start_ms=epoch_ms(start_at),
        end_ms=None if end_at is None else epoch_ms(end_at),
        attributes=attributes,
    )
    repository.insert_instruction(tx, broadcast_id, body, now)


def cut(tx: Tx, broadcast_id: str, now: datetime) -> None:
    """Picture and sound stop at once: nothing that arrives is served or recorded until `uncut`."""
    _open_broadcast(tx, broadcast_id)
    repository.set_cut(tx, broadcast_id, is_cut=True)
    _command(tx, broadcast_id, "cut", now)


def uncut(tx: Tx, broadcast_id: str, now: datetime) -> None:
    _open_broadcast(tx, broadcast_id)
    repository.set_cut(tx, broadcast_id, is_cut=False)
    _command(tx, broadcast_id, "uncut", now)


def end(tx: Tx, broadcast_id: str, now: datetime) -> None:
    """Ends the broadcast for good; its replay is there as soon as the engine has been told. Twice is once."""
    if queries.broadcast(tx, broadcast_id).state == "ended":
        return
    repository.set_state(tx, broadcast_id, "ended", ended_at=now)
    repository.revoke_keys(tx, broadcast_id, now)
    _command(tx, broadcast_id, "end", now)
    tx.record(BroadcastEnded(broadcast_id=broadcast_id, at=now))


def redact(tx: Tx, broadcast_id: str, from_at: datetime, to_at: datetime, now: datetime) -> str:
    """Takes a stretch out of the replay and of every clip. Returns the redaction's id, with which it can be undone.

    Raises StretchOutsideRecording.
    """
    epochs = queries.epochs(tx, broadcast_id)
    last_at = (
        now if epochs and epochs[-1].ended_at is None else max((e.ended_at for e in epochs if e.ended_at), default=now)
    )
    if not epochs or to_at <= from_at or to_at <= epochs[0].started_at or from_at >= last_at:
        raise StretchOutsideRecording()
    redaction_id = new_id("cut")
    repository.insert_redaction(tx, redaction_id, broadcast_id, from_at, to_at, now)
    _command(tx, broadcast_id, "redact", now, from_at, to_at)
    return redaction_id


def unredact(tx: Tx, broadcast_id: str, redaction_id: str, now: datetime) -> None:
    """Puts a stretch back. Stretches that overlap it and were taken out on their own stay out."""
    found = next((cut for cut in queries.redactions(tx, broadcast_id) if cut.id == redaction_id), None)
    if found is None:
        raise NotFound("redaction")
    repository.set_redaction_undone(tx, redaction_id, now)
    _command(tx, broadcast_id, "unredact", now, found.from_at, found.to_at)
    for other in queries.redactions(tx, broadcast_id):
        if other.from_at < found.to_at and other.to_at > found.from_at:
            _command(tx, broadcast_id, "redact", now, other.from_at, other.to_at)


def _open_broadcast(tx: Tx, broadcast_id: str) -> None:
    if queries.broadcast(tx, broadcast_id).state == "ended":
        raise BroadcastEndedAlready()


def _command(
    tx: Tx,
    broadcast_id: str,
    command: str,
    now: datetime,
    from_at: datetime | None = None,
    to_at: datetime | None = None,
) -> None:
    body = CommandInstruction(
        command=command,
        from_ms=None if from_at is None else epoch_ms(from_at),
        to_ms=None if to_at is None else epoch_ms(to_at),
    )
    repository.insert_instruction(tx, broadcast_id, body, now)
