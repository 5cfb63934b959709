"""UnhideLine: takes a moderator's hide back; the line stands where it stood."""

from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.principal import Principal
from shopcast.rooms.chat import repository
from shopcast.rooms.errors import NoSuchLine
from shopcast.rooms.events import ChatLineShown
from shopcast.rooms.log.append import append
from shopcast.rooms.log.model import CHAT_SHOWN


class UnhideLine(Command, frozen=True, kw_only=True):
    """The door checks the ticket's right to moderate; this only says who did it."""

    room_id: str
    seq: int


def unhide_line(tx: Tx, command: UnhideLine, by: Principal, now: datetime) -> None:
    if not repository.is_line(tx, command.room_id, command.seq):
        raise NoSuchLine()
    show(tx, command.room_id, command.seq, by, now)


def show(tx: Tx, room_id: str, seq: int, by: Principal, now: datetime) -> bool:
    """False if it stood there already, or is no line."""
    if not repository.unhide_line(tx, room_id, seq):
        return False
    # Only the number is logged: the line's words stay beside the log, where they can be erased.
    append(tx, room_id, CHAT_SHOWN, {"seq": seq}, at=now)
    tx.audit(by, "rooms.unhide_line", room_id, {"seq": seq})
    tx.record(ChatLineShown(room_id=room_id, seq=seq, at=now))
    return True
