"""SetChatMode: slow mode, followers only and muted words of a room, as a row, an entry in the log and an audit line."""

from datetime import datetime

import msgspec

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.principal import Principal
from shopcast.rooms.chat import repository
from shopcast.rooms.chat.model import SLOW_MODE_LIMIT_S
from shopcast.rooms.chat.muted_words import MutedWordRule, cleaned_rules
from shopcast.rooms.log.append import append
from shopcast.rooms.log.model import CHAT_MODE


class SetChatMode(Command, frozen=True, kw_only=True):
    """What is None stays as it is. Muted words are kept from viewers: nobody should learn the list."""

    room_id: str
    slow_mode_s: int | None = None
    followers_only: bool | None = None
    muted_words: tuple[MutedWordRule, ...] | None = None


def set_chat_mode(tx: Tx, command: SetChatMode, by: Principal, now: datetime) -> None:
    before = repository.mode(tx, command.room_id)
    slow_mode_s = before.slow_mode_s if command.slow_mode_s is None else command.slow_mode_s
    if not 0 <= slow_mode_s <= SLOW_MODE_LIMIT_S:
        raise InvalidInput("slow_mode_s", "it is out of range")
    words = before.muted_words if command.muted_words is None else cleaned_rules(command.muted_words)
    followers_only = before.followers_only if command.followers_only is None else command.followers_only
    mode = msgspec.structs.replace(before, slow_mode_s=slow_mode_s, muted_words=words, followers_only=followers_only)
    # The entry first: it refuses an unknown room.
    body = {"slow_mode_s": slow_mode_s, "followers_only": followers_only}
    append(tx, command.room_id, CHAT_MODE, body, lane="state", at=now)
    repository.set_mode(tx, command.room_id, mode)
    tx.audit(by, "rooms.set_chat_mode", command.room_id, {**body, "muted_words": len(words)})


def set_house_words(tx: Tx, room_id: str, words: tuple[MutedWordRule, ...]) -> None:
    """Down-call: the list that all rooms of a house share; the floor above has cleaned it and audits it."""
    before = repository.mode(tx, room_id)
    if before.house_words != words:
        repository.set_mode(tx, room_id, msgspec.structs.replace(before, house_words=words))
