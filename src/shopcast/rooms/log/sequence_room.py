"""SequenceRoom: the only place where entries get their numbers, guarded by the lease's epoch."""

from datetime import datetime, timedelta

import msgspec

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.principal import Principal
from shopcast.rooms.chat.model import LineRefused, SpokenLine
from shopcast.rooms.chat.say_lines import admit_lines
from shopcast.rooms.errors import LeaseLost
from shopcast.rooms.events import ChatLineSaid
from shopcast.rooms.log import queries, repository
from shopcast.rooms.log.lease_room import LEASE_S, require_system
from shopcast.rooms.log.model import CHAT_LINE, Batch

# About 8 ms in the writer, which nobody may hold over 20; what is left is numbered right afterwards.
BATCH_LIMIT = 300


class SequenceRoom(Command, frozen=True, kw_only=True):
    room_id: str
    holder: str
    epoch: int
    # The chat lines of this tick; they are said and numbered in one commit.
    chat_lines: tuple[SpokenLine, ...] = ()


class Sequenced(msgspec.Struct, frozen=True, kw_only=True):
    batch: Batch
    refused: tuple[LineRefused, ...] = ()
    # There is more waiting than one batch holds.
    more: bool = False


def sequence_room(tx: Tx, command: SequenceRoom, by: Principal, now: datetime) -> Sequenced:
    """Raises LeaseLost, having changed nothing, if the room has had another holder since."""
    require_system(by)
    renewed = repository.renew_lease(
        tx,
        room_id=command.room_id,
        holder=command.holder,
        epoch=command.epoch,
        until=now + timedelta(seconds=LEASE_S),
    )
    if not renewed:
        raise LeaseLost(room_id=command.room_id)
    before = repository.room_row(tx, command.room_id)
    refused = admit_lines(tx, command.room_id, before.salt, command.chat_lines, now)
    seq, more = _number_waiting(tx, command, before, now)
    private = queries.private_waiting(tx, command.room_id, BATCH_LIMIT)
    repository.announce_private(tx, command.room_id, [(entry.person_key, entry.pseq) for entry in private])
    after = before.next_seq - 1
    batch = Batch(
        room_id=command.room_id,
        epoch=command.epoch,
        after=after,
        seq=seq,
        entries=tuple(queries.entries_after(tx, command.room_id, after, BATCH_LIMIT)) if seq > after else (),
        private=tuple(private),
    )
    _tell_lines(tx, batch)
    return Sequenced(batch=batch, refused=tuple(refused), more=more or len(private) == BATCH_LIMIT)


def _number_waiting(tx: Tx, command: SequenceRoom, before: repository.RoomRow, now: datetime) -> tuple[int, bool]:
    """The last number given, and whether there may be more."""
    waiting = repository.unnumbered(tx, command.room_id, BATCH_LIMIT)
    if not waiting:
        return before.next_seq - 1, False
    # A clock that was set back must not number into a second whose chunk is already cached.
    numbered_at = now if before.numbered_at is None else max(now, before.numbered_at)
    numbers = [(arrival, before.next_seq + index) for index, arrival in enumerate(waiting)]
    repository.number(tx, numbers, epoch=command.epoch, numbered_at=numbered_at)
    next_seq = before.next_seq + len(waiting)
    repository.advance(tx, room_id=command.room_id, next_seq=next_seq, numbered_at=numbered_at)
    return next_seq - 1, len(waiting) == BATCH_LIMIT


def _tell_lines(tx: Tx, batch: Batch) -> None:
    seqs = [entry.seq for entry in batch.entries if entry.kind == CHAT_LINE]
    for line in queries.said_lines(tx, batch.room_id, seqs):
        tx.record(
            ChatLineSaid(
                room_id=batch.room_id,
                entry_id=line.entry_id,
                seq=line.seq,
                person_key=line.person_key,
                name=line.name,
                text=line.text,
                at=line.at,
                media_at=line.media_at,
            )
        )
