"""The seller plans a drop, changes it while it is only planned, or takes it back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from msgspec import UNSET, UnsetType

from shopcast import accounts, catalog, shows
from shopcast.kernel.actions import Command, ReadConnection, Tx
from shopcast.kernel.errors import InvalidInput, NotFound
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import Principal
from shopcast.sales.drops import repository
from shopcast.sales.drops.errors import DropNotLower, DropOverlaps, DropsLimit, DropWrongState
from shopcast.sales.drops.model import DROPS_PER_SHOW_LIMIT, PLANNED_AHEAD, Drop, DropState, check_plan, state_at
from shopcast.sales.drops.publish import say_drop, schedule

# Who decides about a seller's prices and stock; whoever hosts their show does not.
SELLER_ROLES: tuple[accounts.Role, ...] = ("owner", "manager")


class PlanDrop(Command, frozen=True, kw_only=True):
    """Without `starts_at` the host starts it. `variant_id` None: every variant of the item, at one price."""

    show_id: str
    item_id: str
    variant_id: str | None = None
    price_minor: int
    quantity: int
    per_customer: int | None = None
    countdown_s: int = 30
    duration_s: int = 300
    starts_at: datetime | None = None


class ChangeDrop(Command, frozen=True, kw_only=True):
    drop_id: str
    price_minor: int | UnsetType = UNSET
    quantity: int | UnsetType = UNSET
    per_customer: int | UnsetType | None = UNSET
    countdown_s: int | UnsetType = UNSET
    duration_s: int | UnsetType = UNSET
    starts_at: datetime | UnsetType | None = UNSET


class CancelDrop(Command, frozen=True, kw_only=True):
    """One that is counting down is called off before the room; one that was only planned leaves no trace."""

    drop_id: str


def plan_drop(tx: Tx, command: PlanDrop, by: Principal, now: datetime) -> Drop:
    show, _ = shows.visible_show(tx, by, command.show_id)
    item = shows.shelf_item(tx, command.item_id)
    if item.show_id != show.id or not item.on_shelf:
        raise NotFound("item")
    product = catalog.product(tx, item.product_id)
    accounts.require_role(tx, by, product.organisation_id, *SELLER_ROLES)
    if repository.count_of_show(tx, show.id) >= DROPS_PER_SHOW_LIMIT:
        raise DropsLimit(limit=DROPS_PER_SHOW_LIMIT)
    covered = covered_variants(tx, item.product_id, command.variant_id)
    planned = Drop(
        id=new_id("drp"),
        show_id=show.id,
        organisation_id=product.organisation_id,
        item_id=item.id,
        product_id=item.product_id,
        variant_id=command.variant_id,
        price_minor=command.price_minor,
        currency=covered[0].currency,
        was_price_minor=None,
        quantity=command.quantity,
        taken=0,
        per_customer=command.per_customer,
        countdown_s=command.countdown_s,
        duration_s=command.duration_s,
        scheduled=command.starts_at is not None,
        state="planned",
        opens_at=None,
        ends_at=None,
        ended_at=None,
        told_open=False,
        said_at=None,
        created_at=now,
        created_by=by.key,
    )
    planned = _checked(tx, planned, covered, command.starts_at, now)
    repository.insert_drop(tx, planned)
    _announce(tx, planned, covered)
    _audit(tx, by, "sales.plan_drop", planned)
    return planned


def change_drop(tx: Tx, command: ChangeDrop, by: Principal, now: datetime) -> Drop:
    before = _planned(tx, command.drop_id, by)
    covered = covered_variants(tx, before.product_id, before.variant_id)
    names = ("price_minor", "quantity", "per_customer", "countdown_s", "duration_s")
    given = {name: value for name in names if (value := getattr(command, name)) is not UNSET}
    starts_at = before.opens_at if isinstance(command.starts_at, UnsetType) else command.starts_at
    changed = replace(before, **given, scheduled=starts_at is not None, opens_at=None, ends_at=None)
    changed = _checked(tx, changed, covered, starts_at, now)
    catalog.close_price_window(tx, before.id, now)
    kept = ("scheduled", "opens_at", "ends_at", *names)
    repository.set_drop(tx, before.id, **{name: getattr(changed, name) for name in kept})
    _announce(tx, changed, covered)
    _audit(tx, by, "sales.change_drop", changed)
    return changed


def cancel_drop(tx: Tx, command: CancelDrop, by: Principal, now: datetime) -> None:
    drop = repository.drop(tx, command.drop_id)
    _require_seller(tx, by, drop)
    state = state_at(drop, now)
    if state not in (DropState.PLANNED, DropState.COUNTDOWN):
        raise DropWrongState(state=state.value)
    catalog.close_price_window(tx, drop.id, now)
    if state is DropState.PLANNED and drop.said_at is None:
        if not repository.delete_planned(tx, drop.id):
            raise DropWrongState(state=state.value)
    elif repository.end(tx, drop.id, "cancelled", now):
        say_drop(tx, repository.drop(tx, drop.id), now)
    _audit(tx, by, "sales.cancel_drop", drop)


def covered_variants(conn: ReadConnection, product_id: str, variant_id: str | None) -> Sequence[catalog.Variant]:
    """Those a drop is about. Raises NotFound."""
    variants = catalog.variants_of(conn, [product_id])[product_id]
    found = [variant for variant in variants if variant_id in (None, variant.id)]
    if not found:
        raise NotFound("variant")
    return found


def check_lower(drop_price_minor: int, covered: Sequence[catalog.Variant]) -> None:
    """Raises DropNotLower."""
    if len({variant.currency for variant in covered}) != 1:
        raise InvalidInput("variant_id", "it has the wrong form")
    if any(variant.price_minor <= drop_price_minor for variant in covered):
        raise DropNotLower()


def check_stock(conn: ReadConnection, show_id: str, quantity: int, covered: Sequence[catalog.Variant]) -> None:
    """A drop promises no more than there is. Raises SoldOut."""
    lefts = {variant.id: catalog.left_for(conn, variant.id, show_id) for variant in covered}
    if sum(lefts.values()) < quantity:
        raise catalog.SoldOut(covered[0].id, sum(lefts.values()))


def _checked(
    tx: Tx, planned: Drop, covered: Sequence[catalog.Variant], starts_at: datetime | None, now: datetime
) -> Drop:
    check_plan(planned.price_minor, planned.quantity, planned.per_customer, planned.countdown_s, planned.duration_s)
    check_lower(planned.price_minor, covered)
    check_stock(tx, planned.show_id, planned.quantity, covered)
    if starts_at is None:
        return planned
    if not now + timedelta(seconds=planned.countdown_s) <= starts_at <= now + PLANNED_AHEAD:
        raise InvalidInput("starts_at", "it is out of range")
    ends_at = starts_at + timedelta(seconds=planned.duration_s)
    if repository.overlapping(tx, planned.product_id, planned.variant_id, starts_at, ends_at, planned.id):
        raise DropOverlaps()
    return replace(planned, opens_at=starts_at, ends_at=ends_at)


def _announce(tx: Tx, planned: Drop, covered: Sequence[catalog.Variant]) -> None:
    """What begins by itself is known to the price history and to the jobs from now on."""
    if planned.opens_at is None or planned.ends_at is None:
        return
    ids = [variant.id for variant in covered]
    catalog.open_price_window(
        tx, ids, planned.price_minor, planned.currency, planned.opens_at, planned.ends_at, planned.id
    )
    schedule(tx, planned)


def _planned(tx: Tx, drop_id: str, by: Principal) -> Drop:
    drop = repository.drop(tx, drop_id)
    _require_seller(tx, by, drop)
    if drop.state != "planned":
        raise DropWrongState(state=drop.state)
    return drop


def _require_seller(tx: Tx, by: Principal, drop: Drop) -> None:
    shows.visible_show(tx, by, drop.show_id)
    accounts.require_role(tx, by, drop.organisation_id, *SELLER_ROLES)


def _audit(tx: Tx, by: Principal, action: str, drop: Drop) -> None:
    details = {
        "organisation_id": drop.organisation_id,
        "show_id": drop.show_id,
        "item_id": drop.item_id,
        "price_minor": drop.price_minor,
        "quantity": drop.quantity,
    }
    tx.audit(by, action, drop.id, details)
