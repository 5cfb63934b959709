"""Signs a person in, after their password was verified outside the writer."""

from datetime import datetime

import msgspec

from shopcast.accounts.errors import DemoAccountRefused, WrongCredentials
from shopcast.accounts.guests.repository import claim_guest
from shopcast.accounts.people.queries import credentials
from shopcast.accounts.people.repository import replace_password
from shopcast.accounts.sessions.model import NewSession
from shopcast.accounts.sessions.repository import add_session, revoke_session
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.principal import Principal


class OpenSession(Command, frozen=True, kw_only=True):
    """`seen_hash` is what the password was verified against; `better_hash` replaces it when its cost is outdated."""

    person_id: str
    seen_hash: str
    better_hash: str | None = None
    session: NewSession
    demo_accounts_work: bool


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    person_id: str
    session_id: str


def open_session(tx: Tx, command: OpenSession, by: Principal, now: datetime) -> Opened:
    """Raises WrongCredentials when the password was changed in between, DemoAccountRefused outside demo mode."""
    known = credentials(tx, command.person_id)
    if known.password_hash != command.seen_hash:
        raise WrongCredentials()
    if known.is_demo and not command.demo_accounts_work:
        raise DemoAccountRefused()
    if command.better_hash is not None:
        replace_password(tx, known.person_id, command.better_hash)
    # The session before the login ends with it, so that a planted cookie is worth nothing afterwards.
    revoke_session(tx, by.session_id, now)
    session_id = add_session(tx, known.person_id, command.session, now)
    claim_guest(tx, by.guest_id, known.person_id, now)
    tx.audit(by, "accounts.signed_in", known.person_id, {"session_id": session_id})
    return Opened(person_id=known.person_id, session_id=session_id)
