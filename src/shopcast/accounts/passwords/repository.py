"""SQL of the links sent by mail: stored as digests, used once."""

from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import delete, insert, update

from shopcast.accounts.errors import LinkExpired
from shopcast.accounts.tables import mailed_token
from shopcast.kernel.actions import Tx

Purpose = Literal["reset", "verify"]


def add_mailed_token(tx: Tx, digest: str, person_id: str, purpose: Purpose, now: datetime, valid: timedelta) -> None:
    """The newest link replaces those of the same purpose before it."""
    forget_mailed_tokens(tx, person_id, purpose)
    tx.execute(
        insert(mailed_token).values(
            digest=digest, person_id=person_id, purpose=purpose, created_at=now, expires_at=now + valid
        )
    )


def use_mailed_token(tx: Tx, digest: str, purpose: Purpose, now: datetime) -> str:
    """The id of the person it was sent to; it can't be used again. Raises LinkExpired."""
    person_id: str | None = tx.execute(
        update(mailed_token)
        .where(
            mailed_token.c.digest == digest,
            mailed_token.c.purpose == purpose,
            mailed_token.c.used_at.is_(None),
            mailed_token.c.expires_at > now,
        )
        .values(used_at=now)
        .returning(mailed_token.c.person_id)
    ).scalar_one_or_none()
    if person_id is None:
        raise LinkExpired()
    return person_id


def forget_mailed_tokens(tx: Tx, person_id: str, purpose: Purpose) -> None:
    tx.execute(
        delete(mailed_token).where(
            mailed_token.c.person_id == person_id,
            mailed_token.c.purpose == purpose,
            mailed_token.c.used_at.is_(None),
        )
    )
