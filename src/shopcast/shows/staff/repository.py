"""SQL of the people of a show."""

from datetime import datetime
from typing import cast

from sqlalchemy import bindparam, delete, func, insert, select, update

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.ids import new_id
from shopcast.shows.schedule.model import StaffRole
from shopcast.shows.staff.model import Staff
from shopcast.shows.tables import staff

_row = staff.c

# Built once: read for every action of a show's staff.
_ROLE = select(_row.role).where(_row.show_id == bindparam("of_show"), _row.person_id == bindparam("of_person"))


def staff_of(conn: ReadConnection, show_id: str) -> list[Staff]:
    rows = conn.execute(select(staff).where(_row.show_id == show_id).order_by(_row.since, _row.id))
    return [Staff(row.person_id, cast(StaffRole, row.role), row.since) for row in rows]


def staff_role(conn: ReadConnection, show_id: str, person_id: str) -> StaffRole | None:
    role = conn.execute(_ROLE, {"of_show": show_id, "of_person": person_id}).scalar()
    return cast("StaffRole | None", role)


def shows_of_staff(conn: ReadConnection, person_id: str) -> list[str]:
    return list(conn.execute(select(_row.show_id).where(_row.person_id == person_id)).scalars())


def put_staff(tx: Tx, show_id: str, person_id: str, role: StaffRole, now: datetime) -> None:
    changed = update(staff).where(_row.show_id == show_id, _row.person_id == person_id).values(role=role)
    if tx.execute(changed).rowcount == 0:
        tx.execute(insert(staff).values(id=new_id("stf"), show_id=show_id, person_id=person_id, role=role, since=now))


def remove_staff(tx: Tx, show_id: str, person_id: str) -> bool:
    return tx.execute(delete(staff).where(_row.show_id == show_id, _row.person_id == person_id)).rowcount == 1


def staff_count(conn: ReadConnection, show_id: str) -> int:
    return int(conn.execute(select(func.count()).where(_row.show_id == show_id)).scalar_one())
