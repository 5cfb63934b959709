"""ResendOrderLink: the seller sends the buyer the order's link again, to the address the order was placed with."""

from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.principal import Principal
from shopcast.sales.orders.change_order import ORDER_ROLES, sellers_order
from shopcast.sales.receipts.notify import MAIL_JOB, MailKind, OrderMail


class ResendOrderLink(Command, frozen=True, kw_only=True):
    organisation_id: str
    order_id: str


def resend_order_link(tx: Tx, command: ResendOrderLink, by: Principal, now: datetime) -> None:
    """Nobody learns the link but the buyer: it goes by mail, never into an answer."""
    order = sellers_order(tx, command.organisation_id, command.order_id, by, *ORDER_ROLES)
    tx.audit(by, "sales.resend_order_link", order.id, {"organisation_id": order.organisation_id})
    # While one waits to be sent, another press adds none.
    tx.enqueue(MAIL_JOB, OrderMail(order_id=order.id, kind=MailKind.LINK), key=f"{order.id}:link")
