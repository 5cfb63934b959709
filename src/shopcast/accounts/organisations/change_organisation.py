"""Changes an organisation's name, country and legal identity. Its currency stays: prices hang on it."""

from datetime import datetime

from shopcast.accounts.events import OrganisationChanged
from shopcast.accounts.organisations import repository
from shopcast.accounts.organisations.create_organisation import clean_legal_identity
from shopcast.accounts.organisations.model import MANAGING_ROLES, NAME_LIMIT, Organisation, clean_country
from shopcast.accounts.organisations.queries import organisation, require_role
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.principal import Principal
from shopcast.kernel.text import clean_line


class ChangeOrganisation(Command, frozen=True, kw_only=True):
    organisation_id: str
    name: str | None = None
    country: str | None = None
    legal_identity: str | None = None


def change_organisation(tx: Tx, command: ChangeOrganisation, by: Principal, now: datetime) -> Organisation:
    require_role(tx, by, command.organisation_id, *MANAGING_ROLES)
    changes: dict[str, str] = {}
    if command.name is not None:
        changes["name"] = clean_line(command.name, NAME_LIMIT, "name")
    if command.country is not None:
        changes["country"] = clean_country(command.country)
    if command.legal_identity is not None:
        changes["legal_identity"] = clean_legal_identity(command.legal_identity)
    repository.change_organisation(tx, command.organisation_id, changes)
    tx.record(OrganisationChanged(organisation_id=command.organisation_id))
    tx.audit(by, "accounts.organisation_changed", command.organisation_id, {"fields": sorted(changes)})
    return organisation(tx, command.organisation_id)
