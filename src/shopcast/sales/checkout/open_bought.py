"""Orders out of checkouts whose goods were claimed: one per seller's part, and the mail about each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shopcast.kernel.actions import Tx
from shopcast.kernel.ids import new_id
from shopcast.sales.checkout import repository
from shopcast.sales.checkout.repository import Checkout, Part
from shopcast.sales.holds.repository import Hold
from shopcast.sales.orders.model import OrderState
from shopcast.sales.orders.open_order import Opening, open_orders
from shopcast.sales.payments.repository import StoredPayment
from shopcast.sales.receipts.notify import MAIL_JOB, MailKind, OrderMail


@dataclass(frozen=True, slots=True)
class Bought:
    checkout: Checkout
    parts: Sequence[Part]
    payment: StoredPayment
    held: Sequence[Hold]


def open_bought(tx: Tx, bought: Sequence[Bought], state: OrderState, now: datetime) -> None:
    """`state` is paid, or placed while the money is on its way."""
    openings = [
        Opening(
            order_id=new_id("ord"),
            checkout=one.checkout,
            part=part,
            payment=one.payment,
            held=[hold for hold in one.held if hold.organisation_id == part.organisation_id],
            state=state,
        )
        for one in bought
        for part in one.parts
    ]
    if repository.set_orders(tx, [(opening.part, opening.order_id) for opening in openings]) != len(openings):
        raise RuntimeError("an order was opened twice for one seller's part")
    open_orders(tx, openings, now)
    kind = MailKind.PAID if state is OrderState.PAID else MailKind.PLACED
    for opening in openings:
        mail = OrderMail(order_id=opening.order_id, kind=kind)
        tx.enqueue(MAIL_JOB, mail, key=f"{opening.order_id}:{kind.value}")
