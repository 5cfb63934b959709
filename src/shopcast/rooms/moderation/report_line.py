"""ReportLine: a shopper objects to a line; it goes to the moderators, once per line however many object."""

from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.principal import Principal
from shopcast.rooms.chat.model import SpokenLine
from shopcast.rooms.chat.repository import writer_of
from shopcast.rooms.errors import NoSuchLine
from shopcast.rooms.log.model import public_key
from shopcast.rooms.log.queries import said_lines
from shopcast.rooms.log.repository import room_row
from shopcast.rooms.moderation import repository
from shopcast.rooms.moderation.model import NewCase, ReportReason
from shopcast.rooms.moderation.tell import tell_queue


class ReportLine(Command, frozen=True, kw_only=True):
    room_id: str
    seq: int
    reason: ReportReason


def report_line(tx: Tx, command: ReportLine, by: Principal, now: datetime) -> None:
    """Reporting twice changes nothing. A line that a moderator has let stand is not asked about again."""
    said = writer_of(tx, command.room_id, command.seq)
    if said is None:
        raise NoSuchLine()
    entry_id, person_key = said
    if person_key == by.key:
        return
    if not repository.add_report(tx, command.room_id, command.seq, by.key, command.reason, now):
        return
    if repository.count_report(tx, command.room_id, entry_id):
        return
    line = said_lines(tx, command.room_id, [command.seq])[0]
    case = NewCase(
        kind="reported",
        reason=command.reason,
        word=None,
        line=SpokenLine(entry_id=entry_id, person_key=person_key, name=line.name, role="viewer", text=line.text),
        public_key=public_key(room_row(tx, command.room_id).salt, person_key),
    )
    repository.open_cases(tx, command.room_id, [case], now)
    repository.count_report(tx, command.room_id, entry_id)
    tell_queue(tx, command.room_id, now)
