"""HideLine: a visibility event, not a deletion; the log keeps its numbers."""

from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.principal import Principal
from shopcast.rooms.chat import repository
from shopcast.rooms.errors import NoSuchLine
from shopcast.rooms.events import ChatLineHidden
from shopcast.rooms.log.append import append
from shopcast.rooms.log.model import CHAT_HIDDEN


class HideLine(Command, frozen=True, kw_only=True):
    """The door checks the ticket's right to moderate; this only says who did it."""

    room_id: str
    seq: int


def hide_line(tx: Tx, command: HideLine, by: Principal, now: datetime) -> None:
    if not repository.is_line(tx, command.room_id, command.seq):
        raise NoSuchLine()
    if not repository.hide_line(tx, command.room_id, command.seq):
        return
    append(tx, command.room_id, CHAT_HIDDEN, {"seq": command.seq}, at=now)
    tx.audit(by, "rooms.hide_line", command.room_id, {"seq": command.seq})
    tx.record(ChatLineHidden(room_id=command.room_id, seq=command.seq, at=now))
