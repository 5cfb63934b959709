"""How much goes back: exact to the cent over any sequence of cancellations, returns and allowances. Pure.

The rule is a cumulative target (docs/algorithms/refunds.md): of a line of q units and N paid for them, k units are
worth half_up(N·k/q), so the units from k0 to k1 give back the difference of the two targets. Taken one by one or all at
once, all units together give back N, never more. Each component of the tax follows the same rule.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shopcast.kernel.money import Money
from shopcast.sales.quotes.model import half_up


@dataclass(frozen=True, slots=True)
class LineMoney:
    """A line and what already went back of it. `tax_included`: the net contains the tax."""

    line_id: str
    quantity: int
    net_minor: int
    tax_minor: int
    tax_included: bool
    refunded_units: int = 0
    goods_refunded_minor: int = 0
    tax_refunded_minor: int = 0
    # Given back without a unit, and kept from units that came back.
    allowance_minor: int = 0
    withheld_minor: int = 0
    gift: bool = False
    list_price_minor: int = 0

    @property
    def units_left(self) -> int:
        return self.quantity - self.refunded_units

    @property
    def goods_left(self) -> int:
        return self.net_minor - self.goods_refunded_minor

    @property
    def tax_left(self) -> int:
        return self.tax_minor - self.tax_refunded_minor

    @property
    def left(self) -> int:
        """What the buyer could still get of it."""
        return self.goods_left + (0 if self.tax_included else self.tax_left)


@dataclass(frozen=True, slots=True)
class LinePart:
    """What one refund takes of a line. `goods_minor` contains the tax where prices do."""

    line_id: str
    units: int
    goods_minor: int
    tax_minor: int
    allowance_minor: int = 0
    withheld_minor: int = 0


@dataclass(frozen=True, slots=True)
class OrderMoney:
    """An order's sums and what was asked back of them. `shipping_minor` contains `shipping_tax_minor` where prices
    contain tax."""

    total_minor: int
    presentment_total_minor: int
    shipping_minor: int
    shipping_tax_minor: int
    tax_included: bool
    asked_minor: int = 0
    presentment_asked_minor: int = 0
    shipping_asked_minor: int = 0
    shipping_tax_asked_minor: int = 0
    gifts_kept_minor: int = 0


@dataclass(frozen=True, slots=True)
class Parts:
    """One refund: its lines, and what it takes of the shipping and its tax."""

    lines: tuple[LinePart, ...]
    tax_included: bool
    shipping_minor: int = 0
    shipping_tax_minor: int = 0
    gifts_kept_minor: int = 0

    @property
    def tax(self) -> int:
        return sum(line.tax_minor for line in self.lines) + self.shipping_tax_minor

    @property
    def goods_without_tax(self) -> int:
        goods = sum(line.goods_minor for line in self.lines)
        return goods - sum(line.tax_minor for line in self.lines) if self.tax_included else goods

    @property
    def shipping_without_tax(self) -> int:
        return self.shipping_minor - self.shipping_tax_minor if self.tax_included else self.shipping_minor

    @property
    def amount(self) -> int:
        return self.goods_without_tax + self.shipping_without_tax + self.tax


def units_part(line: LineMoney, units: int, withheld_minor: int = 0) -> LinePart:
    """What the next `units` of a line give back. `withheld_minor` is kept from it, at most all of it."""
    if not 0 < units <= line.units_left:
        raise ValueError("only units that were not paid back yet give money back")
    goods = _goods_of_units(line, units)
    withheld = min(withheld_minor, goods)
    given = goods - withheld
    return LinePart(
        line_id=line.line_id,
        units=units,
        goods_minor=given,
        tax_minor=_tax_of_units(line, units, given, withheld),
        withheld_minor=withheld,
    )


def allowance_part(line: LineMoney, amount_minor: int) -> LinePart:
    """Money back and the goods stay. `amount_minor` is what the buyer gets of this line, its tax included."""
    if not 0 <= amount_minor <= line.left:
        raise ValueError("no more than is left of the line")
    if line.tax_included:
        goods = amount_minor
        tax = _tax_of_money(line, goods)
    else:
        gross = line.net_minor + line.tax_minor
        tax = line.tax_left if amount_minor == line.left else half_up(amount_minor * line.tax_minor, gross or 1)
        tax = max(min(tax, line.tax_left), amount_minor - line.goods_left)
        goods = amount_minor - tax
    return LinePart(line_id=line.line_id, units=0, goods_minor=goods, tax_minor=tax, allowance_minor=goods)


def goods_allowance_part(line: LineMoney, goods_minor: int) -> LinePart:
    """As much of the goods' price, and the tax that goes with it."""
    if not 0 <= goods_minor <= line.goods_left:
        raise ValueError("no more than is left of the line")
    tax = _tax_of_money(line, goods_minor)
    return LinePart(line_id=line.line_id, units=0, goods_minor=goods_minor, tax_minor=tax, allowance_minor=goods_minor)


def rest_part(line: LineMoney) -> LinePart:
    """All that is left of a line, with all its units."""
    return LinePart(line_id=line.line_id, units=line.units_left, goods_minor=line.goods_left, tax_minor=line.tax_left)


