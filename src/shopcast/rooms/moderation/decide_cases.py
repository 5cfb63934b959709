"""DecideCases: lets lines be read or takes them away, many at once, and takes a decision back."""

from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import InvalidInput, NotFound
from shopcast.kernel.principal import Principal
from shopcast.rooms.chat.hide_line import hide
from shopcast.rooms.chat.repository import insert_lines
from shopcast.rooms.chat.unhide_line import show
from shopcast.rooms.errors import AlreadyDecided
from shopcast.rooms.log.append import room_topic
from shopcast.rooms.log.repository import room_row
from shopcast.rooms.moderation import repository
from shopcast.rooms.moderation.model import DECISIONS_LIMIT, Case, CaseState, Decision
from shopcast.rooms.moderation.tell import tell_person, tell_queue

_STATES: dict[Decision, CaseState] = {"let": "let", "remove": "removed", "reopen": "open"}


class DecideCases(Command, frozen=True, kw_only=True):
    """The door checks the ticket's right to moderate."""

    room_id: str
    case_ids: tuple[str, ...]
    decision: Decision


def decide_cases(tx: Tx, command: DecideCases, by: Principal, now: datetime) -> int:
    """How many were decided by this. One case alone that is decided already raises AlreadyDecided; among many it is
    passed over, since two moderators working down one queue meet all the time."""
    if not 0 < len(command.case_ids) <= DECISIONS_LIMIT:
        raise InvalidInput("case_ids", "it is out of range")
    cases = repository.cases(tx, command.room_id, command.case_ids)
    if not cases:
        raise NotFound("case")
    decided = [case for case in cases if _decide(tx, command, case, by, now)]
    if not decided and len(cases) == 1:
        raise AlreadyDecided()
    if decided:
        details = {"cases": [case.id for case in decided], "decision": command.decision}
        tx.audit(by, "rooms.decide_cases", command.room_id, details)
        tell_queue(tx, command.room_id, now)
        tx.wake(room_topic(command.room_id))
    return len(decided)


def _decide(tx: Tx, command: DecideCases, case: Case, by: Principal, now: datetime) -> bool:
    state = _STATES[command.decision]
    # Decided is decided until it is reopened: an undo goes by the way it came.
    if (case.state == "open") == (state == "open"):
        return False
    if not repository.decide(tx, case, state, by.key, now):
        return False
    if case.kind == "held":
        _decide_held(tx, command.room_id, case, state, by, now)
    else:
        _decide_said(tx, command.room_id, case, state, by, now)
    return True


def _decide_held(tx: Tx, room_id: str, case: Case, state: CaseState, by: Principal, now: datetime) -> None:
    """Let, the line is said now, under the number it gets now. Taken back, it is hidden again."""
    line = case.line
    if line is None:
        return
    said = repository.line_of_entry(tx, case.entry_id)
    if said is None:
        if state == "let":
            insert_lines(tx, room_id, room_row(tx, room_id).salt, [line], now)
    elif said[0] is not None:
        turn = show if state == "let" else hide
        turn(tx, room_id, said[0], by, now)
    if state != "open":
        tell_person(tx, room_id, case.person_key, state, "moderator", now, text=line.text)


def _decide_said(tx: Tx, room_id: str, case: Case, state: CaseState, by: Principal, now: datetime) -> None:
    """Reported lines stand until they are removed; those hidden by a word are hidden until they are let."""
    said = repository.line_of_entry(tx, case.entry_id)
    seq, was_hidden = said or (None, False)
    if seq is None:
        return
    should_be_hidden = state == "removed" or (state == "open" and case.kind == "hidden")
    if should_be_hidden and not was_hidden:
        hide(tx, room_id, seq, by, now)
    elif was_hidden and not should_be_hidden:
        show(tx, room_id, seq, by, now)
    if state == "removed" or (state == "let" and case.kind == "hidden"):
        tell_person(tx, room_id, case.person_key, state, "moderator", now)
