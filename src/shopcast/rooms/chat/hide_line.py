"""HideLine and HideLines: a visibility event, not a deletion; the log keeps its numbers."""

from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.principal import Principal
from shopcast.rooms.chat import repository
from shopcast.rooms.chat.pin_line import unpin_if_pinned
from shopcast.rooms.errors import NoSuchLine
from shopcast.rooms.events import ChatLineHidden
from shopcast.rooms.log.append import append
from shopcast.rooms.log.model import CHAT_HIDDEN

# What a moderator can have selected on a screen.
LINES_LIMIT = 100


class HideLine(Command, frozen=True, kw_only=True):
    """The door checks the ticket's right to moderate; this only says who did it."""

    room_id: str
    seq: int


class HideLines(Command, frozen=True, kw_only=True):
    """Those among them that are no lines are passed over: a selection may be older than an erasure."""

    room_id: str
    seqs: tuple[int, ...]


def hide_line(tx: Tx, command: HideLine, by: Principal, now: datetime) -> None:
    if not repository.is_line(tx, command.room_id, command.seq):
        raise NoSuchLine()
    hide(tx, command.room_id, command.seq, by, now)


def hide_lines(tx: Tx, command: HideLines, by: Principal, now: datetime) -> int:
    """How many were hidden by this."""
    if len(command.seqs) > LINES_LIMIT:
        raise InvalidInput("seqs", "it is too long")
    return sum(hide(tx, command.room_id, seq, by, now) for seq in dict.fromkeys(command.seqs))


def hide(tx: Tx, room_id: str, seq: int, by: Principal, now: datetime) -> bool:
    """False if it was hidden before, or is no line."""
    if not repository.hide_line(tx, room_id, seq):
        return False
    append(tx, room_id, CHAT_HIDDEN, {"seq": seq}, at=now)
    unpin_if_pinned(tx, room_id, seq, now)
    tx.audit(by, "rooms.hide_line", room_id, {"seq": seq})
    tx.record(ChatLineHidden(room_id=room_id, seq=seq, at=now))
    return True
