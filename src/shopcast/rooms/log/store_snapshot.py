"""StoreSnapshot: keeps the folded state now and then, so that joining a long show reads only its end."""

from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.principal import Principal
from shopcast.rooms.log import repository
from shopcast.rooms.log.lease_room import require_system

# A shelf of 200 cards with variants is 300 KB; the writer's socket takes no more than a megabyte at once.
STATE_LIMIT_BYTES = 900_000


class StoreSnapshot(Command, frozen=True, kw_only=True):
    room_id: str
    epoch: int
    seq: int
    state: str


def store_snapshot(tx: Tx, command: StoreSnapshot, by: Principal, now: datetime) -> None:
    require_system(by)
    if len(command.state) > STATE_LIMIT_BYTES:
        raise InvalidInput("state", "it is too long")
    repository.store_snapshot(
        tx, room_id=command.room_id, epoch=command.epoch, seq=command.seq, state=command.state, now=now
    )
