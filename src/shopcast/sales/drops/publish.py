"""Tells the room of a drop, at most four times a second, and lets time move it on."""

from collections.abc import Collection
from datetime import datetime, timedelta

import msgspec

from shopcast import catalog, shows
from shopcast.kernel.actions import Command, ReadConnection, Tx
from shopcast.kernel.errors import Forbidden, NotFound
from shopcast.kernel.jobs import JobContext
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.kernel.tables import to_microseconds
from shopcast.sales.drops import repository
from shopcast.sales.drops.model import Drop, DropState, DropTold, state_at
from shopcast.sales.events import DropEnded, DropOpened
from shopcast.shows.events import ShowEnded

# Nobody reads a count faster; a drop would otherwise write an entry for each batch of buyers.
DROP_SAID_EVERY = timedelta(milliseconds=250)
ADVANCE_JOB = "sales.advance_drop"
PUBLISH_JOB = "sales.publish_drop"


class DropDue(msgspec.Struct, frozen=True, kw_only=True):
    drop_id: str


class AdvanceDrop(Command, frozen=True, kw_only=True):
    """Does what time has decided meanwhile: announces, opens, ends."""

    drop_id: str


class PublishDrop(Command, frozen=True, kw_only=True):
    drop_id: str


def schedule(tx: Tx, drop: Drop) -> None:
    """A job at each instant at which time changes it. Late ones delay only the telling: time itself decides."""
    if drop.opens_at is None or drop.ends_at is None:
        return
    for at in (drop.opens_at - timedelta(seconds=drop.countdown_s), drop.opens_at, drop.ends_at):
        # The instant is part of the key: a drop that was put off keeps the jobs of its new time.
        tx.enqueue(ADVANCE_JOB, DropDue(drop_id=drop.id), run_at=at, key=f"{drop.id}:{to_microseconds(at)}")


def advance_drop(tx: Tx, command: AdvanceDrop, by: Principal, now: datetime) -> None:
    if not by.system:
        raise Forbidden()
    try:
        drop = repository.drop(tx, command.drop_id)
    except NotFound:
        # Taken back while it was only planned.
        return
    if drop.state == "planned" and state_at(drop, now) is not DropState.PLANNED:
        drop = _begin(tx, drop, now)
    state = state_at(drop, now)
    if drop.state == "started" and state in (DropState.RUNNING, DropState.ENDED):
        _tell_open(tx, drop, now)
    if drop.state == "started" and state is DropState.ENDED:
        end_drop(tx, drop, drop.ends_at or now, now)


def _begin(tx: Tx, drop: Drop, now: datetime) -> Drop:
    """A planned time has come. Without a show on air the drop waits for the host's tap instead."""
    if drop.opens_at is None or drop.ends_at is None:
        return drop
    if not shows.show(tx, drop.show_id).is_on_air:
        repository.set_drop(tx, drop.id, scheduled=0, opens_at=None, ends_at=None)
        catalog.close_price_window(tx, drop.id, drop.opens_at)
        return repository.drop(tx, drop.id)
    repository.start(tx, drop.id, drop.opens_at, drop.ends_at, was_price(tx, drop, drop.opens_at))
    begun = repository.drop(tx, drop.id)
    say_drop(tx, begun, now)
    return begun


def was_price(conn: ReadConnection, drop: Drop, opens_at: datetime) -> int | None:
    """The lawful "before" price: the lowest of the 30 days before the reduction, if the drop is below it."""
    before = catalog.before_price_at(conn, covered_ids(conn, drop), opens_at)
    found = [money.amount_minor for money in before.values() if money.currency == drop.currency]
    lowest = min(found, default=None)
    return lowest if lowest is not None and lowest > drop.price_minor else None


def covered_ids(conn: ReadConnection, drop: Drop) -> list[str]:
    if drop.variant_id is not None:
        return [drop.variant_id]
    return [variant.id for variant in catalog.variants_of(conn, [drop.product_id])[drop.product_id]]


def _tell_open(tx: Tx, drop: Drop, now: datetime) -> None:
    if _record_open(tx, drop):
        say_drop(tx, drop, now)


