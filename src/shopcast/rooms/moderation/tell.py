"""Who is told of what moderation did: the staff how much waits, a person what was done about their line, and why."""

from datetime import datetime
from typing import Literal

from shopcast.kernel.actions import Tx
from shopcast.rooms.chat.model import quote
from shopcast.rooms.log.append import append, append_private
from shopcast.rooms.log.model import CHAT_MODERATED, CHAT_QUEUE
from shopcast.rooms.moderation.repository import open_count

# What was done: held or hidden for review, let or removed after it, silenced for a while, shown out.
What = Literal["held", "hidden", "let", "removed", "muted", "unmuted", "expelled", "readmitted"]
Why = Literal["word", "copied", "moderator"]


def tell_queue(tx: Tx, room_id: str, now: datetime) -> None:
    """To the staff only; the queue itself is read over HTTP, where its words can be erased."""
    body = {"open": open_count(tx, room_id)}
    append(tx, room_id, CHAT_QUEUE, body, lane="state", audience="staff", at=now)


def tell_person(
    tx: Tx, room_id: str, person_key: str, what: What, why: Why, now: datetime, *, text: str = "", until_s: int = 0
) -> None:
    """Nobody is silenced without being told. `text` is their own line."""
    body: dict[str, object] = {"what": what, "why": why}
    if text:
        body["text"] = quote(text)
    if until_s:
        body["seconds"] = until_s
    append_private(tx, room_id, person_key, CHAT_MODERATED, body, at=now)
