"""MutePerson: silences a public key in one room for a time; zero seconds lifts it."""

from datetime import datetime, timedelta

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.principal import Principal
from shopcast.rooms.chat import repository
from shopcast.rooms.chat.model import MUTE_LIMIT_S
from shopcast.rooms.errors import NoSuchLine, RoomNotAllowed
from shopcast.rooms.moderation.tell import What, tell_person


class MutePerson(Command, frozen=True, kw_only=True):
    """`key` is the public key shown beside a line. The door checks the ticket's right to moderate."""

    room_id: str
    key: str
    seconds: int


def mute_person(tx: Tx, command: MutePerson, by: Principal, now: datetime) -> None:
    if not 0 <= command.seconds <= MUTE_LIMIT_S:
        raise InvalidInput("seconds", "it is out of range")
    speaker = repository.speaker(tx, command.room_id, command.key)
    if speaker is None:
        raise NoSuchLine()
    if speaker.role != "viewer":
        raise RoomNotAllowed()
    repository.mute(tx, command.room_id, command.key, now + timedelta(seconds=command.seconds))
    what: What = "muted" if command.seconds else "unmuted"
    tell_person(tx, command.room_id, speaker.person_key, what, "moderator", now, until_s=command.seconds)
    tx.audit(by, "rooms.mute_person", command.room_id, {"key": command.key, "seconds": command.seconds})
