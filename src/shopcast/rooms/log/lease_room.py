"""LeaseRoom and ReleaseRoom: who numbers a room. Each new holder begins a new epoch, which fences the one before."""

from datetime import datetime, timedelta

import msgspec

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Forbidden
from shopcast.kernel.principal import Principal
from shopcast.rooms.errors import LeaseHeld
from shopcast.rooms.log import repository

# Long enough for a renewal every 2 s to be late once; a silent holder delays a room by no more than this.
LEASE_S = 5


class LeaseRoom(Command, frozen=True, kw_only=True):
    """`holder` is "<slot>:<random>": one process per slot, one random part per start. A holder that was started again
    in the same slot need not wait for its own old lease; the epoch fences the old one if it still lives."""

    room_id: str
    holder: str


class ReleaseRoom(Command, frozen=True, kw_only=True):
    room_id: str
    holder: str
    epoch: int


class Lease(msgspec.Struct, frozen=True, kw_only=True):
    epoch: int
    seq: int


def lease_room(tx: Tx, command: LeaseRoom, by: Principal, now: datetime) -> Lease:
    require_system(by)
    before = repository.room_row(tx, command.room_id)
    until = now + timedelta(seconds=LEASE_S)
    if before.lease_holder == command.holder:
        repository.renew_lease(tx, room_id=command.room_id, holder=command.holder, epoch=before.epoch, until=until)
        return Lease(epoch=before.epoch, seq=before.next_seq - 1)
    taken = repository.take_lease(
        tx, room_id=command.room_id, holder=command.holder, slot=_slot(command.holder), now=now, until=until
    )
    if not taken:
        raise LeaseHeld(until=str(before.lease_until))
    after = repository.room_row(tx, command.room_id)
    return Lease(epoch=after.epoch, seq=after.next_seq - 1)


def release_room(tx: Tx, command: ReleaseRoom, by: Principal, now: datetime) -> None:
    require_system(by)
    repository.release_lease(tx, room_id=command.room_id, holder=command.holder, epoch=command.epoch)


def require_system(by: Principal) -> None:
    if not by.system:
        raise Forbidden()


def _slot(holder: str) -> str:
    return holder.partition(":")[0]
