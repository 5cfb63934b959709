"""Works out again what a run of returns should have paid back, from the orders and what was asked alone.

    python -I bench/returns_check.py <folder with shop.db and asked.jsonl>

Imports nothing of ours: fractions instead of the shop's own arithmetic, SQLite's rows instead of its repositories.
Exits 1 and names the first differences if any refund, counter, payment or unit of stock is not what it should be.
"""

import json
import sqlite3
import sys
from collections import defaultdict
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import floor
from pathlib import Path

SHOWN_DIFFERENCES = 20
# The whole order back for one of these, or cancelled, gives the shipping back.
SHIPPING_CAUSES = {"withdrawal", "host_claim", "damage", "late", "wrong_item"}


def rounded(amount: Fraction) -> int:
    """A half goes up."""
    return floor(amount + Fraction(1, 2))


@dataclass
class Line:
    id: str
    quantity: int
    net: int
    tax: int
    gift: bool
    list_price: int
    units: int = 0
    goods: int = 0
    tax_back: int = 0
    withheld: int = 0
    cancelled: int = 0

    def worth(self, units: int) -> int:
        """What the next units are worth: the next steps of the target, or a share of what is left once an allowance
        or a refund that failed has moved it off the target."""
        if self.goods + self.withheld == rounded(Fraction(self.net * self.units, self.quantity)):
            worth = rounded(Fraction(self.net * (self.units + units), self.quantity)) - self.goods - self.withheld
        else:
            rest, out = max(self.net - self.goods - self.withheld, 0), self.quantity - self.units
            worth = rest - rounded(Fraction(rest * (out - units), out))
        return min(worth, self.net - self.goods)

    def tax_of_money(self, goods: int, included: bool) -> int:
        left = self.tax - self.tax_back
        wanted = left if goods == self.net - self.goods else rounded(Fraction(self.tax * goods, self.net or 1))
        return min(wanted, left, goods) if included else min(wanted, left)

    def left(self, included: bool) -> int:
        return self.net - self.goods + (0 if included else self.tax - self.tax_back)

    def allowance(self, amount: int, included: bool) -> tuple[int, int]:
        """Goods and tax of money that goes back without a unit; tax on top is a share of it."""
        if included:
            return amount, self.tax_of_money(amount, True)
        tax_left, goods_left = self.tax - self.tax_back, self.net - self.goods
        whole = amount == tax_left + goods_left
        tax = tax_left if whole else rounded(Fraction(amount * self.tax, (self.net + self.tax) or 1))
        tax = max(min(tax, tax_left), amount - goods_left)
        return amount - tax, tax

    def tax_of_units(self, units: int, goods: int, withheld: int, included: bool) -> int:
        left = self.tax - self.tax_back
        before = rounded(Fraction(self.tax * self.units, self.quantity))
        if withheld or self.withheld or self.tax_back != before:
            return self.tax_of_money(goods, included)
        wanted = rounded(Fraction(self.tax * (self.units + units), self.quantity)) - before
        if self.goods + goods == self.net and self.units + units == self.quantity:
            wanted = left
        return min(wanted, left, goods) if included else min(wanted, left)


@dataclass
class Refund:
    """What one refund should have been; `parts` are units, goods, tax and withheld by line."""

    parts: dict[str, tuple[int, int, int, int]]
    shipping: int
    shipping_tax: int
    gifts: int
    amount: int
    card: int
    cause: str | None
    failed: bool = False


