"""RecordPresence: a sample of how many people are in a room, and who came that had not been there."""

from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.principal import Principal
from shopcast.rooms.log.lease_room import require_system
from shopcast.rooms.log.repository import room_row
from shopcast.rooms.presence import repository

# About 10 ms in the writer; a rush of more people is recorded over several samples.
VISITORS_LIMIT = 1_000


class RecordPresence(Command, frozen=True, kw_only=True):
    room_id: str
    # Everybody in the room over all gateways; None from a gateway that does not lead the room.
    concurrent: int | None
    # Public keys, so that the count keeps nobody's identity.
    visitors: tuple[str, ...] = ()


def record_presence(tx: Tx, command: RecordPresence, by: Principal, now: datetime) -> None:
    require_system(by)
    if len(command.visitors) > VISITORS_LIMIT:
        raise InvalidInput("visitors", "it is too long")
    room_row(tx, command.room_id)
    repository.add_visitors(tx, command.room_id, command.visitors)
    if command.concurrent is not None:
        unique = repository.count_visitors(tx, command.room_id)
        repository.add_sample(tx, command.room_id, now, command.concurrent, unique)