def _record_open(tx: Tx, drop: Drop) -> bool:
    """True for the one call that told others of it."""
    if drop.opens_at is None or not repository.mark_open(tx, drop.id):
        return False
    tx.record(
        DropOpened(
            drop_id=drop.id,
            show_id=drop.show_id,
            item_id=drop.item_id,
            variant_ids=tuple(covered_ids(tx, drop)),
            price=drop.price,
            at=drop.opens_at,
        )
    )
    return True


def end_drop(tx: Tx, drop: Drop, at: datetime, now: datetime) -> bool:
    """True for the call that ended it. `at` is when its price stopped counting."""
    if not repository.end(tx, drop.id, "ended", at):
        return False
    catalog.close_price_window(tx, drop.id, at)
    # A late job has not told yet that it ran at all.
    _record_open(tx, drop)
    ended = repository.drop(tx, drop.id)
    say_drop(tx, ended, now)
    tx.record(DropEnded(drop_id=drop.id, show_id=drop.show_id, item_id=drop.item_id, taken=ended.taken, at=at))
    return True


def end_with_show(tx: Tx, event: ShowEnded, now: datetime) -> None:
    """A drop lives on air. What was only planned is called off."""
    for drop in repository.open_of_show(tx, event.show_id):
        if state_at(drop, event.at) is DropState.RUNNING or drop.taken:
            end_drop(tx, drop, min(event.at, drop.ends_at or event.at), now)
        elif repository.end(tx, drop.id, "cancelled", event.at):
            catalog.close_price_window(tx, drop.id, event.at)
            if drop.said_at is not None:
                say_drop(tx, repository.drop(tx, drop.id), now)


def drops_changed(tx: Tx, drop_ids: Collection[str], now: datetime) -> None:
    """Pieces were taken or came back. One without any left is over."""
    for drop_id in sorted(set(drop_ids)):
        drop = repository.drop(tx, drop_id)
        if drop.state != "started":
            continue
        if drop.taken >= drop.quantity:
            end_drop(tx, drop, now, now)
        elif state_at(drop, now) is DropState.ENDED:
            end_drop(tx, drop, drop.ends_at or now, now)
        elif drop.said_at is None or now - drop.said_at >= DROP_SAID_EVERY:
            say_drop(tx, drop, now)
        else:
            # The key names the publication waited for: one that runs right now does not swallow the next.
            key = f"{drop.id}:{to_microseconds(drop.said_at)}"
            tx.enqueue(PUBLISH_JOB, DropDue(drop_id=drop.id), run_at=drop.said_at + DROP_SAID_EVERY, key=key)


def publish_drop(tx: Tx, command: PublishDrop, by: Principal, now: datetime) -> None:
    if not by.system:
        raise Forbidden()
    say_drop(tx, repository.drop(tx, command.drop_id), now)


def say_drop(tx: Tx, drop: Drop, now: datetime) -> None:
    repository.set_drop(tx, drop.id, said_at=now)
    shows.say_drop(tx, drop.show_id, told(tx, drop, now), now)


def told(conn: ReadConnection, drop: Drop, now: datetime) -> DropTold:
    return DropTold(
        drop_id=drop.id,
        item_id=drop.item_id,
        variant_id=drop.variant_id,
        state=state_at(drop, now),
        price=drop.price_minor,
        was_price=drop.was_price_minor,
        quantity=drop.quantity,
        left=pieces_left(conn, drop),
        per_customer=drop.per_customer,
        opens_at_ms=_milliseconds(drop.opens_at),
        ends_at_ms=_milliseconds(drop.ended_at if drop.state == "ended" else drop.ends_at),
    )


def pieces_left(conn: ReadConnection, drop: Drop) -> int:
    """The real number: what the drop still has, and never more than the stock that is there for it."""
    lefts = catalog.left_of_product(conn, drop.product_id, drop.show_id)
    in_stock = sum(lefts.values()) if drop.variant_id is None else lefts.get(drop.variant_id, 0)
    return max(0, min(drop.quantity - drop.taken, in_stock))


async def advance_when_due(context: JobContext, payload: DropDue) -> None:
    await context.actions.run(AdvanceDrop(drop_id=payload.drop_id), SYSTEM)


async def publish_when_due(context: JobContext, payload: DropDue) -> None:
    await context.actions.run(PublishDrop(drop_id=payload.drop_id), SYSTEM)


def _milliseconds(at: datetime | None) -> int | None:
    return None if at is None else to_microseconds(at) // 1000