@dataclass
class Order:
    id: str
    included: bool
    total: int
    card_total: int
    shipping: int
    shipping_tax: int
    lines: dict[str, Line]
    asked: int = 0
    card_asked: int = 0
    shipping_back: int = 0
    shipping_tax_back: int = 0
    gifts_kept: int = 0
    refunds: list[Refund] = field(default_factory=list)

    def give(self, asked: list[tuple[str, int, int]], cause: str | None, charges_gifts: bool) -> None:
        parts: dict[str, tuple[int, int, int, int]] = {}
        for line_id, wanted, withheld in asked:
            line = self.lines[line_id]
            units = min(wanted, line.quantity - line.units)
            if units:
                worth = line.worth(units)
                kept = min(withheld, worth)
                goods = worth - kept
                parts[line_id] = (units, goods, line.tax_of_units(units, goods, kept, self.included), kept)
        if not parts:
            return
        kept_now = self._gifts(parts) if charges_gifts else 0
        last = all(
            line.units + parts.get(line.id, (0,))[0] == line.quantity for line in self.lines.values() if not line.gift
        )
        causes = {refund.cause for refund in self.refunds if not refund.failed and refund.cause}
        causes |= {cause} if cause else set()
        shipping = self.shipping - self.shipping_back if last and causes <= SHIPPING_CAUSES else 0
        self._record(parts, shipping, kept_now, cause)

    def allow(self, line_id: str, amount: int) -> None:
        goods, tax = self.lines[line_id].allowance(amount, self.included)
        self._record({line_id: (0, goods, tax, 0)}, 0, 0, None)

    def fail(self, refund: Refund) -> None:
        refund.failed = True
        for line_id, (units, goods, tax, withheld) in refund.parts.items():
            line = self.lines[line_id]
            line.units, line.goods, line.tax_back = line.units - units, line.goods - goods, line.tax_back - tax
            line.withheld -= withheld
        self.asked -= refund.amount
        self.card_asked -= refund.card
        self.shipping_back -= refund.shipping
        self.shipping_tax_back -= refund.shipping_tax
        self.gifts_kept -= refund.gifts

    def _gifts(self, parts: dict[str, tuple[int, int, int, int]]) -> int:
        """Gifts that stay when the last of the goods goes are charged; those that come after all are given back."""
        left = {line.id: line.quantity - line.units - parts.get(line.id, (0,))[0] for line in self.lines.values()}
        stays = any(left[line.id] for line in self.lines.values() if not line.gift)
        due = 0 if stays else sum(left[line.id] * line.list_price for line in self.lines.values() if line.gift)
        if due > self.gifts_kept:
            return self._keep(parts, min(due - self.gifts_kept, sum(part[1] for part in parts.values())))
        return -self._give_gifts_back(parts, self.gifts_kept - due) if due < self.gifts_kept else 0

    def _keep(self, parts: dict[str, tuple[int, int, int, int]], kept: int) -> int:
        for line_id, share in shares(kept, {line_id: part[1] for line_id, part in parts.items()}).items():
            units, goods, tax, withheld = parts[line_id]
            if share:
                tax = min(tax, self.lines[line_id].tax_of_money(goods - share, self.included))
            parts[line_id] = (units, goods - share, tax, withheld + share)
        return kept

    def _give_gifts_back(self, parts: dict[str, tuple[int, int, int, int]], amount: int) -> int:
        """A gift that was charged came after all: its money goes back over what is left of the lines."""
        lines = {}
        for line in self.lines.values():
            _, goods, tax, _ = parts.get(line.id, (0, 0, 0, 0))
            lines[line.id] = replace(line, goods=line.goods + goods, tax_back=line.tax_back + tax)
        weights = {line.id: line.left(self.included) for line in lines.values()}
        given = min(amount, sum(weights.values()))
        for line_id, share in shares(given, weights).items():
            if share:
                units, goods, tax, withheld = parts.get(line_id, (0, 0, 0, 0))
                more_goods, more_tax = lines[line_id].allowance(share, self.included)
                parts[line_id] = (units, goods + more_goods, tax + more_tax, withheld)
        return given

    def _record(
        self, parts: dict[str, tuple[int, int, int, int]], shipping: int, gifts: int, cause: str | None
    ) -> None:
        tax_target = rounded(Fraction(self.shipping_tax * (self.shipping_back + shipping), self.shipping or 1))
        shipping_tax = tax_target - self.shipping_tax_back if self.shipping else 0
        amount = sum(goods for _, goods, _, _ in parts.values()) + shipping
        if not self.included:
            amount += sum(tax for _, _, tax, _ in parts.values()) + shipping_tax
        card = 0
        if amount:
            target = rounded(Fraction(self.card_total * (self.asked + amount), self.total))
            card = min(max(target - self.card_asked, 1), self.card_total - self.card_asked)
        for line_id, (units, goods, tax, withheld) in parts.items():
            line = self.lines[line_id]
            line.units, line.goods, line.tax_back = line.units + units, line.goods + goods, line.tax_back + tax
            line.withheld += withheld
        self.asked += amount
        self.card_asked += card
        self.shipping_back += shipping
        self.shipping_tax_back += shipping_tax
        self.gifts_kept += gifts
        if amount:
            self.refunds.append(Refund(parts, shipping, shipping_tax, gifts, amount, card, cause))


