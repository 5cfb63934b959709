"""Holds that the system places on behalf of a buyer: comments, standing orders, subscriptions, order again; gifts."""

from datetime import datetime, timedelta
from typing import Literal

from msgspec.structs import replace

from shopcast import catalog
from shopcast.kernel.actions import Tx
from shopcast.kernel.errors import NotFound
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import Principal
from shopcast.sales.holds import repository
from shopcast.sales.holds.model import HOLD_LIFETIME, QUANTITY_LIMIT, HoldState, HoldView, Source
from shopcast.sales.holds.place_hold import Batch, PlaceHold, Terms, place_one, told_placed
from shopcast.sales.holds.repository import Hold
from shopcast.sales.policies.repository import policy_of


def place_for(
    tx: Tx,
    buyer_key: str,
    command: PlaceHold,
    now: datetime,
    source: Source | Literal["chat", "standing", "subscription", "again"],
    lifetime: timedelta | None = None,
    price_minor: int | None = None,
) -> HoldView:
    """As the buyer's own tap would, refusals included; frozen at placing, never extended. `lifetime` and `price_minor`
    are what was agreed with the buyer beforehand (a waitlist's turn, a subscription's price)."""
    asked = replace(command, source=Source(source), received_at=None)
    terms = Terms(price_minor=price_minor, lifetime=lifetime)
    return repository.view_of(place_one(tx, asked, buyer(buyer_key), now, terms))


def buyer(buyer_key: str) -> Principal:
    """Who a row is filed under, as a principal without any rights but a buyer's."""
    if buyer_key.startswith("gst_"):
        return Principal(guest_id=buyer_key)
    return Principal(person_id=buyer_key)


def hold_gift(tx: Tx, buyer_key: str, variant_id: str, quantity: int, checkout_id: str, now: datetime) -> Hold | None:
    """A gift with a purchase: stock like any other, at no price, held with the checkout. None when there is not enough
    left or it is not offered any more: the checkout goes on without it."""
    try:
        variant = catalog.variant(tx, variant_id)
        if variant.product_status != "active" or not 1 <= quantity <= QUANTITY_LIMIT:
            return None
        catalog.hold_stock(tx, {variant_id: quantity})
    except (NotFound, catalog.SoldOut):
        return None
    minutes = policy_of(tx, variant.organisation_id).hold_minutes
    gift = Hold(
        id=new_id("hld"),
        buyer_key=buyer_key,
        organisation_id=variant.organisation_id,
        show_id=None,
        item_id=None,
        item_number=None,
        product_id=variant.product_id,
        variant_id=variant.id,
        quantity=quantity,
        price_minor=0,
        list_price_minor=variant.price_minor,
        currency=variant.currency,
        title=variant.product_title,
        variant_title=variant.title,
        claim="",
        state=HoldState.HELD,
        placed_at=now,
        expires_at=now + max(HOLD_LIFETIME, timedelta(minutes=minutes)),
        source=Source.LIST,
        media_at=None,
        opened_at=None,
        checkout_id=checkout_id,
        gift=True,
    )
    repository.insert(tx, [gift])
    tx.record(told_placed(gift))
    batch = Batch(tx, now)
    batch.note(gift)
    batch.finish()
    return gift
