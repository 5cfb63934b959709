"""Makes the accounts of the demo. Their passwords are published, so each is marked and works in demo mode only."""

import msgspec

from shopcast.accounts.organisations.queries import organisations_of
from shopcast.accounts.passwords.hashing import Passwords
from shopcast.accounts.people.queries import person_by_email
from shopcast.accounts.people.register_person import Account, Registered, RegisterPerson
from shopcast.kernel.actions import Actions, ReadConnection
from shopcast.kernel.errors import Language
from shopcast.kernel.principal import SYSTEM
from shopcast.kernel.reads import Reads


class DemoAccount(msgspec.Struct, frozen=True, kw_only=True):
    email: str
    password: str
    display_name: str
    account: Account
    organisation_name: str | None = None
    language: Language = "en"
    country: str = "DE"
    currency: str = "EUR"


def ensure_demo_account(actions: Actions, reads: Reads, passwords: Passwords, wanted: DemoAccount) -> Registered:
    """The account, made if it is not there yet; starting the demo again changes nothing."""
    known = reads.run_blocking(_known, wanted.email)
    if known is not None:
        return known
    registered: Registered = actions.run_blocking(
        RegisterPerson(
            email=wanted.email,
            password_hash=passwords.hash_blocking(wanted.password),
            display_name=wanted.display_name,
            language=wanted.language,
            account=wanted.account,
            organisation_name=wanted.organisation_name,
            country=wanted.country,
            currency=wanted.currency,
            is_demo=True,
        ),
        SYSTEM,
    )
    return registered


def _known(conn: ReadConnection, email: str) -> Registered | None:
    person = person_by_email(conn, email)
    if person is None:
        return None
    own = organisations_of(conn, person.id)
    return Registered(person_id=person.id, organisation_id=own[0].organisation.id if own else None, session_id=None)
