"""Down-calls that open a room and say whether its log may be read without a ticket."""

import secrets
from datetime import datetime

from shopcast.kernel.actions import Tx
from shopcast.kernel.errors import NotFound
from shopcast.kernel.ids import new_id
from shopcast.rooms.log import repository


def create_room(tx: Tx, room_id: str | None = None, *, public_log: bool = True, now: datetime) -> str:
    """A room with an empty log. `public_log` lets anybody read the per-second chunks (a private show's room: False)."""
    room_id = room_id or new_id("rom")
    repository.insert_room(tx, room_id=room_id, salt=secrets.token_hex(16), public_log=public_log, now=now)
    return room_id


def set_public_log(tx: Tx, room_id: str, public_log: bool) -> None:
    if not repository.update_public_log(tx, room_id, public_log):
        raise NotFound("room")
