"""SayLines: puts chat lines into the log unnumbered, for a door that does not lead the room."""

from collections.abc import Sequence
from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Forbidden, InvalidInput
from shopcast.kernel.principal import Principal
from shopcast.rooms.chat import repository
from shopcast.rooms.chat.model import Admission, LineRefused, SpokenLine, cleaned_text
from shopcast.rooms.log.append import room_topic
from shopcast.rooms.log.repository import room_row

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
    there = repository.existing_ids(tx, [line.entry_id for line in lines])
    fresh = [line for line in lines if line.entry_id not in there]
    mode = repository.mode(tx, room_id)
    keys = {line.person_key for line in fresh}
    standing = repository.standing(tx, room_id, salt, keys, with_last=mode.slow_mode_s > 0)
    admission = Admission(mode, standing, now)
    admitted: list[SpokenLine] = []
    refused: list[LineRefused] = []
    for line in fresh:
        cleaned_text(line.text)
        error = admission.refusal(line)
        if error is None:
            admitted.append(line)
        else:
            retry = error.params.get("retry_after_s")
            retry_after_s = retry if isinstance(retry, int) else None
            refused.append(LineRefused(entry_id=line.entry_id, code=error.code, retry_after_s=retry_after_s))
    repository.insert_lines(tx, room_id, salt, admitted, now)
    return refused
