"""Changes a member's role, or ends a membership. Only owners touch owners; everybody may leave."""

from datetime import datetime

from shopcast.accounts.organisations import repository
from shopcast.accounts.organisations.invite_member import known_role
from shopcast.accounts.organisations.model import MANAGING_ROLES, Role
from shopcast.accounts.organisations.queries import require_role, role_of
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import NotFound
from shopcast.kernel.principal import Principal


class ChangeRole(Command, frozen=True, kw_only=True):
    organisation_id: str
    person_id: str
    role: str


class RemoveMember(Command, frozen=True, kw_only=True):
    organisation_id: str
    person_id: str


def change_role(tx: Tx, command: ChangeRole, by: Principal, now: datetime) -> None:
    role = known_role(command.role)
    require_role(tx, by, command.organisation_id, *MANAGING_ROLES)
    held = _role_held(tx, command.organisation_id, command.person_id)
    if "owner" in (role, held):
        require_role(tx, by, command.organisation_id, "owner")
    repository.change_role(tx, command.organisation_id, command.person_id, role)
    tx.audit(by, "accounts.role_changed", command.organisation_id, {"person_id": command.person_id, "role": role})


def remove_member(tx: Tx, command: RemoveMember, by: Principal, now: datetime) -> None:
    leaves = command.person_id == by.person_id
    require_role(tx, by, command.organisation_id, *(() if leaves else MANAGING_ROLES))
    held = _role_held(tx, command.organisation_id, command.person_id)
    if held == "owner" and not leaves:
        require_role(tx, by, command.organisation_id, "owner")
    repository.remove_member(tx, command.organisation_id, command.person_id)
    tx.audit(by, "accounts.member_removed", command.organisation_id, {"person_id": command.person_id})


def _role_held(tx: Tx, organisation_id: str, person_id: str) -> Role:
    held = role_of(tx, person_id, organisation_id)
    if held is None:
        raise NotFound("member")
    return held
