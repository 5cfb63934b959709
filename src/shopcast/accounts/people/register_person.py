"""Registers a person, with an organisation of their own when they host or sell, signed in at once."""

from datetime import datetime
from typing import Literal

import msgspec

from shopcast.accounts.events import PersonRegistered
from shopcast.accounts.guests.repository import claim_guest
from shopcast.accounts.organisations.model import Kind
from shopcast.accounts.organisations.repository import found_organisation
from shopcast.accounts.passwords.mail_link import MAIL_LINK, MailLink
from shopcast.accounts.people.model import DISPLAY_NAME_LIMIT, Person, clean_email
from shopcast.accounts.people.repository import add_person
from shopcast.accounts.sessions.model import NewSession
from shopcast.accounts.sessions.repository import add_session, revoke_session
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Forbidden, Language
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import Principal
from shopcast.kernel.text import clean_line

Account = Literal["shopper", "host", "seller"]
_KIND_OF: dict[Account, Kind] = {"host": "host", "seller": "seller"}


class RegisterPerson(Command, frozen=True, kw_only=True):
    """`password_hash` was made outside the writer. `session` None registers without signing in (demo, tests)."""

    email: str
    password_hash: str
    display_name: str
    language: Language
    account: Account
    organisation_name: str | None = None
    country: str
    currency: str
    session: NewSession | None = None
    is_demo: bool = False


class Registered(msgspec.Struct, frozen=True, kw_only=True):
    person_id: str
    organisation_id: str | None
    session_id: str | None


def register_person(tx: Tx, command: RegisterPerson, by: Principal, now: datetime) -> Registered:
    """Raises EmailTaken, EmailInvalid, CountryUnknown, InvalidInput."""
    if command.is_demo and not by.system:
        raise Forbidden()
    registered = Person(
        id=new_id("usr"),
        email=clean_email(command.email),
        display_name=clean_line(command.display_name, DISPLAY_NAME_LIMIT, "display_name"),
        language=command.language,
        # Demo addresses receive no mail.
        email_verified=command.is_demo,
        is_demo=command.is_demo,
        created_at=now,
    )
    add_person(tx, registered, command.password_hash)
    organisation_id = _own_organisation(tx, command, registered, now)
    session_id = None
    if command.session is not None:
        session_id = add_session(tx, registered.id, command.session, now)
        claim_guest(tx, by.guest_id, registered.id, now)
        # Registering while signed in as somebody else leaves no second way in.
        revoke_session(tx, by.session_id, now)
    if not command.is_demo:
        tx.enqueue(MAIL_LINK, MailLink(registered.id, "verify"), key=f"verify:{registered.id}")
    tx.record(PersonRegistered(person_id=registered.id))
    tx.audit(by, "accounts.registered", registered.id, {"account": command.account})
    return Registered(person_id=registered.id, organisation_id=organisation_id, session_id=session_id)


def _own_organisation(tx: Tx, command: RegisterPerson, owner: Person, now: datetime) -> str | None:
    kind = _KIND_OF.get(command.account)
    if kind is None:
        return None
    name = command.organisation_name or owner.display_name
    return found_organisation(tx, kind, name, command.country, command.currency, owner.id, now).id
