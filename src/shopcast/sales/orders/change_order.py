"""What may still happen to an order: cancel and another address until it is packed, pack, refund."""

import hmac
from datetime import datetime

from shopcast import accounts, catalog, shows
from shopcast.kernel.actions import Command, ReadConnection, Tx
from shopcast.kernel.errors import NotFound
from shopcast.kernel.ids import digest
from shopcast.kernel.money import Money
from shopcast.kernel.principal import Principal
from shopcast.sales.checkout.address import PostalAddress, clean_address
from shopcast.sales.errors import AddressChangesPrice, NothingToRefund, TooLateToChange
from shopcast.sales.events import OrderCancelled
from shopcast.sales.orders import repository
from shopcast.sales.orders.model import OrderState, may_change
from shopcast.sales.orders.repository import Order
from shopcast.sales.orders.show_totals import count_lines
from shopcast.sales.payments import repository as payments
from shopcast.sales.payments.refunds import request_refund
from shopcast.sales.policies.repository import policy_of
from shopcast.sales.quotes.model import PricedLine
from shopcast.sales.quotes.queries import totals_for
from shopcast.sales.receipts.notify import MAIL_JOB, MailKind, OrderMail

# Who may see customers' names and addresses: those who pack, answer and account, not everybody on the team.
ORDER_ROLES: tuple[accounts.Role, ...] = ("owner", "manager", "operator", "assistant")
# A link's token is 43 characters; anything much longer is not one, and is not worth hashing.
TOKEN_LIMIT = 100


class CancelOrder(Command, frozen=True, kw_only=True):
    """`token` is the guest link's, when the buyer comes without their cookie."""

    order_id: str
    token: str | None = None


class ChangeOrderAddress(Command, frozen=True, kw_only=True):
    order_id: str
    address: PostalAddress
    token: str | None = None


class RefundOrder(Command, frozen=True, kw_only=True):
    organisation_id: str
    order_id: str


class PackOrder(Command, frozen=True, kw_only=True):
    organisation_id: str
    order_id: str


def cancel_order(tx: Tx, command: CancelOrder, by: Principal, now: datetime) -> None:
    _cancel(tx, buyers_order(tx, command.order_id, by, command.token), by, False, now)


def change_order_address(tx: Tx, command: ChangeOrderAddress, by: Principal, now: datetime) -> None:
    """Only where neither shipping nor tax changes: what was paid stays what it costs."""
    order = buyers_order(tx, command.order_id, by, command.token)
    if not may_change(order.state, order.packed_at):
        raise TooLateToChange()
    address = clean_address(command.address)
    if _total_at(tx, order, address) != order.total:
        raise AddressChangesPrice()
    if not repository.change_address(tx, order, address):
        raise TooLateToChange()
    tx.audit(by, "sales.change_order_address", order.id, _told(order, country=address.country))


def refund_order(tx: Tx, command: RefundOrder, by: Principal, now: datetime) -> None:
    """The whole order. Not packed yet, it is cancelled with it, and its stock can be bought again."""
    order = sellers_order(tx, command.organisation_id, command.order_id, by, "owner", "manager")
    if may_change(order.state, order.packed_at):
        _cancel(tx, order, by, True, now)
        return
    if order.state not in (OrderState.PAID, OrderState.CANCELLED):
        raise NothingToRefund()
    _refund(tx, order, "seller", by, now)
    left_minor = order.total.amount_minor - order.refunded_minor
    tx.audit(by, "sales.refund_order", order.id, _told(order, amount_minor=left_minor))


def pack_order(tx: Tx, command: PackOrder, by: Principal, now: datetime) -> None:
    """From here on the buyer must ask the seller. Packing twice changes nothing."""
    order = sellers_order(tx, command.organisation_id, command.order_id, by, *ORDER_ROLES)
    if order.packed_at is None and not repository.pack(tx, order.id, now):
        raise TooLateToChange()
    tx.audit(by, "sales.pack_order", order.id, _told(order))


def buyers_order(conn: ReadConnection, order_id: str, by: Principal, token: str | None) -> Order:
    """Of the buyer, or of whoever holds the link. For everybody else it does not exist."""
    order = repository.order(conn, order_id)
    if order is None:
        raise NotFound("order")
    by_link = token is not None and len(token) <= TOKEN_LIMIT and hmac.compare_digest(digest(token), order.link_digest)
    is_buyer = order.buyer_key == by.key and by.key in (by.person_id, by.guest_id)
    if not (is_buyer or by_link or by.system):
        raise NotFound("order")
    return order


def sellers_order(
    conn: ReadConnection, organisation_id: str, order_id: str, by: Principal, *roles: accounts.Role
) -> Order:
    accounts.require_role(conn, by, organisation_id, *roles)
    order = repository.order(conn, order_id)
    if order is None or order.organisation_id != organisation_id:
        raise NotFound("order")
    return order


def _cancel(tx: Tx, order: Order, by: Principal, by_seller: bool, now: datetime) -> None:
    if not repository.cancel(tx, order.id, by.key, now):
        raise TooLateToChange()
    lines = repository.lines_of(tx, order.id)
    returned: dict[str, int] = {}
    for line in lines:
        returned[line.variant_id] = returned.get(line.variant_id, 0) + line.quantity
    catalog.return_stock(tx, returned)
    _refund(tx, order, "cancelled_by_seller" if by_seller else "cancelled_by_buyer", by, now)
    tx.record(
        OrderCancelled(
            order_id=order.id,
            number=order.number,
            organisation_id=order.organisation_id,
            buyer_key=order.buyer_key,
            by_seller=by_seller,
            total=order.total,
            lines=repository.lines_told(lines),
            at=now,
        )
    )
    count_lines(tx, lines, -1, now)
    for show_id in sorted({line.show_id for line in lines if line.show_id is not None}):
        shows.stock_changed(tx, show_id, {line.product_id for line in lines if line.show_id == show_id}, now)
    tx.audit(by, "sales.cancel_order", order.id, _told(order, by_seller=by_seller))
    tx.enqueue(MAIL_JOB, OrderMail(order_id=order.id, kind=MailKind.CANCELLED), key=f"{order.id}:cancelled")


def _told(order: Order, **details: object) -> dict[str, object]:
    """The seller finds it in their trail by the organisation."""
    return {"organisation_id": order.organisation_id, **details}


def _refund(tx: Tx, order: Order, reason: str, by: Principal, now: datetime) -> None:
    payment = payments.payment(tx, order.payment_id)
    left = order.total - order.refunded
    if payment is None or left.amount_minor <= 0:
        raise NothingToRefund()
    if request_refund(tx, payment, left, order.id, reason, by.key, now) is None:
        raise NothingToRefund()


def _total_at(conn: ReadConnection, order: Order, address: PostalAddress) -> Money | None:
    lines = [
        PricedLine(show_id=line.show_id, price_minor=line.price_shown.amount_minor, quantity=line.quantity)
        for line in repository.lines_of(conn, order.id)
    ]
    if address.country == order.address.country and address.region == order.address.region:
        return order.total
    policy = policy_of(conn, order.organisation_id)
    taxed = totals_for(lines, order.total.currency, policy, address.country, address.region)
    if taxed is None or taxed.totals.tax != order.totals.tax:
        return None
    return taxed.totals.total
