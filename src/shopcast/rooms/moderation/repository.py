"""SQL of the moderators' queue, of reports and of people shown out."""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import bindparam, delete, func, insert, select, update

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.ids import new_id
from shopcast.rooms.chat.model import SpokenLine
from shopcast.rooms.moderation.model import Case, CaseState, NewCase, ReportReason
from shopcast.rooms.tables import room_case, room_entry, room_expulsion, room_line, room_mute, room_report

_decode_line = msgspec.json.Decoder(SpokenLine).decode
_HELD = select(room_case.c.entry_id).where(
    room_case.c.room_id == bindparam("in_room"),
    room_case.c.kind == "held",
    room_case.c.entry_id.in_(bindparam("ids", expanding=True)),
)


def held_ids(tx: Tx, room_id: str, entry_ids: Collection[str]) -> set[str]:
    return set(tx.execute(_HELD, {"in_room": room_id, "ids": list(entry_ids)}).scalars())


def open_cases(tx: Tx, room_id: str, cases: Sequence[NewCase], now: datetime) -> None:
    rows = [
        {
            "id": new_id("cas"),
            "room_id": room_id,
            "kind": case.kind,
            "reason": case.reason,
            "word": case.word,
            "entry_id": case.line.entry_id,
            "person_key": case.line.person_key,
            "public_key": case.public_key,
            "line": msgspec.json.encode(case.line).decode() if case.kind == "held" else None,
            "fingerprint": case.line.fingerprint or "",
            "reports": 0,
            "state": "open",
            "opened_at": now,
        }
        for case in cases
    ]
    tx.execute(insert(room_case), rows)


def open_count(connection: ReadConnection, room_id: str) -> int:
    waiting = select(func.count()).where(room_case.c.room_id == room_id, room_case.c.state == "open")
    return int(connection.execute(waiting).scalar_one())


def cases(tx: Tx, room_id: str, ids: Sequence[str]) -> list[Case]:
    """Those there are, in the order of `ids`."""
    found = tx.execute(select(room_case).where(room_case.c.room_id == room_id, room_case.c.id.in_(ids)))
    by_id = {
        row.id: Case(
            id=row.id,
            kind=row.kind,
            state=row.state,
            entry_id=row.entry_id,
            person_key=row.person_key,
            public_key=row.public_key,
            line=None if row.line is None else _decode_line(row.line),
        )
        for row in found
    }
    return [by_id[case_id] for case_id in dict.fromkeys(ids) if case_id in by_id]


def decide(tx: Tx, case: Case, state: CaseState, by_key: str | None, now: datetime) -> bool:
    """False if somebody else was quicker."""
    mine = (room_case.c.id == case.id, room_case.c.state == case.state)
    is_open = state == "open"
    values = {"state": state, "decided_at": None if is_open else now, "decided_by": None if is_open else by_key}
    return tx.execute(update(room_case).where(*mine).values(values)).rowcount == 1


def line_of_entry(tx: Tx, entry_id: str) -> tuple[int | None, bool] | None:
    """Number and whether it is hidden; None if it was never said or is erased."""
    said = (
        select(room_entry.c.seq, room_line.c.hidden)
        .join(room_line, room_line.c.entry_id == room_entry.c.id)
        .where(room_entry.c.id == entry_id)
    )
    row = tx.execute(said).one_or_none()
    return None if row is None else (row.seq, row.hidden)


def add_report(tx: Tx, room_id: str, seq: int, person_key: str, reason: ReportReason, now: datetime) -> bool:
    """False if this person has reported it before."""
    mine = (room_report.c.room_id == room_id, room_report.c.seq == seq, room_report.c.person_key == person_key)
    if tx.execute(select(room_report.c.seq).where(*mine)).first() is not None:
        return False
    row = {"room_id": room_id, "seq": seq, "person_key": person_key, "reason": reason, "at": now}
    tx.execute(insert(room_report).values(row))
    return True


def count_report(tx: Tx, room_id: str, entry_id: str) -> bool:
    """Adds one to the line's case; False if it has none."""
    mine = (room_case.c.room_id == room_id, room_case.c.entry_id == entry_id)
    return tx.execute(update(room_case).where(*mine).values(reports=room_case.c.reports + 1)).rowcount == 1


def expel(tx: Tx, room_id: str, public_key: str, now: datetime) -> bool:
    """False if the door is shut already."""
    if is_expelled(tx, room_id, public_key):
        return False
    tx.execute(insert(room_expulsion).values(room_id=room_id, public_key=public_key, at=now))
    return True


def readmit(tx: Tx, room_id: str, public_key: str) -> bool:
    mine = (room_expulsion.c.room_id == room_id, room_expulsion.c.public_key == public_key)
    return tx.execute(delete(room_expulsion).where(*mine)).rowcount == 1


def is_expelled(connection: ReadConnection, room_id: str, public_key: str) -> bool:
    mine = (room_expulsion.c.room_id == room_id, room_expulsion.c.public_key == public_key)
    return connection.execute(select(room_expulsion.c.at).where(*mine)).first() is not None


def expelled(connection: ReadConnection, room_id: str) -> set[str]:
    """Public keys."""
    found = select(room_expulsion.c.public_key).where(room_expulsion.c.room_id == room_id)
    return set(connection.execute(found).scalars())


def erase_person(tx: Tx, person_key: str) -> None:
    """What they were to say and whom they reported; reports about them go with their lines."""
    tx.execute(delete(room_case).where(room_case.c.person_key == person_key))
    tx.execute(delete(room_report).where(room_report.c.person_key == person_key))


def forget_mute(tx: Tx, room_id: str, public_key: str) -> None:
    tx.execute(delete(room_mute).where(room_mute.c.room_id == room_id, room_mute.c.public_key == public_key))
