"""OrderAgain: one tap sets the same things aside again, at today's price; what is gone is told."""

from datetime import datetime

import msgspec

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import ShopcastError
from shopcast.kernel.money import Money
from shopcast.kernel.principal import Principal
from shopcast.sales.holds.model import HoldView, Source
from shopcast.sales.holds.place_hold import PlaceHold, place_holds
from shopcast.sales.orders import repository
from shopcast.sales.orders.change_order import buyers_order
from shopcast.sales.orders.model import OrderLineView


class OrderAgain(Command, frozen=True, kw_only=True):
    """`token` is the guest link's; the holds belong to whoever taps."""

    order_id: str
    token: str | None = None


class LineAgain(msgspec.Struct, frozen=True, kw_only=True):
    """`hold_id` None: it can't be had now, and `reason` (a code) and `message` say why. `price_before` is set when
    today's price differs from the one paid then."""

    variant_id: str
    title: str
    variant_title: str
    quantity: int
    hold_id: str | None
    price: Money | None
    price_before: Money | None
    reason: str | None
    message: str | None


class OrderedAgain(msgspec.Struct, frozen=True, kw_only=True):
    """Address, e-mail and way to pay are those of last time: a payment needs nothing but the holds."""

    lines: tuple[LineAgain, ...]

    @property
    def hold_ids(self) -> list[str]:
        return [line.hold_id for line in self.lines if line.hold_id is not None]


def order_again(tx: Tx, command: OrderAgain, by: Principal, now: datetime) -> OrderedAgain:
    """Gifts are left out: they come by themselves if there are any today."""
    order = buyers_order(tx, command.order_id, by, command.token)
    lines = [line for line in repository.lines_of(tx, order.id) if not line.gift]
    outcomes = place_holds(tx, [(_wish(line), by) for line in lines], now)
    return OrderedAgain(lines=tuple(_told(line, out, by) for line, out in zip(lines, outcomes, strict=True)))


def _wish(line: OrderLineView) -> PlaceHold:
    # The show may be long over: it is bought from the catalogue, at the catalogue's price.
    return PlaceHold(
        show_id=None, item_id=None, variant_id=line.variant_id, quantity=line.quantity, source=Source.AGAIN
    )


def _told(line: OrderLineView, outcome: HoldView | ShopcastError, by: Principal) -> LineAgain:
    hold = None if isinstance(outcome, ShopcastError) else outcome
    refusal = outcome if isinstance(outcome, ShopcastError) else None
    changed = hold is not None and hold.price != line.price_shown
    return LineAgain(
        variant_id=line.variant_id,
        title=line.title,
        variant_title=line.variant_title,
        quantity=line.quantity,
        hold_id=None if hold is None else hold.id,
        price=None if hold is None else hold.price,
        price_before=line.price_shown if changed else None,
        reason=None if refusal is None else refusal.code,
        message=None if refusal is None else refusal.message(by.language),
    )
