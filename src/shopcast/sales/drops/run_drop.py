"""What the host does with a drop on air: start it in one tap, lower it, end it."""

from datetime import datetime, timedelta

from shopcast import catalog, shows
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.principal import Principal
from shopcast.sales.drops import repository
from shopcast.sales.drops.errors import DropNeedsShow, DropOverlaps, DropWrongState, OnlyLower
from shopcast.sales.drops.model import Drop, DropState, state_at
from shopcast.sales.drops.plan_drop import check_lower, check_stock, covered_variants
from shopcast.sales.drops.publish import end_drop as end
from shopcast.sales.drops.publish import say_drop, schedule, was_price


class StartDrop(Command, frozen=True, kw_only=True):
    """The countdown begins now. A drop that was to start by itself later starts now instead."""

    drop_id: str


class LowerDrop(Command, frozen=True, kw_only=True):
    """`quantity` counts the pieces taken too; those stay taken."""

    drop_id: str
    quantity: int


class EndDrop(Command, frozen=True, kw_only=True):
    drop_id: str


def start_drop(tx: Tx, command: StartDrop, by: Principal, now: datetime) -> Drop:
    drop = repository.drop(tx, command.drop_id)
    show = shows.require_right(tx, by, drop.show_id, "run")
    if not show.is_on_air:
        raise DropNeedsShow()
    state = state_at(drop, now)
    if state is not DropState.PLANNED:
        raise DropWrongState(state=state.value)
    covered = covered_variants(tx, drop.product_id, drop.variant_id)
    check_lower(drop.price_minor, covered)
    check_stock(tx, drop.show_id, drop.quantity, covered)
    opens_at = now + timedelta(seconds=drop.countdown_s)
    ends_at = opens_at + timedelta(seconds=drop.duration_s)
    if repository.overlapping(tx, drop.product_id, drop.variant_id, opens_at, ends_at, drop.id):
        raise DropOverlaps()
    # Before its own price counts as one of the past.
    catalog.close_price_window(tx, drop.id, now)
    if not repository.start(tx, drop.id, opens_at, ends_at, was_price(tx, drop, opens_at)):
        raise DropWrongState(state=drop.state)
    ids = [variant.id for variant in covered]
    catalog.open_price_window(tx, ids, drop.price_minor, drop.currency, opens_at, ends_at, drop.id)
    return _done(tx, "sales.start_drop", drop, by, now)


def lower_drop(tx: Tx, command: LowerDrop, by: Principal, now: datetime) -> Drop:
    """Raises OnlyLower for more than it has."""
    drop = repository.drop(tx, command.drop_id)
    shows.require_right(tx, by, drop.show_id, "run")
    if command.quantity < 0:
        raise InvalidInput("quantity", "it is out of range")
    if state_at(drop, now) in (DropState.ENDED, DropState.CANCELLED):
        raise DropWrongState(state=state_at(drop, now).value)
    if command.quantity > drop.quantity:
        raise OnlyLower()
    if repository.lower(tx, drop.id, command.quantity):
        lowered = repository.drop(tx, drop.id)
        if lowered.taken >= lowered.quantity and drop.state == "started":
            end(tx, lowered, now, now)
    return _done(tx, "sales.lower_drop", drop, by, now)


def end_drop(tx: Tx, command: EndDrop, by: Principal, now: datetime) -> Drop:
    """Its price stops counting now. Ending what is over already is no error."""
    drop = repository.drop(tx, command.drop_id)
    shows.require_right(tx, by, drop.show_id, "run")
    state = state_at(drop, now)
    if state is DropState.COUNTDOWN:
        catalog.close_price_window(tx, drop.id, now)
        if repository.end(tx, drop.id, "cancelled", now):
            say_drop(tx, repository.drop(tx, drop.id), now)
    elif state is DropState.RUNNING:
        end(tx, drop, now, now)
    elif state is DropState.PLANNED:
        raise DropWrongState(state=state.value)
    return _done(tx, "sales.end_drop", drop, by, now)


def _done(tx: Tx, action: str, before: Drop, by: Principal, now: datetime) -> Drop:
    after = repository.drop(tx, before.id)
    if after.state == "started":
        if before.state == "planned":
            schedule(tx, after)
        say_drop(tx, after, now)
    details = {"organisation_id": after.organisation_id, "show_id": after.show_id, "quantity": after.quantity}
    tx.audit(by, action, after.id, details)
    return after
