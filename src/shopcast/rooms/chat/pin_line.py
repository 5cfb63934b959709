"""PinLine: one line stands above the chat for everybody, until it is taken down, hidden or erased."""

from datetime import datetime

import msgspec

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.principal import Principal
from shopcast.rooms.chat import repository
from shopcast.rooms.errors import NoSuchLine
from shopcast.rooms.log.append import append
from shopcast.rooms.log.model import CHAT_PINNED
from shopcast.rooms.log.repository import delete_snapshot, room_row


class PinLine(Command, frozen=True, kw_only=True):
    """None takes down what is pinned. The door checks the ticket's right to moderate."""

    room_id: str
    seq: int | None


def pin_line(tx: Tx, command: PinLine, by: Principal, now: datetime) -> None:
    room_row(tx, command.room_id)
    if command.seq is not None and not repository.is_shown(tx, command.room_id, command.seq):
        raise NoSuchLine()
    if _pin(tx, command.room_id, command.seq, now):
        tx.audit(by, "rooms.pin_line", command.room_id, {"seq": command.seq})


def unpin_if_pinned(tx: Tx, room_id: str, seq: int, now: datetime) -> None:
    if repository.mode(tx, room_id).pinned_seq == seq:
        _pin(tx, room_id, None, now)


def unpin_lines_of(tx: Tx, person_key: str, now: datetime) -> None:
    """Their words leave the folded states too: those kept are dropped and folded anew from the log."""
    for room_id, seq in repository.pinned_of(tx, person_key):
        unpin_if_pinned(tx, room_id, seq, now)
        delete_snapshot(tx, room_id)


def _pin(tx: Tx, room_id: str, seq: int | None, now: datetime) -> bool:
    mode = repository.mode(tx, room_id)
    if mode.pinned_seq == seq:
        return False
    # Only the number is logged: who reads the log gets the line's words from beside it, as long as they are there.
    append(tx, room_id, CHAT_PINNED, {"seq": seq}, lane="state", at=now)
    repository.set_mode(tx, room_id, msgspec.structs.replace(mode, pinned_seq=seq))
    return True
