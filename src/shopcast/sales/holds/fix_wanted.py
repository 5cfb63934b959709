"""First paid, first served: what lay in the cart without stock gets its stock and its price when payment starts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from shopcast.kernel.actions import Tx
from shopcast.sales.drops.model import Drop
from shopcast.sales.errors import HoldOver, NotForSale, PriceChanged
from shopcast.sales.holds import repository
from shopcast.sales.holds.model import HoldState
from shopcast.sales.holds.place_hold import Batch, told_placed
from shopcast.sales.holds.repository import Hold
from shopcast.sales.holds.reserve import Wish, reserve


def fix_wanted(tx: Tx, holds: Sequence[Hold], now: datetime, price_agreed: bool = False) -> list[Hold]:
    """All of them as they are afterwards, in their order; those held already stay as they were. All or nothing: raises
    SoldOut, PriceChanged, LimitReached, DropSoldOut, NotForSale, HoldOver, and then nothing may be committed.

    A price above the one the buyer saw is told instead of fixed, unless they agreed to a total (which the caller
    checks); a lower one (a drop meanwhile) is theirs.
    """
    batch = Batch(tx, now)
    fixed = {hold.id: _priced(batch, hold, price_agreed, now) for hold in holds if hold.state is HoldState.WANTED}
    wishes = {
        id: Wish(hold.buyer_key, hold.variant_id, hold.quantity, hold.show_id, _drop(batch, hold, now))
        for id, hold in fixed.items()
    }
    reserve(tx, list(wishes.values()))
    for wish in wishes.values():
        if wish.refusal is not None:
            raise wish.refusal
    for id, wish in wishes.items():
        held = replace(fixed[id], allocation_taken=wish.aside, drop_id=None if wish.drop is None else wish.drop.id)
        if not repository.fix(tx, held):
            raise HoldOver(title=held.title)
        fixed[id] = held
        tx.record(told_placed(replace(held, placed_at=now)))
        batch.note(held)
    batch.finish()
    return [fixed.get(hold.id, hold) for hold in holds]


def _priced(batch: Batch, hold: Hold, price_agreed: bool, now: datetime) -> Hold:
    variant = batch.variant(hold.variant_id)
    item = None if hold.item_id is None else batch.item(hold.item_id)
    if variant.product_status != "active" or (item is not None and (item.hidden or not item.for_sale)):
        raise NotForSale()
    drop = batch.drop(item, variant, now)
    price_minor = variant.price_minor if drop is None else drop.price_minor
    if (price_minor > hold.price_minor and not price_agreed) or variant.currency != hold.currency:
        raise PriceChanged(price_minor=price_minor, currency=variant.currency)
    return replace(
        hold,
        state=HoldState.HELD,
        price_minor=price_minor,
        list_price_minor=variant.price_minor,
        expires_at=now + timedelta(minutes=batch.policy(hold.organisation_id).hold_minutes),
    )


def _drop(batch: Batch, hold: Hold, now: datetime) -> Drop | None:
    item = None if hold.item_id is None else batch.item(hold.item_id)
    return batch.drop(item, batch.variant(hold.variant_id), now)
