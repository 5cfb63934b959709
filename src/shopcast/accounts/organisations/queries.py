"""Reads organisations and decides who may act for one."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select

from shopcast.accounts.organisations.model import Invitation, Member, Membership, Organisation, Role
from shopcast.accounts.tables import invitation as invitation_table
from shopcast.accounts.tables import member
from shopcast.accounts.tables import organisation as organisation_table
from shopcast.accounts.tables import person as person_table
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import Forbidden, NotFound, Unauthenticated
from shopcast.kernel.principal import Principal

# A person belongs to a handful; this only bounds what one request can make us read.
MEMBERSHIPS_LIMIT = 200
MEMBERS_LIMIT = 500


def require_role(conn: ReadConnection, by: Principal, organisation_id: str, *roles: Role) -> None:
    """Passes members holding one of `roles` (any member when none is named) and the system.

    Raises Unauthenticated for a guest, NotFound for somebody who is not a member (nobody learns that it exists), and
    Forbidden for a member without the role. Reads the row, not the principal: a role taken away counts at once.
    """
    if by.system:
        return
    if by.person_id is None:
        raise Unauthenticated()
    held = role_of(conn, by.person_id, organisation_id)
    if held is None:
        raise NotFound("organisation")
    if roles and held not in roles:
        raise Forbidden()


def require_operator(by: Principal) -> None:
    """Passes the people who run this installation, and the system."""
    if by.system:
        return
    by.require_person()
    if not by.is_operator:
        raise Forbidden()


def role_of(conn: ReadConnection, person_id: str, organisation_id: str) -> Role | None:
    role: Role | None = conn.execute(
        select(member.c.role).where(member.c.organisation_id == organisation_id, member.c.person_id == person_id)
    ).scalar_one_or_none()
    return role


# Built once: it runs for every order, and building it costs five times what running it does.
_ORGANISATION = select(organisation_table).where(organisation_table.c.id == bindparam("organisation_id"))


def organisation(conn: ReadConnection, organisation_id: str) -> Organisation:
    """Raises NotFound."""
    row = conn.execute(_ORGANISATION, {"organisation_id": organisation_id}).first()
    if row is None:
        raise NotFound("organisation")
    return _organisation(row)


def organisations_by_id(conn: ReadConnection, organisation_ids: Collection[str]) -> dict[str, Organisation]:
    """Those found, by id."""
    if not organisation_ids:
        return {}
    rows = conn.execute(select(organisation_table).where(organisation_table.c.id.in_(set(organisation_ids))))
    return {row.id: _organisation(row) for row in rows}


def organisation_by_slug(conn: ReadConnection, slug: str) -> Organisation | None:
    row = conn.execute(select(organisation_table).where(organisation_table.c.slug == slug)).first()
    return None if row is None else _organisation(row)


def seller_slugs(conn: ReadConnection) -> list[str]:
    """Of everybody who can own a catalogue, oldest first; for a command that was not told whose it is."""
    sells = organisation_table.c.kind.in_(("seller", "host"))
    return list(
        conn.execute(select(organisation_table.c.slug).where(sells).order_by(organisation_table.c.id)).scalars()
    )


def platform_organisation(conn: ReadConnection) -> Organisation | None:
    """The organisation of those who run this installation; None before the first operator."""
    row = conn.execute(select(organisation_table).where(organisation_table.c.kind == "platform")).first()
    return None if row is None else _organisation(row)


def organisations_of(conn: ReadConnection, person_id: str) -> list[Membership]:
    """Oldest membership first: the first one is the person's own."""
    rows = conn.execute(
        select(organisation_table, member.c.role)
        .join(member, member.c.organisation_id == organisation_table.c.id)
        .where(member.c.person_id == person_id)
        .order_by(member.c.since, organisation_table.c.id)
        .limit(MEMBERSHIPS_LIMIT)
    )
    return [Membership(organisation=_organisation(row), role=row.role) for row in rows]


def members_of(conn: ReadConnection, organisation_id: str) -> list[Member]:
    rows = conn.execute(
        select(member.c.person_id, member.c.role, member.c.since, person_table.c.display_name, person_table.c.email)
        .join(person_table, person_table.c.id == member.c.person_id)
        .where(member.c.organisation_id == organisation_id)
        .order_by(member.c.since, member.c.person_id)
        .limit(MEMBERS_LIMIT)
    )
    return [
        Member(person_id=row.person_id, display_name=row.display_name, email=row.email, role=row.role, since=row.since)
        for row in rows
    ]


def _organisation(row: Row[Any]) -> Organisation:
    return Organisation(
        id=row.id,
        kind=row.kind,
        name=row.name,
        slug=row.slug,
        currency=row.currency,
        country=row.country,
        legal_identity=row.legal_identity,
        created_at=row.created_at,
    )


def invitation(conn: ReadConnection, invitation_id: str) -> Invitation:
    """Raises NotFound."""
    row = conn.execute(select(invitation_table).where(invitation_table.c.id == invitation_id)).first()
    if row is None:
        raise NotFound("invitation")
    return _invitation(row)


def open_invitations(conn: ReadConnection, organisation_id: str, now: datetime) -> list[Invitation]:
    rows = conn.execute(
        select(invitation_table)
        .where(
            invitation_table.c.organisation_id == organisation_id,
            invitation_table.c.accepted_at.is_(None),
            invitation_table.c.revoked_at.is_(None),
            invitation_table.c.expires_at > now,
        )
        .order_by(invitation_table.c.id)
        .limit(MEMBERS_LIMIT)
    )
    return [_invitation(row) for row in rows]


def _invitation(row: Row[Any]) -> Invitation:
    return Invitation(
        id=row.id,
        organisation_id=row.organisation_id,
        email=row.email,
        role=row.role,
        language=row.language,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
