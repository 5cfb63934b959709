"""Puts a member of the organisation on the show in a role, or takes them off it."""

from datetime import datetime

from shopcast import accounts
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import NotFound
from shopcast.kernel.principal import Principal
from shopcast.shows.access import require_right
from shopcast.shows.audit import note
from shopcast.shows.errors import HostIsNeeded, StaffUnknown, TooMany
from shopcast.shows.schedule.model import StaffRole
from shopcast.shows.staff.model import STAFF_LIMIT
from shopcast.shows.staff.repository import put_staff, remove_staff, staff_count


class PutStaff(Command, frozen=True, kw_only=True):
    """By id or by e-mail address. Only members of the organisation: nobody works on a show without having agreed."""

    show_id: str
    person_id: str | None = None
    email: str | None = None
    role: StaffRole


class RemoveStaff(Command, frozen=True, kw_only=True):
    show_id: str
    person_id: str


def put_on_staff(tx: Tx, command: PutStaff, by: Principal, now: datetime) -> None:
    show = require_right(tx, by, command.show_id, "manage")
    person_id = command.person_id or _by_email(tx, command.email)
    if accounts.role_of(tx, person_id, show.organisation_id) is None:
        raise StaffUnknown()
    if command.role != "host" and person_id == show.host_person_id:
        raise HostIsNeeded()
    if staff_count(tx, show.id) >= STAFF_LIMIT:
        raise TooMany(limit=STAFF_LIMIT)
    put_staff(tx, show.id, person_id, command.role, now)
    note(tx, by, "shows.put_staff", show, {"person_id": person_id, "role": command.role})


def remove_from_staff(tx: Tx, command: RemoveStaff, by: Principal, now: datetime) -> None:
    show = require_right(tx, by, command.show_id, "manage")
    if command.person_id == show.host_person_id:
        raise HostIsNeeded()
    if not remove_staff(tx, show.id, command.person_id):
        raise NotFound("staff")
    note(tx, by, "shows.remove_staff", show, {"person_id": command.person_id})


def _by_email(tx: Tx, email: str | None) -> str:
    person = accounts.person_by_email(tx, accounts.clean_email(email)) if email else None
    if person is None:
        raise StaffUnknown()
    return person.id
