"""Tap one: set stock aside and freeze the price. The hottest verb there is; a batch of one is the single case."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from shopcast import catalog, shows
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import InvalidInput, NotFound, ShopcastError, Unauthenticated
from shopcast.kernel.ids import new_id
from shopcast.kernel.money import Money
from shopcast.kernel.principal import Principal
from shopcast.sales.drops import repository as drops
from shopcast.sales.drops.model import RECEIVED_AT_MOST_BEFORE, Drop
from shopcast.sales.drops.publish import drops_changed
from shopcast.sales.drops.queries import drop_for
from shopcast.sales.errors import NotForSale, PriceChanged, TooManyHolds
from shopcast.sales.events import HoldPlaced
from shopcast.sales.holds import repository
from shopcast.sales.holds.model import (
    OPEN_HOLDS_PER_BUYER_LIMIT,
    QUANTITY_LIMIT,
    WANTED_LIFETIME,
    HoldState,
    HoldView,
    ShowSpan,
    Source,
    plausible_media_at,
    plausible_opened_at,
)
from shopcast.sales.holds.repository import Hold
from shopcast.sales.holds.reserve import Wish, reserve
from shopcast.sales.policies.model import SellingMode, SellingPolicy
from shopcast.sales.policies.repository import policy_of
from shopcast.sales.restrictions.check import require_unrestricted, restricted_among

EXPIRE_JOB = "sales.expire_holds"
# Payment follows at once, on a mandate: stock is held for it whatever the seller's way of selling is.
_PAID_AT_ONCE = (Source.STANDING, Source.SUBSCRIPTION)


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
    # When the door received it: that instant decides the price, however long the queue behind the door is.
    received_at: datetime | None = None

    def content(self) -> "PlaceHold":
        return replace(self, received_at=None)


class ExpireDue(msgspec.Struct, frozen=True):
    """Payload of the job that runs when the holds of one second end."""

    second: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What the system may agree with a buyer beforehand; a tap has none of it."""

    price_minor: int | None = None
    lifetime: timedelta | None = None


NO_TERMS = Terms()


def place_hold(tx: Tx, command: PlaceHold, by: Principal, now: datetime) -> HoldView:
    """Raises SoldOut, DropSoldOut, LimitReached, PriceChanged, NotForSale, TooManyHolds, Restricted."""
    return repository.view_of(place_one(tx, command, by, now, NO_TERMS))


def place_one(tx: Tx, command: PlaceHold, by: Principal, now: datetime, terms: Terms) -> Hold:
    batch = Batch(tx, now)
    tap = _tap(batch, command, by, terms)
    _settle(batch, [tap])
    batch.finish()
    if tap.refusal is not None:
        raise tap.refusal
    assert tap.hold is not None
    return tap.hold


def place_holds(
    tx: Tx, commands: Sequence[tuple[PlaceHold, Principal]], now: datetime
) -> list[HoldView | ShopcastError]:
    """One outcome per command, in order. A refused one has changed nothing that it has not put back."""
    batch = Batch(tx, now)
    outcomes: list[Tap | ShopcastError] = []
    together: dict[str, Tap] = {}
    for command, by in commands:
        try:
            tap = _tap(batch, command, by, NO_TERMS)
        except ShopcastError as refusal:
            outcomes.append(refusal)
            continue
        outcomes.append(tap)
        if by.key in together:
            # The second of one buyer must see what the first has used up of their limits.
            _settle(batch, list(together.values()))
            together = {}
        together[by.key] = tap
    _settle(batch, list(together.values()))
    batch.finish()
    return [_outcome(one) for one in outcomes]


@dataclass(slots=True)
class Tap:
    """One command on its way: checked, then either held or refused."""

    command: PlaceHold
    by: Principal
    item: shows.ShelfItem | None
    variant: catalog.Variant
    policy: SellingPolicy
    drop: Drop | None
    price_minor: int
    lifetime: timedelta
    wanted: bool
    refusal: ShopcastError | None = None
    hold: Hold | None = None


