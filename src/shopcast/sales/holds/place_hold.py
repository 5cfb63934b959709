"""Tap one: set stock aside and freeze the price. The hottest verb there is; a batch of one is the single case."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from shopcast import catalog, shows
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import InvalidInput, NotFound, ShopcastError, Unauthenticated
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import Principal
from shopcast.sales.errors import NotForSale, PriceChanged, TooManyHolds
from shopcast.sales.events import HoldPlaced
from shopcast.sales.holds import repository
from shopcast.sales.holds.model import (
    HOLD_LIFETIME,
    OPEN_HOLDS_PER_BUYER_LIMIT,
    QUANTITY_LIMIT,
    HoldState,
    HoldView,
    ShowSpan,
    Source,
    plausible_media_at,
    plausible_opened_at,
)
from shopcast.sales.holds.repository import Hold

EXPIRE_JOB = "sales.expire_holds"


class PlaceHold(Command, frozen=True, kw_only=True):
    """`price_seen_minor` is what the buyer's page showed; a different price now is told instead of held."""

    show_id: str | None
    item_id: str | None
    variant_id: str
    quantity: int
    source: Source
    media_at: datetime | None = None
    opened_at: datetime | None = None
    price_seen_minor: int | None = None


class ExpireDue(msgspec.Struct, frozen=True):
    """Payload of the job that runs when the holds of one second end."""

    second: int


def place_hold(tx: Tx, command: PlaceHold, by: Principal, now: datetime) -> HoldView:
    """Raises SoldOut, PriceChanged, NotForSale, TooManyHolds."""
    outcome = place_holds(tx, [(command, by)], now)[0]
    if isinstance(outcome, ShopcastError):
        raise outcome
    return outcome


def place_holds(
    tx: Tx, commands: Sequence[tuple[PlaceHold, Principal]], now: datetime
) -> list[HoldView | ShopcastError]:
    """One outcome per command, in order. A refused one has changed nothing: its only writes are the conditional
    statement on one variant's stock, which did not match, or nothing at all."""
    batch = _Batch(tx, now)
    outcomes: list[HoldView | ShopcastError] = []
    for command, by in commands:
        try:
            outcomes.append(_place(batch, command, by))
        except ShopcastError as refusal:
            outcomes.append(refusal)
    batch.finish()
    return outcomes


@dataclass(slots=True)
class _Batch:
    """What the holds of one batch share: things read once, and news told once."""

    tx: Tx
    now: datetime
    items: dict[str, shows.ShelfItem] = field(default_factory=dict)
    variants: dict[str, catalog.Variant] = field(default_factory=dict)
    open_counts: dict[str, int] = field(default_factory=dict)
    touched: dict[str, set[str]] = field(default_factory=dict)
    seconds: set[int] = field(default_factory=set)

    def item(self, item_id: str) -> shows.ShelfItem:
        if item_id not in self.items:
            self.items[item_id] = shows.shelf_item(self.tx, item_id)
        return self.items[item_id]

    def variant(self, variant_id: str) -> catalog.Variant:
        if variant_id not in self.variants:
            self.variants[variant_id] = catalog.variant(self.tx, variant_id)
        return self.variants[variant_id]

    def open_count(self, buyer_key: str) -> int:
        if buyer_key not in self.open_counts:
            self.open_counts[buyer_key] = repository.open_count(self.tx, buyer_key)
        return self.open_counts[buyer_key]

    def finish(self) -> None:
        for show_id, product_ids in sorted(self.touched.items()):
            shows.stock_changed(self.tx, show_id, product_ids, self.now)
        # One job per second in which holds end, not one per hold.
        for second in sorted(self.seconds):
            run_at = datetime.fromtimestamp(second, tz=self.now.tzinfo)
            self.tx.enqueue(EXPIRE_JOB, ExpireDue(second=second), run_at=run_at, key=str(second))


def _place(batch: _Batch, command: PlaceHold, by: Principal) -> HoldView:
    _check_form(command, by)
    item = None if command.item_id is None else batch.item(command.item_id)
    if item is not None and item.private:
        # Raises NotFound for whoever doesn't work on the show, as its page does.
        shows.visible_show(batch.tx, by, item.show_id)
    variant = batch.variant(command.variant_id)
    _check_offer(command, item, variant)
    if batch.open_count(by.key) >= OPEN_HOLDS_PER_BUYER_LIMIT:
        raise TooManyHolds(limit=OPEN_HOLDS_PER_BUYER_LIMIT)
    # The last thing that may refuse, and the first that writes.
    catalog.hold_stock(batch.tx, {variant.id: command.quantity})
    hold = _new_hold(command, by, item, variant, batch.now)
    repository.insert(batch.tx, hold)
    batch.tx.record(_placed(hold))
    batch.open_counts[by.key] += 1
    if hold.show_id is not None:
        batch.touched.setdefault(hold.show_id, set()).add(hold.product_id)
    batch.seconds.add(_second_after(hold.expires_at))
    return repository.view_of(hold)


def _check_form(command: PlaceHold, by: Principal) -> None:
    if by.person_id is None and by.guest_id is None:
        raise Unauthenticated()
    if not 1 <= command.quantity <= QUANTITY_LIMIT:
        raise InvalidInput("quantity", "it is out of range")
    if (command.item_id is None) != (command.show_id is None):
        raise InvalidInput("item_id", "it has the wrong form")


def _check_offer(command: PlaceHold, item: shows.ShelfItem | None, variant: catalog.Variant) -> None:
    if item is not None:
        if item.show_id != command.show_id or item.product_id != variant.product_id:
            raise NotFound("item")
        if item.hidden or not item.for_sale:
            raise NotForSale()
    if variant.product_status != "active":
        raise NotForSale()
    if command.price_seen_minor is not None and command.price_seen_minor != variant.price_minor:
        raise PriceChanged(price_minor=variant.price_minor, currency=variant.currency)


def _new_hold(
    command: PlaceHold, by: Principal, item: shows.ShelfItem | None, variant: catalog.Variant, now: datetime
) -> Hold:
    span = None if item is None else ShowSpan(item.started_at, item.ended_at)
    return Hold(
        id=new_id("hld"),
        buyer_key=by.key,
        organisation_id=variant.organisation_id,
        show_id=command.show_id,
        item_id=command.item_id,
        item_number=None if item is None else item.number,
        product_id=variant.product_id,
        variant_id=variant.id,
        quantity=command.quantity,
        price_minor=variant.price_minor,
        list_price_minor=variant.price_minor,
        currency=variant.currency,
        title=variant.product_title,
        variant_title=variant.title,
        claim="" if item is None else item.claim,
        state=HoldState.HELD,
        placed_at=now,
        expires_at=now + HOLD_LIFETIME,
        source=command.source,
        media_at=plausible_media_at(command.media_at, span, now),
        opened_at=plausible_opened_at(command.opened_at, now),
        checkout_id=None,
    )


def _placed(hold: Hold) -> HoldPlaced:
    return HoldPlaced(
        hold_id=hold.id,
        buyer_key=hold.buyer_key,
        organisation_id=hold.organisation_id,
        show_id=hold.show_id,
        item_id=hold.item_id,
        variant_id=hold.variant_id,
        quantity=hold.quantity,
        price=hold.price,
        source=hold.source.value,
        opened_at=hold.opened_at,
        at=hold.placed_at,
    )


def _second_after(at: datetime) -> int:
    return int((at + timedelta(seconds=1)).timestamp())
