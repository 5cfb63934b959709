"""Giving holds back: by their buyer, and by time. Stock returns exactly once, whoever comes first."""

from collections.abc import Sequence
from datetime import datetime

from shopcast import catalog, shows
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Forbidden, NotFound
from shopcast.kernel.jobs import JobContext
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.sales.checkout import repository as checkouts
from shopcast.sales.checkout.close import close_without_holds
from shopcast.sales.drops import limits
from shopcast.sales.errors import HoldInPayment
from shopcast.sales.events import HoldReleased
from shopcast.sales.holds import repository
from shopcast.sales.holds.model import HoldState, HoldView
from shopcast.sales.holds.place_hold import ExpireDue
from shopcast.sales.holds.repository import Hold

# An ending costs the writer 0.15 ms (mostly the frame to its buyer); sixty leave half of its 20 ms to others.
EXPIRE_AT_ONCE = 60
# A flash sale of 20,000 unpaid holds ends within one run; what is left is found by the next.
EXPIRE_ROUNDS_LIMIT = 500


class ReleaseHold(Command, frozen=True, kw_only=True):
    hold_id: str


class ExpireHolds(Command, frozen=True, kw_only=True):
    """Ends the oldest that are due; tells how many."""


def release_hold(tx: Tx, command: ReleaseHold, by: Principal, now: datetime) -> HoldView:
    """Releasing what is over already changes nothing and is no error: the wish is fulfilled."""
    hold = repository.hold_of(tx, command.hold_id, by.key)
    if hold is None:
        raise NotFound("hold")
    if hold.checkout_id is not None and checkouts.in_payment(tx, hold.checkout_id):
        raise HoldInPayment()
    end_holds(tx, [hold], HoldState.RELEASED, now)
    return repository.view_of(repository.holds(tx, [hold.id])[0])


def expire_holds(tx: Tx, command: ExpireHolds, by: Principal, now: datetime) -> int:
    if not by.system:
        raise Forbidden()
    due = repository.holds(tx, repository.due_ids(tx, now, EXPIRE_AT_ONCE))
    frames: dict[str, list[tuple[str, dict[str, object]]]] = {}
    for hold in end_holds(tx, due, HoldState.EXPIRED, now):
        if hold.show_id is not None:
            body: dict[str, object] = {"hold_id": hold.id, "item_id": hold.item_id, "title": hold.title}
            frames.setdefault(hold.show_id, []).append((hold.buyer_key, body))
    for show_id, told in sorted(frames.items()):
        shows.tell_buyers(tx, show_id, "hold.expired", told, now)
    return len(due)


def end_holds(tx: Tx, holds: Sequence[Hold], state: HoldState, now: datetime) -> list[Hold]:
    """Those that this call ended; their stock is free again, and told so."""
    # What the rows say, not what was read before: another connection may have ended some meanwhile.
    ended_ids = repository.end_each(tx, [hold.id for hold in holds], state, now)
    ended = [hold for hold in holds if hold.id in ended_ids]
    if not ended:
        return []
    # What was only wanted had no stock.
    freed = [hold for hold in ended if hold.state is not HoldState.WANTED]
    if freed:
        catalog.release_stock(tx, repository.demand(freed), repository.asides(freed))
        limits.give_back(tx, freed, now)
    for hold in freed:
        tx.record(_released(hold, state, now))
    close_without_holds(tx, {hold.checkout_id for hold in ended if hold.checkout_id is not None}, now)
    tell_stock(tx, freed, now)
    return ended


def tell_stock(tx: Tx, holds: Sequence[Hold], now: datetime) -> None:
    """Once per show, however many of its products moved."""
    touched: dict[str, set[str]] = {}
    for hold in holds:
        if hold.show_id is not None:
            touched.setdefault(hold.show_id, set()).add(hold.product_id)
    for show_id, product_ids in sorted(touched.items()):
        shows.stock_changed(tx, show_id, product_ids, now)


async def expire_due_holds(context: JobContext, payload: ExpireDue) -> None:
    await sweep_holds(context)


async def sweep_holds(context: JobContext) -> None:
    for _ in range(EXPIRE_ROUNDS_LIMIT):
        if await context.actions.run(ExpireHolds(), SYSTEM) < EXPIRE_AT_ONCE:
            return


def _released(hold: Hold, state: HoldState, now: datetime) -> HoldReleased:
    return HoldReleased(
        hold_id=hold.id,
        buyer_key=hold.buyer_key,
        organisation_id=hold.organisation_id,
        show_id=hold.show_id,
        item_id=hold.item_id,
        variant_id=hold.variant_id,
        quantity=hold.quantity,
        expired=state is HoldState.EXPIRED,
        at=now,
    )
