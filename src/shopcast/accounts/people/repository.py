"""SQL that writes people."""

from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from shopcast.accounts.errors import EmailTaken
from shopcast.accounts.people.model import Person, email_key
from shopcast.accounts.tables import person
from shopcast.kernel.actions import Tx


def add_person(tx: Tx, added: Person, password_hash: str) -> None:
    """Raises EmailTaken."""
    key = email_key(added.email)
    taken = tx.execute(select(func.count()).where(person.c.email_key == key)).scalar_one()
    if taken:
        raise EmailTaken()
    values = {
        "id": added.id,
        "email": added.email,
        "email_key": key,
        "display_name": added.display_name,
        "language": added.language,
        "password_hash": password_hash,
        "email_verified_at": added.created_at if added.email_verified else None,
        "is_demo": added.is_demo,
        "created_at": added.created_at,
    }
    try:
        tx.execute(insert(person).values(values))
    except IntegrityError as error:
        # The unique index decides when two registrations run at once (they can, on PostgreSQL).
        raise EmailTaken() from error


def change_profile(tx: Tx, person_id: str, display_name: str | None, language: str | None) -> None:
    changes = {"display_name": display_name, "language": language}
    given = {name: value for name, value in changes.items() if value is not None}
    if given:
        tx.execute(update(person).where(person.c.id == person_id).values(given))


def replace_password(tx: Tx, person_id: str, password_hash: str) -> None:
    tx.execute(update(person).where(person.c.id == person_id).values(password_hash=password_hash))


def mark_email_verified(tx: Tx, person_id: str, now: datetime) -> None:
    tx.execute(
        update(person)
        .where(person.c.id == person_id, person.c.email_verified_at.is_(None))
        .values(email_verified_at=now)
    )
