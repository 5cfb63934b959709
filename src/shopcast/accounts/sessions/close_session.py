"""Signs out: this device, or another one from the list; and lets a session that is used live on."""

from datetime import datetime

from shopcast.accounts.sessions.repository import revoke_session, slide_session
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import NotFound
from shopcast.kernel.principal import Principal


class CloseSession(Command, frozen=True, kw_only=True):
    session_id: str


class SlideSession(Command, frozen=True, kw_only=True):
    pass


def close_session(tx: Tx, command: CloseSession, by: Principal, now: datetime) -> None:
    """Raises NotFound for a session that is not one's own."""
    person_id = by.require_person()
    if not revoke_session(tx, command.session_id, now, person_id):
        raise NotFound("session")
    tx.audit(by, "accounts.session_closed", person_id, {"session_id": command.session_id})


def slide(tx: Tx, command: SlideSession, by: Principal, now: datetime) -> None:
    if by.session_id is not None:
        slide_session(tx, by.session_id, now)
