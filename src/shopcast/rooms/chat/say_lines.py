"""SayLines: puts chat lines into the log unnumbered, for a door that does not lead the room."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Forbidden, InvalidInput, ShopcastError
from shopcast.kernel.principal import Principal
from shopcast.rooms.chat import repository
from shopcast.rooms.chat.model import (
    MUTED_BY_WORD_S,
    Admission,
    LineRefused,
    SpokenLine,
    Verdict,
    cleaned_text,
)
from shopcast.rooms.errors import Held
from shopcast.rooms.log.append import room_topic
from shopcast.rooms.log.model import public_key
from shopcast.rooms.log.repository import room_row
from shopcast.rooms.moderation.model import CaseKind, NewCase
from shopcast.rooms.moderation.repository import held_ids, open_cases
from shopcast.rooms.moderation.tell import tell_person, tell_queue

# One tick's lines of one gateway; what is beyond waits for the next tick.
LINES_LIMIT = 200


class SayLines(Command, frozen=True, kw_only=True):
    room_id: str
    lines: tuple[SpokenLine, ...]


def say_lines(tx: Tx, command: SayLines, by: Principal, now: datetime) -> list[LineRefused]:
    """Everything not in the answer is in the log, and gets its number from the room's sequencer."""
    if not by.system and any(line.person_key != by.key for line in command.lines):
        raise Forbidden()
    refused = admit_lines(tx, command.room_id, room_row(tx, command.room_id).salt, command.lines, now)
    tx.wake(room_topic(command.room_id))
    return refused


def admit_lines(tx: Tx, room_id: str, salt: str, lines: Sequence[SpokenLine], now: datetime) -> list[LineRefused]:
    """Inserts the lines that may be said and returns the others. A line that is there already is not said twice."""
    if len(lines) > LINES_LIMIT:
        raise InvalidInput("lines", "it is too long")
    if not lines:
        return []
    ids = [line.entry_id for line in lines]
    there, waiting = repository.existing_ids(tx, ids), held_ids(tx, room_id, ids)
    fresh = [line for line in lines if line.entry_id not in there and line.entry_id not in waiting]
    mode = repository.mode(tx, room_id)
    standing = repository.standing(
        tx, room_id, salt, {line.person_key for line in fresh}, now, with_last=mode.slow_mode_s > 0
    )
    admission = Admission(mode, standing, now, repository.copies(tx, room_id, fresh, now))
    verdicts: list[tuple[SpokenLine, Verdict]] = []
    for line in fresh:
        cleaned_text(line.text)
        verdicts.append((line, admission.verdict(line)))
    said = [line for line, verdict in verdicts if verdict.action in ("say", "hide")]
    hidden = {line.entry_id for line, verdict in verdicts if verdict.action == "hide"}
    repository.insert_lines(tx, room_id, salt, said, now, hidden=hidden)
    _follow_up(tx, room_id, salt, verdicts, now)
    held_before = [_refused(entry_id, Held()) for entry_id in ids if entry_id in waiting]
    return held_before + [
        _refused(line.entry_id, verdict.error) for line, verdict in verdicts if verdict.error is not None
    ]


_KINDS: dict[str, CaseKind] = {"hold": "held", "hide": "hidden"}


def _follow_up(tx: Tx, room_id: str, salt: str, verdicts: Sequence[tuple[SpokenLine, Verdict]], now: datetime) -> None:
    """What is kept back waits for a moderator, and its writer is told; what a word forbids silences for a while."""
    cases = [
        NewCase(
            kind=_KINDS[verdict.action],
            reason=verdict.reason or "word",
            word=verdict.word,
            line=line,
            public_key=public_key(salt, line.person_key),
        )
        for line, verdict in verdicts
        if verdict.action in _KINDS
    ]
    if cases:
        open_cases(tx, room_id, cases, now)
        tell_queue(tx, room_id, now)
    for line, verdict in verdicts:
        if verdict.action == "hide":
            tell_person(tx, room_id, line.person_key, "hidden", "word", now, text=line.text)
        elif verdict.mutes:
            key = public_key(salt, line.person_key)
            repository.mute(tx, room_id, key, _later(now))
            tell_person(tx, room_id, line.person_key, "muted", "word", now, text=line.text, until_s=MUTED_BY_WORD_S)


def _later(now: datetime) -> datetime:
    return now + timedelta(seconds=MUTED_BY_WORD_S)


def _refused(entry_id: str, error: ShopcastError) -> LineRefused:
    retry = error.params.get("retry_after_s")
    return LineRefused(entry_id=entry_id, code=error.code, retry_after_s=retry if isinstance(retry, int) else None)
