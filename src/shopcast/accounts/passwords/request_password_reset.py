"""Asks for a reset link. Whether the address has an account is not told, and nothing but the mail differs."""

from datetime import datetime

from shopcast.accounts.errors import EmailInvalid
from shopcast.accounts.passwords.mail_link import MAIL_LINK, MailLink
from shopcast.accounts.people.queries import person_by_email
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.principal import Principal


class RequestPasswordReset(Command, frozen=True, kw_only=True):
    email: str
    # False outside demo mode: the addresses of demo accounts belong to nobody.
    demo_accounts_work: bool


def request_password_reset(tx: Tx, command: RequestPasswordReset, by: Principal, now: datetime) -> None:
    try:
        receiver = person_by_email(tx, command.email)
    except EmailInvalid:
        return
    if receiver is None or (receiver.is_demo and not command.demo_accounts_work):
        return
    tx.enqueue(MAIL_LINK, MailLink(receiver.id, "reset"), key=f"reset:{receiver.id}")
    tx.audit(by, "accounts.password_reset_requested", receiver.id, {})
