"""Reads people."""

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, select

from shopcast.accounts.people.model import Person, email_key
from shopcast.accounts.tables import person as person_table
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import NotFound


class Credentials(msgspec.Struct, frozen=True):
    person_id: str
    password_hash: str
    is_demo: bool


def person(conn: ReadConnection, person_id: str) -> Person:
    """Raises NotFound."""
    row = conn.execute(select(person_table).where(person_table.c.id == person_id)).first()
    if row is None:
        raise NotFound("person")
    return _person(row)


# Built once: it runs for every order.
_AMONG = select(person_table).where(person_table.c.id.in_(bindparam("person_ids", expanding=True)))


def people_by_id(conn: ReadConnection, person_ids: Collection[str]) -> dict[str, Person]:
    """Those found, by id."""
    if not person_ids:
        return {}
    rows = conn.execute(_AMONG, {"person_ids": sorted(set(person_ids))})
    return {row.id: _person(row) for row in rows}


def person_by_email(conn: ReadConnection, email: str) -> Person | None:
    row = conn.execute(select(person_table).where(person_table.c.email_key == email_key(email))).first()
    return None if row is None else _person(row)


def credentials_by_email(conn: ReadConnection, email: str) -> Credentials | None:
    row = conn.execute(
        select(person_table.c.id, person_table.c.password_hash, person_table.c.is_demo).where(
            person_table.c.email_key == email_key(email)
        )
    ).first()
    return None if row is None else Credentials(row.id, row.password_hash, bool(row.is_demo))


def credentials(conn: ReadConnection, person_id: str) -> Credentials:
    row = conn.execute(
        select(person_table.c.id, person_table.c.password_hash, person_table.c.is_demo).where(
            person_table.c.id == person_id
        )
    ).first()
    if row is None:
        raise NotFound("person")
    return Credentials(row.id, row.password_hash, bool(row.is_demo))


def _person(row: Row[Any]) -> Person:
    return Person(
        id=row.id,
        email=row.email,
        display_name=row.display_name,
        language=row.language,
        email_verified=row.email_verified_at is not None,
        is_demo=bool(row.is_demo),
        created_at=row.created_at,
    )