@dataclass(slots=True)
class Batch:
    """What the holds of one batch share: things read once, and news told once."""

    tx: Tx
    now: datetime
    items: dict[str, shows.ShelfItem] = field(default_factory=dict)
    variants: dict[str, catalog.Variant] = field(default_factory=dict)
    policies: dict[str, SellingPolicy] = field(default_factory=dict)
    drops: dict[tuple[str, str], list[Drop]] = field(default_factory=dict)
    empty: dict[tuple[str, str | None], bool] = field(default_factory=dict)
    touched: dict[str, set[str]] = field(default_factory=dict)
    touched_drops: set[str] = field(default_factory=set)
    seconds: set[int] = field(default_factory=set)

    def item(self, item_id: str) -> shows.ShelfItem:
        if item_id not in self.items:
            self.items[item_id] = shows.shelf_item(self.tx, item_id)
        return self.items[item_id]

    def variant(self, variant_id: str) -> catalog.Variant:
        if variant_id not in self.variants:
            self.variants[variant_id] = catalog.variant(self.tx, variant_id)
        return self.variants[variant_id]

    def policy(self, organisation_id: str) -> SellingPolicy:
        if organisation_id not in self.policies:
            self.policies[organisation_id] = policy_of(self.tx, organisation_id)
        return self.policies[organisation_id]

    def drop(self, item: shows.ShelfItem | None, variant: catalog.Variant, at: datetime) -> Drop | None:
        """The drop whose price counts for what was received at this instant; drops live on air."""
        if item is None or not item.on_air:
            return None
        key = (item.show_id, variant.product_id)
        if key not in self.drops:
            self.drops[key] = drops.pricing_drops(self.tx, item.show_id, [variant.product_id], self.now)
        return drop_for(self.drops[key], variant, at)

    def is_empty(self, variant: catalog.Variant, show_id: str | None) -> bool:
        """Nothing was left of it when this was first asked. Only chooses between two refusals."""
        key = (variant.id, show_id)
        if key not in self.empty:
            self.empty[key] = catalog.left_for(self.tx, variant.id, show_id) == 0
        return self.empty[key]

    def note(self, hold: Hold) -> None:
        if hold.show_id is not None:
            self.touched.setdefault(hold.show_id, set()).add(hold.product_id)
        if hold.drop_id is not None:
            self.touched_drops.add(hold.drop_id)
        self.seconds.add(_second_after(hold.expires_at))

    def finish(self) -> None:
        for show_id, product_ids in sorted(self.touched.items()):
            shows.stock_changed(self.tx, show_id, product_ids, self.now)
        drops_changed(self.tx, self.touched_drops, self.now)
        # One job per second in which holds end, not one per hold.
        for second in sorted(self.seconds):
            run_at = datetime.fromtimestamp(second, tz=self.now.tzinfo)
            self.tx.enqueue(EXPIRE_JOB, ExpireDue(second=second), run_at=run_at, key=str(second))


def _tap(batch: Batch, command: PlaceHold, by: Principal, terms: Terms) -> Tap:
    _check_form(command, by)
    item = None if command.item_id is None else batch.item(command.item_id)
    if item is not None and item.private:
        # Raises NotFound for whoever doesn't work on the show, as its page does.
        shows.visible_show(batch.tx, by, item.show_id)
    variant = batch.variant(command.variant_id)
    _check_offer(command, item, variant)
    drop = batch.drop(item, variant, received_at(command, batch.now)) if terms.price_minor is None else None
    price_minor = drop.price_minor if drop is not None else variant.price_minor
    if command.price_seen_minor is not None and command.price_seen_minor != price_minor:
        # Who saw a drop's price and comes after its last piece wants to know that, not a price of nothing.
        if batch.is_empty(variant, command.show_id):
            raise catalog.SoldOut(variant.id, 0)
        raise PriceChanged(price_minor=price_minor, currency=variant.currency)
    policy = batch.policy(variant.organisation_id)
    wanted = policy.selling_mode is SellingMode.FIRST_PAID and command.source not in _PAID_AT_ONCE
    lifetime = WANTED_LIFETIME if wanted else timedelta(minutes=policy.hold_minutes)
    return Tap(
        command=command,
        by=by,
        item=item,
        variant=variant,
        policy=policy,
        drop=drop,
        price_minor=price_minor if terms.price_minor is None else terms.price_minor,
        lifetime=terms.lifetime or lifetime,
        wanted=wanted,
    )


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


def received_at(command: PlaceHold, now: datetime) -> datetime:
    """The door's own word, kept from being odd: never in the future, never longer ago than an answer is waited for."""
    if command.received_at is None:
        return now
    return max(now - RECEIVED_AT_MOST_BEFORE, min(command.received_at, now))


