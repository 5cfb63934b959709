"""RecordPresence: who was in a room during one half minute, as one process saw it, as a sketch.

Every process tells what it has: gateways their sockets, web processes the beacons they heard. The sketches of one half
minute are merged, so a person on two devices, gateways or transports counts once, and telling twice changes nothing.
"""

from datetime import UTC, datetime, timedelta

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.principal import Principal
from shopcast.rooms.log.lease_room import require_system
from shopcast.rooms.log.repository import room_row
from shopcast.rooms.presence import repository
from shopcast.rooms.presence.sketch import Sketch

# A point every half minute draws a show's curve.
WINDOW_S = 30
# A process that was held up may tell late; then the window is closed and its sketch forgotten.
LATE_LIMIT = timedelta(minutes=5)


class RecordPresence(Command, frozen=True, kw_only=True):
    room_id: str
    # The half minute, counted since 1970.
    window: int
    here: bytes
    # Who came since the last time, even if they have left again: they count as people, not as time.
    came: bytes


def window_of(now: datetime) -> int:
    return int(now.timestamp()) // WINDOW_S


def window_start(window: int) -> datetime:
    return datetime.fromtimestamp(window * WINDOW_S, UTC)


def record_presence(tx: Tx, command: RecordPresence, by: Principal, now: datetime) -> None:
    require_system(by)
    at = window_start(command.window)
    # Clocks of two machines differ by less than a window.
    if not now - LATE_LIMIT <= at <= now + timedelta(seconds=WINDOW_S):
        raise InvalidInput("window", "it is out of range")
    here, came = _unpacked(command.here), _unpacked(command.came)
    room_row(tx, command.room_id)
    came.merge(here)
    audience = repository.merge_audience(tx, command.room_id, came)
    repository.merge_sample(tx, command.room_id, at, here, audience.count())
    repository.forget_sketches(tx, command.room_id, now - LATE_LIMIT)


def _unpacked(packed: bytes) -> Sketch:
    try:
        return Sketch.unpack(packed)
    except ValueError as error:
        raise InvalidInput("sketch", "it has the wrong form") from error
