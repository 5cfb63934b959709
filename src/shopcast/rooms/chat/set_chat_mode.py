"""SetChatMode: slow mode and muted words of a room, as a row, an entry in the log and an audit line."""

from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.principal import Principal
from shopcast.rooms.chat import repository
from shopcast.rooms.chat.model import SLOW_MODE_LIMIT_S, Mode, cleaned_words
from shopcast.rooms.log.append import append
from shopcast.rooms.log.model import CHAT_MODE


class SetChatMode(Command, frozen=True, kw_only=True):
    """What is None stays as it is. Muted words are kept from viewers: nobody should learn the list."""

    room_id: str
    slow_mode_s: int | None = None
    muted_words: tuple[str, ...] | None = None


def set_chat_mode(tx: Tx, command: SetChatMode, by: Principal, now: datetime) -> None:
    before = repository.mode(tx, command.room_id)
    slow_mode_s = before.slow_mode_s if command.slow_mode_s is None else command.slow_mode_s
    if not 0 <= slow_mode_s <= SLOW_MODE_LIMIT_S:
        raise InvalidInput("slow_mode_s", "it is out of range")
    words = before.muted_words if command.muted_words is None else cleaned_words(command.muted_words)
    mode = Mode(slow_mode_s=slow_mode_s, muted_words=words)
    # The entry first: it refuses an unknown room.
    append(tx, command.room_id, CHAT_MODE, {"slow_mode_s": slow_mode_s}, lane="state", at=now)
    repository.set_mode(tx, command.room_id, mode)
    details = {"slow_mode_s": slow_mode_s, "muted_words": len(words)}
    tx.audit(by, "rooms.set_chat_mode", command.room_id, details)
