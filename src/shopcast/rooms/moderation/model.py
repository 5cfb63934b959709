"""What a case is: a line that waits for a moderator, why, and how it was decided; pure."""

from datetime import datetime
from typing import Literal

import msgspec

from shopcast.rooms.chat.model import SpokenLine

# held: not said yet. hidden: said, and hidden by a word of the list. reported: said, and shoppers object.
CaseKind = Literal["held", "hidden", "reported"]
# word, copied: what the room found; the others are what shoppers may choose from.
ReportReason = Literal["spam", "abuse", "scam", "other"]
CaseReason = Literal["word", "copied", "spam", "abuse", "scam", "other"]
# let: others may read it. removed: they may not.
CaseState = Literal["open", "let", "removed"]
Decision = Literal["let", "remove", "reopen"]

# A screen of a moderator's queue, decided with one key.
DECISIONS_LIMIT = 100
QUEUE_PAGE_LIMIT = 200
# What one person may report in one room and hour; the door counts.
REPORTS_PER_HOUR = 20


class NewCase(msgspec.Struct, frozen=True, kw_only=True):
    kind: CaseKind
    reason: CaseReason
    word: str | None
    line: SpokenLine
    public_key: str


class Case(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    kind: CaseKind
    state: CaseState
    entry_id: str
    person_key: str
    public_key: str
    # Of held lines only; the others are in the log.
    line: SpokenLine | None


class CaseView(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the queue, with the line as it stands. `seq` is null for lines that nobody has read yet."""

    id: str
    kind: CaseKind
    reason: CaseReason
    word: str | None
    state: CaseState
    seq: int | None
    # How others see the speaker in this room.
    key: str
    name: str
    role: str
    text: str
    said_at: datetime
    opened_at: datetime
    decided_at: datetime | None
    reports: int
    # Near-identical lines share it: what a paste machine sent is decided at once.
    copies: str


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    items: list[CaseView]
    open: int
