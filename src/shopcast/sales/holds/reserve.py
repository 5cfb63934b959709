"""Stock and drop pieces for many wishes at once: one conditional statement for the sum of each, and when that does not
fit, each by itself in the order they came. What is given out here is what the database agreed to."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from shopcast import catalog
from shopcast.kernel.actions import Tx
from shopcast.kernel.errors import ShopcastError
from shopcast.sales.drops import repository as drops
from shopcast.sales.drops.errors import DropSoldOut, LimitReached
from shopcast.sales.drops.limits import buyer_identity
from shopcast.sales.drops.model import Drop


@dataclass(slots=True)
class Wish:
    """So many units of one variant for one buyer. `refusal` or `aside` are filled in here."""

    buyer_key: str
    variant_id: str
    quantity: int
    show_id: str | None
    drop: Drop | None = None
    # Units that came out of what is set aside for the show.
    aside: int = 0
    refusal: ShopcastError | None = None


@dataclass(slots=True)
class _Line:
    """All wishes for the same: the same variant, in the same place, at the same price."""

    variant_id: str
    show_id: str | None
    drop: Drop | None
    wishes: list[Wish] = field(default_factory=list)

    @property
    def quantity(self) -> int:
        return sum(wish.quantity for wish in self.wishes)


def reserve(tx: Tx, wishes: Sequence[Wish]) -> list[Wish]:
    """Those that got what they wished, in order; the others carry their refusal and have changed nothing. Wishes of one
    call are of different buyers, or limits are checked for their sum."""
    if not _reserve_together(tx, wishes):
        _reserve_one_by_one(tx, wishes)
        return [wish for wish in wishes if wish.refusal is None]
    for wish in _over_limit(tx, wishes):
        _give_back(tx, wish)
    return [wish for wish in wishes if wish.refusal is None]


def _reserve_together(tx: Tx, wishes: Sequence[Wish]) -> bool:
    """All of them, or none: the sums did not fit."""
    done: list[_Line] = []
    for line in _lines(wishes):
        try:
            aside = _take(tx, line.drop, line.variant_id, line.show_id, line.quantity)
        except (DropSoldOut, catalog.SoldOut):
            for taken in done:
                for wish in taken.wishes:
                    _give_back(tx, wish)
            return False
        _share_out(line.wishes, aside)
        done.append(line)
    return True


def _reserve_one_by_one(tx: Tx, wishes: Sequence[Wish]) -> None:
    # Nothing comes back within one transaction of takers: what is empty stays empty, and is not asked again.
    empty: dict[tuple[str, str | None] | str, ShopcastError] = {}
    for wish in wishes:
        known = empty.get((wish.variant_id, wish.show_id)) or (empty.get(wish.drop.id) if wish.drop else None)
        if known is not None:
            wish.refusal = known
            continue
        if _over_limit(tx, [wish]):
            continue
        try:
            wish.aside = _take(tx, wish.drop, wish.variant_id, wish.show_id, wish.quantity)
        except DropSoldOut as refusal:
            wish.refusal = refusal
            if refusal.params["left"] == 0 and wish.drop is not None:
                empty[wish.drop.id] = refusal
        except catalog.SoldOut as refusal:
            wish.refusal = refusal
            if refusal.params["left"] == 0:
                empty[wish.variant_id, wish.show_id] = refusal
        if wish.refusal is not None and wish.drop is not None and wish.drop.per_customer is not None:
            drops.give_back_each(tx, wish.drop.id, {buyer_identity(wish.buyer_key): wish.quantity})


def _take(tx: Tx, drop: Drop | None, variant_id: str, show_id: str | None, quantity: int) -> int:
    if drop is not None and not drops.take(tx, drop.id, quantity):
        raise _sold_out_drop(tx, drop, variant_id, show_id)
    try:
        return catalog.hold_stock(tx, {variant_id: quantity}, show_id)[variant_id]
    except catalog.SoldOut:
        if drop is not None:
            drops.give_back(tx, drop.id, quantity)
        raise


def _sold_out_drop(tx: Tx, drop: Drop, variant_id: str, show_id: str | None) -> ShopcastError:
    """With the stock gone too it is simply sold out."""
    if catalog.left_for(tx, variant_id, show_id) == 0:
        return catalog.SoldOut(variant_id, 0)
    return DropSoldOut(drop_id=drop.id, left=drops.left(tx, drop.id))


def _over_limit(tx: Tx, wishes: Sequence[Wish]) -> list[Wish]:
    """Counts each under its buyer; those over the drop's limit carry the refusal."""
    over: list[Wish] = []
    for drop, of_drop in _by_drop(wishes):
        if drop.per_customer is None:
            continue
        sums: dict[str, int] = {}
        for wish in of_drop:
            identity = buyer_identity(wish.buyer_key)
            sums[identity] = sums.get(identity, 0) + wish.quantity
        counted = drops.take_each(tx, drop.id, drop.per_customer, sums)
        for wish in of_drop:
            if buyer_identity(wish.buyer_key) not in counted:
                wish.refusal = LimitReached(drop_id=drop.id, limit=drop.per_customer)
                over.append(wish)
    return over


def _give_back(tx: Tx, wish: Wish) -> None:
    if wish.drop is not None:
        drops.give_back(tx, wish.drop.id, wish.quantity)
    aside = {} if wish.show_id is None else {(wish.show_id, wish.variant_id): wish.aside}
    catalog.release_stock(tx, {wish.variant_id: wish.quantity}, aside)
    wish.aside = 0


def _share_out(wishes: Sequence[Wish], aside: int) -> None:
    """Who came first gets the show's own units."""
    for wish in wishes:
        wish.aside = min(wish.quantity, aside)
        aside -= wish.aside


def _lines(wishes: Sequence[Wish]) -> list[_Line]:
    lines: dict[tuple[str, str, str], _Line] = {}
    for wish in wishes:
        drop_id = "" if wish.drop is None else wish.drop.id
        # Sorted by variant, so that two batches never wait for each other in a circle.
        key = (wish.variant_id, wish.show_id or "", drop_id)
        if key not in lines:
            lines[key] = _Line(wish.variant_id, wish.show_id, wish.drop)
        lines[key].wishes.append(wish)
    return [lines[key] for key in sorted(lines)]


def _by_drop(wishes: Sequence[Wish]) -> list[tuple[Drop, list[Wish]]]:
    found: dict[str, tuple[Drop, list[Wish]]] = {}
    for wish in wishes:
        if wish.drop is not None:
            found.setdefault(wish.drop.id, (wish.drop, []))[1].append(wish)
    return [found[drop_id] for drop_id in sorted(found)]
