"""Sets a new password by a mailed link; everybody signed in to the account is signed out."""

from datetime import datetime

from shopcast.accounts.passwords.repository import forget_mailed_tokens, use_mailed_token
from shopcast.accounts.people.repository import mark_email_verified, replace_password
from shopcast.accounts.sessions.repository import revoke_sessions
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.principal import Principal


class ResetPassword(Command, frozen=True, kw_only=True):
    token_digest: str
    password_hash: str


def reset_password(tx: Tx, command: ResetPassword, by: Principal, now: datetime) -> None:
    """Raises LinkExpired."""
    person_id = use_mailed_token(tx, command.token_digest, "reset", now)
    forget_mailed_tokens(tx, person_id, "reset")
    replace_password(tx, person_id, command.password_hash)
    # Whoever holds the link reads the mailbox.
    mark_email_verified(tx, person_id, now)
    revoked = revoke_sessions(tx, person_id, now)
    tx.audit(by, "accounts.password_reset", person_id, {"sessions_revoked": revoked})
