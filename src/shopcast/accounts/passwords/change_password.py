"""Changes one's own password; other devices are signed out and this one's session gets a new token."""

from datetime import datetime

from shopcast.accounts.people.queries import credentials
from shopcast.accounts.people.repository import replace_password
from shopcast.accounts.sessions.repository import revoke_sessions, rotate_session
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Conflict
from shopcast.kernel.principal import Principal


class ChangePassword(Command, frozen=True, kw_only=True):
    """`seen_hash` is what the current password was verified against, outside the writer."""

    seen_hash: str
    password_hash: str
    session_digest: str


def change_password(tx: Tx, command: ChangePassword, by: Principal, now: datetime) -> None:
    person_id = by.require_person()
    if credentials(tx, person_id).password_hash != command.seen_hash:
        raise Conflict()
    replace_password(tx, person_id, command.password_hash)
    revoked = revoke_sessions(tx, person_id, now, but=by.session_id)
    if by.session_id is not None:
        rotate_session(tx, by.session_id, command.session_digest)
    tx.audit(by, "accounts.password_changed", person_id, {"sessions_revoked": revoked})
