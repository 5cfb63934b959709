"""What may still happen to an order: cancel and another address until it is packed, pack, refund."""

import hmac
from datetime import datetime

from shopcast import accounts, catalog
from shopcast.kernel.actions import Command, ReadConnection, Tx
from shopcast.kernel.errors import NotFound
from shopcast.kernel.ids import digest
from shopcast.kernel.money import Money
from shopcast.kernel.principal import Principal
from shopcast.sales.checkout.address import PostalAddress, clean_address
from shopcast.sales.errors import AddressChangesPrice, NothingToRefund, TooLateToChange
from shopcast.sales.fulfilment.cancel_units import cancel_units
from shopcast.sales.fulfilment.repository import progress_of
from shopcast.sales.orders import repository
from shopcast.sales.orders.model import OrderState, may_change
from shopcast.sales.orders.repository import Order
from shopcast.sales.policies.repository import policy_of
from shopcast.sales.quotes.model import PricedLine
from shopcast.sales.quotes.queries import totals_for
from shopcast.sales.refunds.give_back import books_of, give_back
from shopcast.sales.refunds.parts_asked import RefundUnits, parts_asked
from shopcast.sales.returns.model import Cause

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
    """Units of `lines` that the seller pays back without waiting for them, or an `amount_minor` in the order's
    currency (of one line with `line_id`), or all that is left. `refund_shipping` None leaves it to the rules."""

    organisation_id: str
    order_id: str
    lines: tuple[RefundUnits, ...] | None = None
    amount_minor: int | None = None
    line_id: str | None = None
    refund_shipping: bool | None = None
    cause: Cause | None = None


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
    """With nothing named, all that is left: not packed yet, the order is cancelled with it, and its stock can be bought
    again."""
    order = sellers_order(tx, command.organisation_id, command.order_id, by, "owner", "manager")
    asks_all = command.lines is None and command.amount_minor is None
    if asks_all and may_change(order.state, order.packed_at) and command.refund_shipping is None:
        _cancel(tx, order, by, True, now)
        return
    if order.state not in (OrderState.PAID, OrderState.CANCELLED):
        raise NothingToRefund()
    books = books_of(tx, order)
    parts = parts_asked(tx, order.id, books, command)
    if parts.amount == 0 and not any(part.units for part in parts.lines):
        raise NothingToRefund()
    cause = None if command.cause is None else command.cause.value
    given = give_back(tx, order, books, parts, "seller", by.key, now, cause)
    tx.audit(by, "sales.refund_order", order.id, _told(order, amount_minor=given.amount.amount_minor))


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
    # The order must be unpacked at this very statement: one that is being packed right now stays.
    if not repository.cancel(tx, order.id, by.key, now):
        raise TooLateToChange()
    progress = progress_of(tx, order.id)
    units = {line.line_id: line.to_ship for line in progress.values() if line.to_ship}
    if not units:
        raise TooLateToChange()
    cancel_units(tx, order, units, by, "cancelled_by_seller" if by_seller else "cancelled_by_buyer", now, by_seller)


def _told(order: Order, **details: object) -> dict[str, object]:
    """The seller finds it in their trail by the organisation."""
    return {"organisation_id": order.organisation_id, **details}


def _total_at(conn: ReadConnection, order: Order, address: PostalAddress) -> Money | None:
    found = repository.lines_of(conn, order.id)
    variants = catalog.variants_by_id(conn, {line.variant_id for line in found})
    lines = [
        PricedLine(
            show_id=line.show_id,
            price_minor=line.price_shown.amount_minor,
            quantity=line.quantity,
            discount_minor=line.discount.amount_minor,
            weight_grams=variants[line.variant_id].weight_grams if line.variant_id in variants else 0,
            gift=line.gift,
        )
        for line in found
    ]
    if address.country == order.address.country and address.region == order.address.region:
        return order.total
    policy = policy_of(conn, order.organisation_id)
    off_minor = order.totals.shipping_discount.amount_minor
    taxed = totals_for(lines, order.total.currency, policy, address.country, address.region, off_minor)
    if taxed is None or taxed.totals.tax != order.totals.tax:
        return None
    return taxed.totals.total
