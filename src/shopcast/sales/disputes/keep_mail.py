"""Keeps that a mail about an order was handed to the mail server: what was told, to whom, when."""

from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Forbidden
from shopcast.kernel.principal import Principal
from shopcast.sales.disputes import repository


class KeepMail(Command, frozen=True, kw_only=True):
    order_id: str
    kind: str
    subject_id: str
    sent_to: str


def keep_mail(tx: Tx, command: KeepMail, by: Principal, now: datetime) -> None:
    if not by.system:
        raise Forbidden()
    repository.keep_mail(tx, command.order_id, command.kind, command.subject_id, command.sent_to, now)
