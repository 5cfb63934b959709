"""Down-calls that show somebody out of a room and let them in again; who may do that is for the floor above."""

from datetime import datetime

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.rooms.chat import repository as chat
from shopcast.rooms.chat.repository import Speaker
from shopcast.rooms.log.append import append
from shopcast.rooms.log.model import CHAT_EXPELLED, public_key
from shopcast.rooms.log.repository import room_row
from shopcast.rooms.moderation import repository
from shopcast.rooms.moderation.tell import tell_person


def speaker_of(connection: ReadConnection, room_id: str, key: str) -> Speaker | None:
    """Who speaks in this room under a public key; None if nobody has."""
    return chat.speaker(connection, room_id, key)


def expel_person(tx: Tx, room_id: str, person_key: str, now: datetime) -> None:
    """Their sockets are closed, and tickets signed before open nothing here any more."""
    key = public_key(room_row(tx, room_id).salt, person_key)
    if repository.expel(tx, room_id, key, now):
        tell_person(tx, room_id, person_key, "expelled", "moderator", now)
        append(tx, room_id, CHAT_EXPELLED, {"key": key, "out": True}, audience="staff", at=now)


def readmit_person(tx: Tx, room_id: str, person_key: str, now: datetime) -> None:
    key = public_key(room_row(tx, room_id).salt, person_key)
    if repository.readmit(tx, room_id, key):
        tell_person(tx, room_id, person_key, "readmitted", "moderator", now)
        append(tx, room_id, CHAT_EXPELLED, {"key": key, "out": False}, audience="staff", at=now)
