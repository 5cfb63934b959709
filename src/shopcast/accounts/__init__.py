"""Accounts: people, organisations, roles, sessions, guests, addresses. The names others may use are listed here."""

from shopcast.accounts.events import GuestClaimed, MembershipChanged, OrganisationChanged, PersonRegistered
from shopcast.accounts.guests.repository import ensure_guest
from shopcast.accounts.organisations.model import COUNTRIES, Membership, Organisation, Role, clean_country
from shopcast.accounts.organisations.queries import (
    organisation,
    organisation_by_slug,
    organisations_by_id,
    organisations_of,
    require_operator,
    require_role,
    role_of,
)
from shopcast.accounts.people.model import Person, clean_email
from shopcast.accounts.people.queries import people_by_id, person, person_by_email
from shopcast.kernel.actions import ActionSpec
from shopcast.kernel.events import Subscription
from shopcast.kernel.jobs import JobSpec, Periodic

ACTIONS: tuple[ActionSpec, ...] = ()
SUBSCRIPTIONS: tuple[Subscription, ...] = ()
JOBS: tuple[JobSpec, ...] = ()
PERIODICS: tuple[Periodic, ...] = ()

__all__ = [
    "ACTIONS",
    "COUNTRIES",
    "JOBS",
    "PERIODICS",
    "SUBSCRIPTIONS",
    "GuestClaimed",
    "Membership",
    "MembershipChanged",
    "Organisation",
    "OrganisationChanged",
    "Person",
    "PersonRegistered",
    "Role",
    "clean_country",
    "clean_email",
    "ensure_guest",
    "organisation",
    "organisation_by_slug",
    "organisations_by_id",
    "organisations_of",
    "people_by_id",
    "person",
    "person_by_email",
    "require_operator",
    "require_role",
    "role_of",
]
