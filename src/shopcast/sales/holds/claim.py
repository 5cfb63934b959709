"""What a payment bought is sold: all its holds or none, taking stock again for those that ended meanwhile."""

from collections.abc import Sequence
from datetime import datetime

from shopcast import catalog
from shopcast.kernel.actions import Tx
from shopcast.sales.drops import limits
from shopcast.sales.drops import repository as drops
from shopcast.sales.holds import repository
from shopcast.sales.holds.model import HoldState
from shopcast.sales.holds.release import tell_stock
from shopcast.sales.holds.repository import Hold
from shopcast.sales.holds.reserve import Wish, reserve


def claim_holds(tx: Tx, held: list[Hold], now: datetime) -> bool:
    """All or nothing. Holds that ended while the buyer was paying are taken again by the same conditional statements,
    pieces and limits of their drop included; when one can't be, what is still held goes back to the buyer, who may pay
    for it on its own."""
    over = [hold for hold in held if hold.state is not HoldState.HELD]
    wishes = _hold_again(tx, over, now)
    if wishes is None:
        repository.attach(tx, [hold.id for hold in held if hold not in over], None)
        return False
    for hold in held:
        again = wishes.get(hold.id)
        claimed = (
            repository.end(tx, hold.id, HoldState.CLAIMED, now)
            if again is None
            else repository.claim_again(tx, hold.id, again.aside, now)
        )
        if not claimed:
            raise RuntimeError(f"hold {hold.id} changed within its own transaction")
    catalog.claim_stock(tx, repository.demand(held))
    tell_stock(tx, over, now)
    return True


def claim_held(tx: Tx, held: Sequence[Hold], now: datetime) -> None:
    """Of many payments at once, all of them still held."""
    if repository.claim_each(tx, [hold.id for hold in held], now) != len(held):
        raise RuntimeError("a hold changed within its own transaction")
    catalog.claim_stock(tx, repository.demand(held))


def _hold_again(tx: Tx, over: Sequence[Hold], now: datetime) -> dict[str, Wish] | None:
    """None when they can't all be had. Not by rolling back: the refund that follows must be stored."""
    wishes: dict[str, Wish] = {}
    for hold in over:
        drop = None if hold.drop_id is None else drops.drop(tx, hold.drop_id)
        wish = Wish(hold.buyer_key, hold.variant_id, hold.quantity, hold.show_id, drop)
        # One after the other, so that two of one buyer see each other's part of the limits.
        if not reserve(tx, [wish]):
            _put_back(tx, over, wishes, now)
            return None
        wishes[hold.id] = wish
    return wishes


def _put_back(tx: Tx, over: Sequence[Hold], wishes: dict[str, Wish], now: datetime) -> None:
    again = [hold for hold in over if hold.id in wishes]
    if not again:
        return
    asides: dict[tuple[str, str], int] = {}
    for hold in again:
        if hold.show_id is not None:
            key = (hold.show_id, hold.variant_id)
            asides[key] = asides.get(key, 0) + wishes[hold.id].aside
    catalog.release_stock(tx, repository.demand(again), asides)
    limits.give_back(tx, again, now)