def _settle(batch: Batch, taps: list[Tap]) -> None:
    """Of different buyers: limits and restrictions in a statement each, then stock, then all rows at once."""
    _refuse_restricted(batch, taps)
    _refuse_hoarders(batch, taps)
    wishes: list[tuple[Tap, Wish]] = []
    for tap in taps:
        if tap.refusal is None and not tap.wanted:
            wish = Wish(tap.by.key, tap.variant.id, tap.command.quantity, tap.command.show_id, tap.drop)
            wishes.append((tap, wish))
    reserve(batch.tx, [wish for _, wish in wishes])
    asides: dict[int, int] = {}
    for tap, wish in wishes:
        tap.refusal = wish.refusal
        asides[id(tap)] = wish.aside
    placed: list[Hold] = []
    for tap in taps:
        if tap.refusal is None:
            tap.hold = _new_hold(tap, asides.get(id(tap), 0), batch.now)
            placed.append(tap.hold)
            batch.note(tap.hold)
    repository.insert(batch.tx, placed)
    for hold in placed:
        if hold.state is HoldState.HELD:
            batch.tx.record(told_placed(hold))


def _refuse_restricted(batch: Batch, taps: Sequence[Tap]) -> None:
    by_seller: dict[str, list[Tap]] = {}
    for tap in taps:
        by_seller.setdefault(tap.variant.organisation_id, []).append(tap)
    for organisation_id, of_seller in by_seller.items():
        restricted = restricted_among(batch.tx, [tap.by.key for tap in of_seller], organisation_id)
        for tap in of_seller:
            if tap.by.key in restricted:
                try:
                    require_unrestricted(batch.tx, tap.by.key, organisation_id, "hold")
                except ShopcastError as refusal:
                    tap.refusal = refusal


def _refuse_hoarders(batch: Batch, taps: Sequence[Tap]) -> None:
    asking = [tap for tap in taps if tap.refusal is None and tap.command.source not in _PAID_AT_ONCE]
    if not asking:
        return
    counts = repository.open_counts(batch.tx, [tap.by.key for tap in asking])
    for tap in asking:
        if counts.get(tap.by.key, 0) >= OPEN_HOLDS_PER_BUYER_LIMIT:
            tap.refusal = TooManyHolds(limit=OPEN_HOLDS_PER_BUYER_LIMIT)


def _new_hold(tap: Tap, aside: int, now: datetime) -> Hold:
    command, item, variant = tap.command, tap.item, tap.variant
    span = None if item is None else ShowSpan(item.started_at, item.ended_at)
    return Hold(
        id=new_id("hld"),
        buyer_key=tap.by.key,
        organisation_id=variant.organisation_id,
        show_id=command.show_id,
        item_id=command.item_id,
        item_number=None if item is None else item.number,
        product_id=variant.product_id,
        variant_id=variant.id,
        quantity=command.quantity,
        price_minor=tap.price_minor,
        list_price_minor=variant.price_minor,
        currency=variant.currency,
        title=variant.product_title,
        variant_title=variant.title,
        claim="" if item is None else item.claim,
        state=HoldState.WANTED if tap.wanted else HoldState.HELD,
        placed_at=now,
        expires_at=now + tap.lifetime,
        source=command.source,
        media_at=plausible_media_at(command.media_at, span, now),
        opened_at=plausible_opened_at(command.opened_at, now),
        checkout_id=None,
        # What is only wanted gets its price, a drop's or not, when payment starts.
        drop_id=None if tap.drop is None or tap.wanted else tap.drop.id,
        allocation_taken=aside,
    )


def told_placed(hold: Hold) -> HoldPlaced:
    return HoldPlaced(
        hold_id=hold.id,
        buyer_key=hold.buyer_key,
        organisation_id=hold.organisation_id,
        show_id=hold.show_id,
        item_id=hold.item_id,
        variant_id=hold.variant_id,
        quantity=hold.quantity,
        price=Money(hold.price_minor, hold.currency),
        source=hold.source.value,
        opened_at=hold.opened_at,
        drop_id=hold.drop_id,
        at=hold.placed_at,
    )


def _outcome(one: Tap | ShopcastError) -> HoldView | ShopcastError:
    if isinstance(one, ShopcastError):
        return one
    if one.refusal is not None:
        return one.refusal
    assert one.hold is not None
    return repository.view_of(one.hold)


def _second_after(at: datetime) -> int:
    return int((at + timedelta(seconds=1)).timestamp())
