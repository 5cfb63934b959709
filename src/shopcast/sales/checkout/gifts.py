"""Gifts that come with what is being paid for: real stock, at no price, held with the checkout."""

from collections.abc import Sequence
from datetime import datetime

from shopcast import catalog
from shopcast.kernel.actions import Tx
from shopcast.sales.holds import repository
from shopcast.sales.holds.model import HoldState
from shopcast.sales.holds.place_for import hold_gift
from shopcast.sales.holds.release import end_holds
from shopcast.sales.holds.repository import Hold
from shopcast.sales.pricing.model import GiftLine


def hold_gifts(
    tx: Tx, buyer_key: str, checkout_id: str, gifts: Sequence[GiftLine], held: Sequence[Hold], now: datetime
) -> dict[GiftLine, Hold]:
    """Those that could be had. A gift of a seller nobody buys from here, or in another currency, has no order to go
    into."""
    currencies = {hold.organisation_id: hold.currency for hold in held}
    variants = catalog.variants_by_id(tx, {gift.variant_id for gift in gifts})
    got: dict[GiftLine, Hold] = {}
    for gift in gifts:
        variant = variants.get(gift.variant_id)
        if variant is None or currencies.get(variant.organisation_id) != variant.currency:
            continue
        hold = hold_gift(tx, buyer_key, gift.variant_id, gift.quantity, checkout_id, now)
        if hold is not None:
            got[gift] = hold
    return got


def let_go_of_gifts(tx: Tx, held: Sequence[Hold], now: datetime) -> None:
    """Of an earlier payment of these holds that failed: what is bought now brings its own."""
    earlier = {hold.checkout_id for hold in held if hold.checkout_id is not None}
    gifts = [
        gift
        for checkout_id in sorted(earlier)
        for gift in repository.holds_of_checkout(tx, checkout_id)
        if gift.gift and gift.state is HoldState.HELD
    ]
    end_holds(tx, gifts, HoldState.RELEASED, now)
