"""SQL that writes sessions: only digests of tokens, never deleted while they may still be asked about."""

from datetime import datetime

from sqlalchemy import delete, insert, select, update

from shopcast.accounts.sessions.model import DEVICE_LIMIT, SESSIONS_LIMIT, NewSession, expires_at
from shopcast.accounts.tables import session
from shopcast.kernel.actions import Tx
from shopcast.kernel.ids import new_id


def add_session(tx: Tx, person_id: str, added: NewSession, now: datetime) -> str:
    _make_room(tx, person_id, now)
    session_id = new_id("ses")
    tx.execute(
        insert(session).values(
            id=session_id,
            person_id=person_id,
            digest=added.digest,
            device=added.device[:DEVICE_LIMIT],
            created_at=now,
            seen_at=now,
            expires_at=expires_at(now, now),
        )
    )
    return session_id


def slide_session(tx: Tx, session_id: str, now: datetime) -> None:
    created_at = tx.execute(
        select(session.c.created_at).where(session.c.id == session_id, session.c.revoked_at.is_(None))
    ).scalar_one_or_none()
    if created_at is not None:
        tx.execute(
            update(session)
            .where(session.c.id == session_id)
            .values(seen_at=now, expires_at=expires_at(created_at, now))
        )


def rotate_session(tx: Tx, session_id: str, digest: str) -> None:
    tx.execute(update(session).where(session.c.id == session_id).values(digest=digest))


def revoke_session(tx: Tx, session_id: str | None, now: datetime, person_id: str | None = None) -> bool:
    """With `person_id`, only if it is theirs. True if it was open."""
    if session_id is None:
        return False
    statement = update(session).where(session.c.id == session_id, session.c.revoked_at.is_(None))
    if person_id is not None:
        statement = statement.where(session.c.person_id == person_id)
    return tx.execute(statement.values(revoked_at=now)).rowcount == 1


def revoke_sessions(tx: Tx, person_id: str, now: datetime, but: str | None = None) -> int:
    statement = update(session).where(session.c.person_id == person_id, session.c.revoked_at.is_(None))
    if but is not None:
        statement = statement.where(session.c.id != but)
    return tx.execute(statement.values(revoked_at=now)).rowcount


def _make_room(tx: Tx, person_id: str, now: datetime) -> None:
    tx.execute(delete(session).where(session.c.person_id == person_id, session.c.expires_at <= now))
    oldest = (
        select(session.c.id)
        .where(session.c.person_id == person_id, session.c.revoked_at.is_(None))
        .order_by(session.c.seen_at.desc())
        .offset(SESSIONS_LIMIT - 1)
        # Only ever one too many; the bound is for a database restored from elsewhere.
        .limit(1_000)
    )
    tx.execute(update(session).where(session.c.id.in_(oldest)).values(revoked_at=now))
