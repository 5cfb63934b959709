"""Makes a person an operator: an owner of the platform's organisation, which exists from the first one on."""

from datetime import datetime

from shopcast.accounts.organisations.queries import platform_organisation, role_of
from shopcast.accounts.organisations.repository import add_member, found_organisation
from shopcast.accounts.passwords.hashing import Passwords, check_password
from shopcast.accounts.people.model import DISPLAY_NAME_LIMIT, Person, clean_email
from shopcast.accounts.people.queries import person_by_email
from shopcast.accounts.people.repository import add_person
from shopcast.kernel.actions import Actions, Command, Tx
from shopcast.kernel.errors import Forbidden, Language
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.kernel.text import clean_line


class CreateOperator(Command, frozen=True, kw_only=True):
    email: str
    password_hash: str
    display_name: str
    language: Language
    country: str
    currency: str
    is_demo: bool = False


def create_operator(tx: Tx, command: CreateOperator, by: Principal, now: datetime) -> str:
    """The person's id. Somebody who has an account keeps it, with its password, and becomes an operator."""
    if not by.system:
        raise Forbidden()
    known = person_by_email(tx, command.email) or _add(tx, command, now)
    platform = platform_organisation(tx)
    if platform is None:
        platform = found_organisation(tx, "platform", "Platform", command.country, command.currency, known.id, now)
    elif role_of(tx, known.id, platform.id) is None:
        add_member(tx, platform.id, known.id, "owner", now)
    tx.audit(by, "accounts.operator_created", known.id, {"organisation_id": platform.id})
    return known.id


def create_operator_account(
    actions: Actions,
    passwords: Passwords,
    *,
    email: str,
    password: str,
    display_name: str = "Operator",
    language: Language = "en",
    country: str = "DE",
    currency: str = "EUR",
    is_demo: bool = False,
) -> str:
    """For `shopcast operator create EMAIL`. Raises PasswordTooWeak and what the action refuses."""
    check_password(password, email)
    command = CreateOperator(
        email=email,
        password_hash=passwords.hash_blocking(password),
        display_name=display_name,
        language=language,
        country=country,
        currency=currency,
        is_demo=is_demo,
    )
    person_id: str = actions.run_blocking(command, SYSTEM)
    return person_id


def _add(tx: Tx, command: CreateOperator, now: datetime) -> Person:
    added = Person(
        id=new_id("usr"),
        email=clean_email(command.email),
        display_name=clean_line(command.display_name, DISPLAY_NAME_LIMIT, "display_name"),
        language=command.language,
        email_verified=True,
        is_demo=command.is_demo,
        created_at=now,
    )
    add_person(tx, added, command.password_hash)
    return added
