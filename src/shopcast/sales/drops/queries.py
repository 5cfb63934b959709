"""Reads drops: for the room, for the host, and what a hold would cost at this instant."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from shopcast import catalog, shows
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.money import Money
from shopcast.kernel.principal import Principal
from shopcast.sales.drops import repository
from shopcast.sales.drops.model import Drop, DropState, covers, state_at
from shopcast.sales.drops.publish import pieces_left


class DropView(msgspec.Struct, frozen=True, kw_only=True):
    """`left` is the real number: what can be had at this price now."""

    id: str
    show_id: str
    item_id: str
    variant_id: str | None
    state: DropState
    price: Money
    was_price: Money | None
    quantity: int
    left: int
    per_customer: int | None
    countdown_s: int
    duration_s: int
    starts_at: datetime | None
    opens_at: datetime | None
    ends_at: datetime | None


def drops_for(conn: ReadConnection, by: Principal, show_id: str, now: datetime) -> list[DropView]:
    """Newest first. What is only planned, or was never shown, is for the people of the show and the seller's."""
    show, held = shows.visible_show(conn, by, show_id)
    mine = {organisation_id for organisation_id, _ in by.organisation_roles}
    return [
        view_of(conn, drop, now)
        for drop in repository.drops_of_show(conn, show.id)
        if "staff" in held or drop.organisation_id in mine or state_at(drop, now) is not DropState.PLANNED
    ]


def drop_view(conn: ReadConnection, drop_id: str, now: datetime) -> DropView:
    return view_of(conn, repository.drop(conn, drop_id), now)


def view_of(conn: ReadConnection, drop: Drop, now: datetime) -> DropView:
    was = drop.was_price_minor
    return DropView(
        id=drop.id,
        show_id=drop.show_id,
        item_id=drop.item_id,
        variant_id=drop.variant_id,
        state=state_at(drop, now),
        price=drop.price,
        was_price=None if was is None else Money(was, drop.currency),
        quantity=drop.quantity,
        left=pieces_left(conn, drop),
        per_customer=drop.per_customer,
        countdown_s=drop.countdown_s,
        duration_s=drop.duration_s,
        starts_at=drop.opens_at if drop.scheduled else None,
        opens_at=drop.opens_at,
        ends_at=drop.ended_at if drop.state == "ended" else drop.ends_at,
    )


def price_now(conn: ReadConnection, show_id: str | None, variant_id: str, now: datetime) -> Money:
    """What a hold placed at this instant costs a unit, a running drop's price included. Raises NotFound."""
    variant = catalog.variant(conn, variant_id)
    drops = [] if show_id is None else repository.pricing_drops(conn, show_id, [variant.product_id], now)
    drop = drop_for(drops, variant, now)
    return drop.price if drop is not None else Money(variant.price_minor, variant.currency)


def drop_for(drops: Sequence[Drop], variant: catalog.Variant, at: datetime) -> Drop | None:
    """The drop whose price counts for this variant at this instant, if it is below the usual one."""
    for drop in drops:
        if (
            covers(drop, variant.product_id, variant.id)
            and drop.currency == variant.currency
            and drop.price_minor < variant.price_minor
            and state_at(drop, at) is DropState.RUNNING
        ):
            return drop
    return None
