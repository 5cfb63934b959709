"""Confirms an e-mail address by its mailed link, and sends that link again."""

from datetime import datetime

from shopcast.accounts.passwords.mail_link import MAIL_LINK, MailLink
from shopcast.accounts.passwords.repository import use_mailed_token
from shopcast.accounts.people.queries import person
from shopcast.accounts.people.repository import mark_email_verified
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.principal import Principal


class VerifyEmail(Command, frozen=True, kw_only=True):
    token_digest: str


class RequestVerification(Command, frozen=True, kw_only=True):
    pass


def verify_email(tx: Tx, command: VerifyEmail, by: Principal, now: datetime) -> None:
    """Raises LinkExpired. Needs no session: the link proves the mailbox, whichever device opens it."""
    person_id = use_mailed_token(tx, command.token_digest, "verify", now)
    mark_email_verified(tx, person_id, now)
    tx.audit(by, "accounts.email_verified", person_id, {})


def request_verification(tx: Tx, command: RequestVerification, by: Principal, now: datetime) -> None:
    asking = person(tx, by.require_person())
    if not asking.email_verified:
        tx.enqueue(MAIL_LINK, MailLink(asking.id, "verify"), key=f"verify:{asking.id}")