def spread(lines: Sequence[LineMoney], amount_minor: int, currency: str) -> tuple[LinePart, ...]:
    """An allowance over lines by what is left of each: largest remainder, ties by line order, never more than left."""
    weights = [line.left for line in lines]
    if amount_minor > sum(weights):
        raise ValueError("no more than is left of the lines")
    if amount_minor == 0:
        return ()
    parts = Money(amount_minor, currency).split(weights)
    return tuple(
        allowance_part(line, part.amount_minor)
        for line, part in zip(lines, parts, strict=True)
        if part.amount_minor > 0
    )


def shipping_part(order: OrderMoney, shipping_minor: int) -> tuple[int, int]:
    """That much of the shipping, and its tax: the same cumulative target over money."""
    if not 0 <= shipping_minor <= order.shipping_minor - order.shipping_asked_minor:
        raise ValueError("no more than is left of the shipping")
    if order.shipping_minor == 0:
        return 0, 0
    asked = order.shipping_asked_minor + shipping_minor
    target = half_up(order.shipping_tax_minor * asked, order.shipping_minor)
    return shipping_minor, target - order.shipping_tax_asked_minor


def presentment_part(order: OrderMoney, amount_minor: int) -> int:
    """What the card gets for it: the cumulative target in the currency that was charged. Something is never nothing,
    as long as anything is left."""
    left = order.presentment_total_minor - order.presentment_asked_minor
    if amount_minor == 0 or order.total_minor == 0:
        return 0
    asked = order.asked_minor + amount_minor
    target = half_up(order.presentment_total_minor * asked, order.total_minor)
    return min(max(target - order.presentment_asked_minor, 1), left)


def gifts_due(lines: Iterable[LineMoney], parts: Iterable[LinePart]) -> int:
    """When the last of the goods that were paid for is back, gifts come with them or are charged at the list price
    they were snapshot with; this is for those that stay. Nothing while other goods stay too."""
    taken = {part.line_id: part.units for part in parts}
    left = [(line, line.units_left - taken.get(line.line_id, 0)) for line in lines]
    if any(units > 0 for line, units in left if not line.gift):
        return 0
    return sum(units * line.list_price_minor for line, units in left if line.gift)


def keep_from(
    parts: Sequence[LinePart], lines: Iterable[LineMoney], kept_minor: int, currency: str
) -> tuple[tuple[LinePart, ...], int]:
    """Takes `kept_minor` off the goods of a refund, at most all of them; the parts, and how much was kept."""
    goods = sum(part.goods_minor for part in parts)
    kept = min(kept_minor, goods)
    if kept == 0:
        return tuple(parts), 0
    by_id = {line.line_id: line for line in lines}
    shares = Money(kept, currency).split([part.goods_minor for part in parts])
    changed = []
    for part, share in zip(parts, shares, strict=True):
        line = by_id[part.line_id]
        given = part.goods_minor - share.amount_minor
        tax = part.tax_minor if not share.amount_minor else min(part.tax_minor, _tax_of_money(line, given))
        withheld = part.withheld_minor + share.amount_minor
        changed.append(
            LinePart(line_id=part.line_id, units=part.units, goods_minor=given, tax_minor=tax, withheld_minor=withheld)
        )
    return tuple(changed), kept


def after(line: LineMoney, part: LinePart) -> LineMoney:
    """The line once the part is taken."""
    return LineMoney(
        line_id=line.line_id,
        quantity=line.quantity,
        net_minor=line.net_minor,
        tax_minor=line.tax_minor,
        tax_included=line.tax_included,
        refunded_units=line.refunded_units + part.units,
        goods_refunded_minor=line.goods_refunded_minor + part.goods_minor,
        tax_refunded_minor=line.tax_refunded_minor + part.tax_minor,
        allowance_minor=line.allowance_minor + part.allowance_minor,
        withheld_minor=line.withheld_minor + part.withheld_minor,
        gift=line.gift,
        list_price_minor=line.list_price_minor,
    )


def _goods_of_units(line: LineMoney, units: int) -> int:
    before = _target(line.net_minor, line.quantity, line.refunded_units)
    if line.goods_refunded_minor + line.withheld_minor == before:
        share = _target(line.net_minor, line.quantity, line.refunded_units + units) - before
    else:
        # An allowance made the units that are still out cheaper, or a refund in between did not arrive: they share
        # what is left of the line's worth.
        worth = max(line.goods_left - line.withheld_minor, 0)
        share = worth - half_up(worth * (line.units_left - units), line.units_left)
    return min(share, line.goods_left)


def _tax_of_units(line: LineMoney, units: int, given_minor: int, withheld_minor: int) -> int:
    before = _target(line.tax_minor, line.quantity, line.refunded_units)
    if withheld_minor or line.withheld_minor or line.tax_refunded_minor != before:
        return _tax_of_money(line, given_minor)
    share = _target(line.tax_minor, line.quantity, line.refunded_units + units) - before
    if line.goods_refunded_minor + given_minor == line.net_minor and units == line.units_left:
        share = line.tax_left
    return _fitting(line, share, given_minor)


def _tax_of_money(line: LineMoney, goods_minor: int) -> int:
    if goods_minor == line.goods_left:
        return _fitting(line, line.tax_left, goods_minor)
    return _fitting(line, half_up(line.tax_minor * goods_minor, line.net_minor or 1), goods_minor)


def _fitting(line: LineMoney, tax_minor: int, goods_minor: int) -> int:
    """Never more than is left, and where the price contains the tax never more than the price."""
    limit = min(line.tax_left, goods_minor) if line.tax_included else line.tax_left
    return min(tax_minor, limit)


def _target(whole: int, quantity: int, units: int) -> int:
    return half_up(whole * units, quantity)
