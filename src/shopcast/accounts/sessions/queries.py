"""Reads sessions: who a token belongs to, and the list its owner sees."""

from datetime import datetime

from sqlalchemy import select

from shopcast.accounts.sessions.model import SESSIONS_LIMIT, SLIDE_AFTER, Session
from shopcast.accounts.tables import member, organisation, person
from shopcast.accounts.tables import session as session_table
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.principal import Principal


class SessionResolver:
    """Says who holds a session. Without `demo_accounts_work`, sessions of demo accounts are void."""

    def __init__(self, demo_accounts_work: bool) -> None:
        self._demo_accounts_work = demo_accounts_work

    def resolve(self, conn: ReadConnection, session_token_digest: str, now: datetime) -> Principal | None:
        row = conn.execute(
            select(session_table.c.id, session_table.c.person_id, person.c.language, person.c.is_demo)
            .join(person, person.c.id == session_table.c.person_id)
            .where(
                session_table.c.digest == session_token_digest,
                session_table.c.revoked_at.is_(None),
                session_table.c.expires_at > now,
            )
        ).first()
        if row is None or (row.is_demo and not self._demo_accounts_work):
            return None
        memberships = conn.execute(
            select(member.c.organisation_id, member.c.role, organisation.c.kind)
            .join(organisation, organisation.c.id == member.c.organisation_id)
            .where(member.c.person_id == row.person_id)
            .order_by(member.c.since)
        ).all()
        return Principal(
            person_id=row.person_id,
            session_id=row.id,
            organisation_roles=tuple((held.organisation_id, held.role) for held in memberships),
            is_operator=any(held.kind == "platform" for held in memberships),
            language=row.language,
        )


def sessions_of(conn: ReadConnection, person_id: str, now: datetime) -> list[Session]:
    """Open ones, the most recently seen first."""
    rows = conn.execute(
        select(session_table)
        .where(
            session_table.c.person_id == person_id,
            session_table.c.revoked_at.is_(None),
            session_table.c.expires_at > now,
        )
        .order_by(session_table.c.seen_at.desc(), session_table.c.id.desc())
        .limit(SESSIONS_LIMIT)
    )
    return [
        Session(
            id=row.id,
            device=row.device,
            created_at=row.created_at,
            seen_at=row.seen_at,
            expires_at=row.expires_at,
        )
        for row in rows
    ]


def session_should_slide(conn: ReadConnection, session_id: str, now: datetime) -> bool:
    seen_at: datetime | None = conn.execute(
        select(session_table.c.seen_at).where(session_table.c.id == session_id, session_table.c.revoked_at.is_(None))
    ).scalar_one_or_none()
    return seen_at is not None and now - seen_at >= SLIDE_AFTER