def shares(amount: int, weights: dict[str, int]) -> dict[str, int]:
    """Largest remainder, ties by order."""
    whole = sum(weights.values())
    if not whole:
        return dict.fromkeys(weights, 0)
    exact = {name: Fraction(amount * weight, whole) for name, weight in weights.items()}
    found = {name: floor(share) for name, share in exact.items()}
    by_remainder = sorted(exact, key=lambda name: -(exact[name] - found[name]))
    for name in by_remainder[: amount - sum(found.values())]:
        found[name] += 1
    return found


class Reconciled:
    def __init__(self, folder: Path) -> None:
        self.raw = sqlite3.connect(f"file:{folder / 'shop.db'}?mode=ro", uri=True)
        self.wrong: list[str] = []
        self.orders = self._read()
        self.restocked: dict[str, int] = defaultdict(int)
        self.ids = defaultdict(list)
        for order_id, refund_id in self.raw.execute("SELECT order_id, id FROM sales_refund ORDER BY id"):
            self.ids[order_id].append(refund_id)
        for line in (folder / "asked.jsonl").open():
            self._replay(json.loads(line))

    def _read(self) -> dict[str, Order]:
        lines: dict[str, dict[str, Line]] = defaultdict(dict)
        for row in self.raw.execute(
            "SELECT order_id, id, quantity, net_minor, tax_minor, gift, list_price_minor FROM sales_order_line"
            " ORDER BY order_id, position"
        ):
            lines[row[0]][row[1]] = Line(row[1], row[2], row[3], row[4], bool(row[5]), row[6])
        orders = {}
        for order_id, totals_text, card_total in self.raw.execute(
            "SELECT id, totals, presentment_total_minor FROM sales_order"
        ):
            totals, own = json.loads(totals_text), lines[order_id]
            orders[order_id] = Order(
                id=order_id,
                included=totals["tax_included"],
                total=totals["total"]["amount_minor"],
                card_total=card_total,
                shipping=totals["shipping"]["amount_minor"],
                shipping_tax=totals["tax"]["amount_minor"] - sum(line.tax for line in own.values()),
                lines=own,
            )
        return orders

    def _replay(self, entry: dict[str, object]) -> None:
        order = self.orders[str(entry["order"])]
        match entry["kind"]:
            case "units":
                asked = [(line, units, 0) for line, units in entry["lines"]]  # type: ignore[attr-defined]
                if entry.get("cancelled"):
                    for line_id, units, _ in asked:
                        order.lines[line_id].cancelled += units
                order.give(asked, None, charges_gifts=False)
            case "return":
                asked = [(line, units, withheld) for line, units, withheld in entry["lines"]]  # type: ignore[attr-defined]
                order.give(asked, str(entry["cause"]), charges_gifts=True)
                self.restocked["all"] += int(str(entry["restocked"]))
            case "allowance":
                order.allow(str(entry["line"]), int(str(entry["amount"])))
            case "failed":
                order.fail(order.refunds[self.ids[order.id].index(str(entry["refund"]))])
            case other:
                raise SystemExit(f"an entry of an unknown kind: {other}")

    def compare(self) -> None:
        self._refunds()
        self._counters()
        self._orders()
        self._payments()
        self._stock()

    def _expect(self, what: str, found: object, wanted: object) -> None:
        if found != wanted:
            self.wrong.append(f"{what}: {found} stored, {wanted} worked out")

    def _refunds(self) -> None:
        parts: dict[str, dict[str, tuple[int, int, int]]] = defaultdict(dict)
        for refund_id, line_id, units, goods, tax in self.raw.execute("SELECT * FROM sales_refund_line"):
            parts[refund_id][line_id] = (units, goods, tax)
        stored = defaultdict(list)
        for row in self.raw.execute(
            "SELECT order_id, id, amount_minor, goods_minor, shipping_minor, tax_minor, state FROM sales_refund"
            " ORDER BY id"
        ):
            stored[row[0]].append(row)
        for order in self.orders.values():
            found = stored[order.id]
            self._expect(f"{order.id} number of refunds", len(found), len(order.refunds))
            for row, wanted in zip(found, order.refunds, strict=False):
                tax = sum(part[2] for part in wanted.parts.values()) + wanted.shipping_tax
                inside = tax - wanted.shipping_tax if order.included else 0
                goods = sum(part[1] for part in wanted.parts.values()) - inside
                shipping = wanted.shipping - (wanted.shipping_tax if order.included else 0)
                state = "failed" if wanted.failed else "succeeded"
                self._expect(f"refund {row[1]} of {order.id}", row[2:], (wanted.card, goods, shipping, tax, state))
                lines = {line: part[:3] for line, part in wanted.parts.items()}
                self._expect(f"lines of refund {row[1]}", parts[row[1]], lines)

    def _counters(self) -> None:
        lines = {line.id: line for order in self.orders.values() for line in order.lines.values()}
        for line_id, cancelled, units, goods, tax in self.raw.execute(
            "SELECT line_id, cancelled, refunded_units, goods_refunded_minor, tax_refunded_minor"
            " FROM sales_line_progress"
        ):
            line = lines[line_id]
            wanted = (line.cancelled, line.units, line.goods, line.tax_back)
            self._expect(f"line {line_id}", (cancelled, units, goods, tax), wanted)
            if not (0 <= goods <= line.net and 0 <= tax <= line.tax and 0 <= units <= line.quantity):
                self.wrong.append(f"line {line_id} gave back more than was paid")

    def _orders(self) -> None:
        for order_id, refunded, card in self.raw.execute(
            "SELECT id, refunded_minor, presentment_refunded_minor FROM sales_order"
        ):
            order = self.orders[order_id]
            arrived = [refund for refund in order.refunds if not refund.failed]
            wanted = (sum(refund.amount for refund in arrived), sum(refund.card for refund in arrived))
            self._expect(f"order {order_id}", (refunded, card), wanted)
            self._expect(f"order {order_id} asked", wanted, (order.asked, order.card_asked))

    def _payments(self) -> None:
        for order_id, requested, refunded in self.raw.execute(
            "SELECT o.id, p.refund_requested_minor, p.refunded_minor FROM sales_order o"
            " JOIN sales_payment p ON p.id = o.payment_id"
        ):
            card = self.orders[order_id].card_asked
            self._expect(f"payment of {order_id}", (requested, refunded), (card, card))

    def _stock(self) -> None:
        bought = sum(line.quantity - line.cancelled for order in self.orders.values() for line in order.lines.values())
        sold = self.raw.execute("SELECT SUM(sold) FROM catalog_stock").fetchone()[0]
        self._expect("units sold in all", sold, bought - self.restocked["all"])


def main() -> int:
    found = Reconciled(Path(sys.argv[1]))
    found.compare()
    refunds = [refund for order in found.orders.values() for refund in order.refunds]
    arrived = sum(refund.card for refund in refunds if not refund.failed)
    print(f"{len(found.orders):,} orders, {len(refunds):,} refunds, {arrived:,} minor units paid back, "
          f"{len(found.wrong)} differences")  # fmt: skip
    for difference in found.wrong[:SHOWN_DIFFERENCES]:
        print(f"  {difference}")
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
