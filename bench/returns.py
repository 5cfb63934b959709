"""A hundred thousand orders of which parts come back at random, through the real verbs, reconciled to the cent.

    .venv/bin/python bench/returns.py [--orders 100000] [--processes 2] [--seed 7]

Each process has a database of its own with its share of the orders (paid, with discounts, gifts, three ways of tax and
four currencies, some charged in another one) and runs over them in rounds: cancelled units, units and amounts paid
back by the seller, withdrawals and returns with reception, inspection (some of it withheld) and refund, every refund
settled by what a provider would tell, some of them failed and asked again. Verbs run in batches of the writer.
What was asked is logged; bench/returns_check.py works all amounts out again from that log and from the orders alone,
without importing anything of ours, and compares every refund, counter, payment and unit of stock.
"""

import argparse
import gc
import json
import multiprocessing
import os
import platform
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

import structlog  # noqa: E402 - the path comes first
from sqlalchemy import create_engine  # noqa: E402

from shopcast import sales  # noqa: E402
from shopcast.backends.calls import Done, Request, decode_result  # noqa: E402
from shopcast.backends.sqlite.engine import open_writer_connection, writer_connection  # noqa: E402
from shopcast.backends.sqlite.executor import Executor  # noqa: E402
from shopcast.kernel.actions import Command  # noqa: E402
from shopcast.kernel.clock import FixedClock  # noqa: E402
from shopcast.kernel.ids import new_id  # noqa: E402
from shopcast.kernel.principal import SYSTEM  # noqa: E402
from shopcast.kernel.registry import Registry  # noqa: E402
from shopcast.kernel.tables import metadata  # noqa: E402
from shopcast.sales.fulfilment.cancel_lines import CancelLines  # noqa: E402
from shopcast.sales.fulfilment.ship_order import LineUnits  # noqa: E402
from shopcast.sales.refunds.parts_asked import RefundUnits  # noqa: E402
from shopcast.sales.returns.inspect_return import Inspected, InspectReturn  # noqa: E402
from shopcast.sales.returns.model import Cause  # noqa: E402
from shopcast.sales.returns.receive_return import Arrived, ReceiveReturn  # noqa: E402
from shopcast.sales.returns.refund_return import RefundReturn  # noqa: E402
from shopcast.sales.returns.request_return import AskedLine, RequestReturn, Withdraw  # noqa: E402

START = datetime(2026, 3, 6, 19, 0, tzinfo=UTC)
ORGANISATION = "org_bench"
VARIANTS = 50
# Seller's currency, the card's, and what one minor unit is in it.
CURRENCIES = [
    ("EUR", "EUR", "1"),
    ("USD", "USD", "1"),
    ("JPY", "JPY", "1"),
    ("EUR", "USD", "1.083472910000"),
    ("USD", "JPY", "1.493820000000"),
]
# How the seller taxes: name, basis points, whether prices contain it.
TAXES = [("inclusive", 1900, True), ("exclusive", 825, False), ("none", 0, False)]
CAUSES = [Cause.SIZE, Cause.DAMAGE, Cause.CHANGED_MIND, Cause.LATE, Cause.HOST_CLAIM]
# A lesson of real banks: some refunds come back.
FAILED_SHARE = 0.03
# How many orders are in memory at once while they are written.
SEEDED_AT_ONCE = 5_000
# Each time something of an order comes back with this chance.
ROUNDS = (0.55, 0.2)


@dataclass
class Line:
    id: str
    quantity: int
    gift: bool
    net: int
    # What the run itself knows of it, to ask for what is there.
    left: int = 0


@dataclass
class Seeded:
    id: str
    kind: str
    lines: list[Line]
    payment_id: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    print(f"{platform.platform()} · {os.cpu_count()} cores · Python {platform.python_version()}")
    started = time.perf_counter()
    share = -(-arguments.orders // arguments.processes)
    with tempfile.TemporaryDirectory(prefix="bench-returns-") as directory:
        jobs = [
            (Path(directory) / f"part{number}", share, arguments.seed + number) for number in range(arguments.processes)
        ]
        with multiprocessing.get_context("spawn").Pool(arguments.processes) as pool:
            figures = pool.starmap(run, jobs)
        for name in ("orders", "verbs", "refunds", "failed", "seed_s", "run_s"):
            print(f"{name:>10}: {' + '.join(f'{figure[name]:,.0f}' for figure in figures)}")
        verbs, slowest = sum(figure["verbs"] for figure in figures), max(figure["run_s"] for figure in figures)
        orders, refunds = sum(figure["orders"] for figure in figures), sum(figure["refunds"] for figure in figures)
        print(f"{verbs / slowest:,.0f} verbs/s, {orders / slowest:,.0f} orders/s, {refunds / slowest:,.0f} refunds/s")
        checking = time.perf_counter()
        checks = [
            subprocess.Popen([sys.executable, "-I", str(ROOT / "bench" / "returns_check.py"), str(folder)])
            for folder, _, _ in jobs
        ]
        wrong = sum(check.wait() != 0 for check in checks)
        check_s = time.perf_counter() - checking
        print(f"recomputed in {check_s:.0f} s: {'WRONG' if wrong else 'every cent agrees'}")
        seed_s = max(figure["seed_s"] for figure in figures)
        # Starting Python and opening a database costs the same for any number of orders.
        rated_s = (seed_s + slowest + check_s) / orders * 100_000
        took_s = time.perf_counter() - started
        print(f"{took_s:.0f} s in all; at this rate 100,000 orders take {rated_s:.0f} s")
    sys.exit(1 if wrong else 0)


def run(folder: Path, orders: int, seed: int) -> dict[str, float]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    folder.mkdir(parents=True)
    random_ = random.Random(seed)
    database = folder / "shop.db"
    engine = create_engine(f"sqlite:///{database}")
    metadata.create_all(engine)
    engine.dispose()
    started = time.perf_counter()
    seeded = _seed(database, orders, random_)
    seed_s = time.perf_counter() - started
    # The orders stay until the end: looking through them for garbage again and again would be most of a big run.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    shop = Bench(database, folder / "asked.jsonl", random_)
    started = time.perf_counter()
    for chance in ROUNDS:
        shop.round(seeded, chance)
    shop.close()
    run_s = time.perf_counter() - started
    return {
        "orders": orders, "verbs": shop.verbs, "refunds": shop.refunds, "failed": shop.failed, "seed_s": seed_s,
        "run_s": run_s,
    }  # fmt: skip


class Bench:
    """The writer's own batches, in this process."""

    def __init__(self, database: Path, log: Path, random_: random.Random) -> None:
        self._raw = open_writer_connection(database)
        # Power cuts are not what is measured here; the money is.
        self._raw.execute("PRAGMA synchronous=OFF")
        self._clock = FixedClock(START + timedelta(days=3))
        self._executor = Executor(self._raw, writer_connection(self._raw), self._clock)
        self._registry = Registry(actions=sales.ACTIONS)
        self._log = log.open("w")
        self._random = random_
        self.verbs = self.refunds = self.failed = 0

    def close(self) -> None:
        self._log.close()
        self._raw.close()

    def round(self, orders: Sequence[Seeded], chance: float) -> None:
        self._clock.advance(timedelta(hours=1))
        for kind in ("cancel", "refund", "return"):
            self._asked(kind, [order for order in orders if order.kind == kind and self._random.random() < chance])
        self._settle()

    def _asked(self, kind: str, orders: Sequence[Seeded]) -> None:
        wanted = [(order, units) for order in orders if (units := self._units(order))]
        if kind == "cancel":
            commands = [
                CancelLines(organisation_id=ORGANISATION, order_id=order.id, lines=_line_units(units))
                for order, units in wanted
            ]
            for (order, units), _ in zip(wanted, self._run(commands), strict=True):
                self._note(order, "units", units, [])
        elif kind == "refund":
            self._refund(wanted)
        else:
            self._return(wanted)

    def _refund(self, wanted: Sequence[tuple[Seeded, dict[str, int]]]) -> None:
        commands: list[Command] = []
        notes: list[dict[str, Any]] = []
        for order, units in wanted:
            payable = [line for line in order.lines if line.net > 300 and line.left == line.quantity]
            if payable and self._random.random() < 0.25:
                line = self._random.choice(payable)
                amount = self._random.randint(1, line.net // 3)
                commands.append(
                    sales.RefundOrder(
                        organisation_id=ORGANISATION, order_id=order.id, amount_minor=amount, line_id=line.id
                    )
                )
                notes.append({"order": order.id, "kind": "allowance", "line": line.id, "amount": amount})
                continue
            lines = tuple(RefundUnits(line_id=line_id, quantity=count) for line_id, count in units.items())
            commands.append(sales.RefundOrder(organisation_id=ORGANISATION, order_id=order.id, lines=lines))
            notes.append({"order": order.id, "kind": "units", "lines": list(units.items())})
            self._take(order, units)
        for note, answer in zip(notes, self._run(commands, may_refuse=True), strict=True):
            if answer is not None:
                self._write(note)

    def _return(self, wanted: Sequence[tuple[Seeded, dict[str, int]]]) -> None:
        asked: list[Command] = []
        causes: list[str] = []
        for order, units in wanted:
            if self._random.random() < 0.5:
                asked.append(Withdraw(order_id=order.id, lines=_line_units(units)))
                causes.append("withdrawal")
            else:
                cause = self._random.choice(CAUSES)
                causes.append(cause.value)
                lines = tuple(AskedLine(line_id=line, quantity=count, cause=cause) for line, count in units.items())
                asked.append(RequestReturn(order_id=order.id, lines=lines))
        answers = self._run(asked)
        ids = [answer.return_id if hasattr(answer, "return_id") else answer for answer in answers]
        items: dict[str, list[tuple[str, str, int]]] = {return_id: [] for return_id in ids}
        for item_id, return_id, line_id, count in self._raw.execute(
            "SELECT id, return_id, line_id, quantity FROM sales_return_item WHERE received = 0 ORDER BY id"
        ).fetchall():
            if return_id in items:
                items[return_id].append((item_id, line_id, count))
        self._run(
            [
                ReceiveReturn(
                    organisation_id=ORGANISATION,
                    return_id=return_id,
                    items=tuple(Arrived(item_id=item, received=count) for item, _, count in items[return_id]),
                )
                for return_id in ids
            ]
        )
        inspections, decided = [], []
        for return_id in ids:
            found = [(item, line, *self._verdict(count)) for item, line, count in items[return_id]]
            decided.append(found)
            inspections.append(
                InspectReturn(
                    organisation_id=ORGANISATION,
                    return_id=return_id,
                    items=tuple(
                        Inspected(item_id=item, accepted=accepted, restock=restock, withheld_minor=withheld)
                        for item, _, accepted, restock, withheld in found
                    ),
                )
            )
        self._run(inspections)
        refunds = [
            RefundReturn(organisation_id=ORGANISATION, return_id=return_id)
            for return_id, found in zip(ids, decided, strict=True)
            if any(accepted for _, _, accepted, _, _ in found)
        ]
        self._run(refunds)
        for (order, _), why, found in zip(wanted, causes, decided, strict=True):
            accepted = {line: count for _, line, count, _, _ in found if count}
            self._take(order, accepted)
            restocked = sum(restock for _, _, _, restock, _ in found)
            if accepted:
                back = [[line, count, withheld] for _, line, count, _, withheld in found if count]
                self._write({"order": order.id, "kind": "return", "lines": back, "cause": why, "restocked": restocked})

    def _verdict(self, count: int) -> tuple[int, int, int]:
        """Accepted, on sale again, withheld."""
        accepted = count if self._random.random() < 0.9 else self._random.randint(0, count)
        withheld = self._random.randint(1, 900) if accepted and self._random.random() < 0.15 else 0
        return accepted, self._random.randint(0, accepted), withheld

    def _settle(self) -> None:
        """What the provider tells of each refund, in one go; those that fail are told as arrived before."""
        waiting = self._raw.execute(
            "SELECT id, payment_id, amount_minor FROM sales_refund WHERE state = 'requested' ORDER BY id"
        ).fetchall()
        self.refunds += len(waiting)
        self._run([self._told(row[0], row[1], row[2], sales.EventKind.REFUNDED) for row in waiting])
        failing = [row for row in waiting if self._random.random() < FAILED_SHARE]
        self.failed += len(failing)
        self._clock.advance(timedelta(hours=1))
        self._run([self._told(row[0], row[1], row[2], sales.EventKind.REFUND_FAILED) for row in failing])
        refund_orders = dict(self._raw.execute("SELECT id, order_id FROM sales_refund"))
        for refund_id, _, _ in failing:
            order_id = refund_orders[refund_id]
            self._write({"order": order_id, "kind": "failed", "refund": refund_id})

    def _told(self, refund_id: str, payment_id: str, amount: int, kind: sales.EventKind) -> Command:
        event = sales.PaymentEvent(
            id=f"{kind.value}:{refund_id}",
            payment_id=payment_id,
            kind=kind,
            amount_minor=amount,
            at=self._clock.now(),
            refund_id=refund_id,
        )
        return sales.RecordPayment(provider="test", payment_id=payment_id, events=(event,))

    def _run(self, commands: Sequence[Command], may_refuse: bool = False) -> list[Any]:
        """The decoded results; a refusal is an error unless it may be, and then None."""
        requests = [
            Request(spec := self._registry.spec_of(command), command, SYSTEM,
                    new_id("key") if spec.moves_stock_or_money else None)
            for command in commands
        ]  # fmt: skip
        queue = deque(requests)
        while queue:
            self._executor.run_batch(queue)
        self.verbs += len(requests)
        results = []
        for request in requests:
            match request.answer:
                case Done(result):
                    from_ = request.spec.result
                    results.append(None if from_ is None and not may_refuse else _decoded(request, result))
                case refusal if may_refuse and isinstance(refusal, Exception) and hasattr(refusal, "code"):
                    results.append(None)
                case other:
                    raise RuntimeError(f"{request.command} was answered {other!r}")
        return results

    def _units(self, order: Seeded) -> dict[str, int]:
        found: dict[str, int] = {}
        for line in order.lines:
            if line.left and self._random.random() < 0.7:
                found[line.id] = self._random.randint(1, line.left)
        return found

    def _take(self, order: Seeded, units: dict[str, int]) -> None:
        for line in order.lines:
            line.left -= units.get(line.id, 0)

    def _note(self, order: Seeded, kind: str, units: dict[str, int], withheld: Iterable[int]) -> None:
        self._take(order, units)
        self._write({"order": order.id, "kind": kind, "lines": list(units.items()), "cancelled": True})

    def _write(self, entry: dict[str, Any]) -> None:
        self._log.write(json.dumps(entry) + "\n")


def _decoded(request: Request, result: bytes) -> Any:
    return True if request.spec.result is None else decode_result(request.spec, result)


def _line_units(units: dict[str, int]) -> tuple[LineUnits, ...]:
    return tuple(LineUnits(line_id=line_id, quantity=count) for line_id, count in units.items())


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def _seed(database: Path, orders: int, random_: random.Random) -> list[Seeded]:
    """Orders as a checkout leaves them, written straight into the tables: buying is not what is measured."""
    raw = sqlite3.connect(database)
    raw.execute("PRAGMA synchronous=OFF")
    now = int(START.timestamp() * 1_000_000)
    seeded: list[Seeded] = []
    sold: dict[str, int] = {}
    for first in range(0, orders, SEEDED_AT_ONCE):
        tables: dict[str, list[dict[str, Any]]] = {}
        seeded += [_order(tables, number, now, random_) for number in range(first, min(first + SEEDED_AT_ONCE, orders))]
        for line in tables["sales_order_line"]:
            sold[line["variant_id"]] = sold.get(line["variant_id"], 0) + line["quantity"]
        _insert(raw, tables)
    stock = [
        {"variant_id": variant, "on_hand": count + 10, "held": 0, "sold": count} for variant, count in sold.items()
    ]
    rules = {"organisation_id": ORGANISATION, "approval": "automatic", "address": "", "changed_at": now}
    _insert(raw, {"catalog_stock": stock, "sales_return_rules": [rules]})
    raw.execute("ANALYZE")
    raw.commit()
    raw.close()
    return seeded


def _insert(raw: sqlite3.Connection, tables: dict[str, list[dict[str, Any]]]) -> None:
    for table, rows in tables.items():
        columns = list(rows[0])
        marks = ", ".join(f":{column}" for column in columns)
        raw.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)
    raw.commit()


def _order(tables: dict[str, list[dict[str, Any]]], number: int, now: int, random_: random.Random) -> Seeded:
    order_id, checkout_id, payment_id = f"ord_{number:026d}", f"chk_{number:026d}", f"pay_{number:026d}"
    currency, card, rate = random_.choice(CURRENCIES)
    _, basis_points, included = random_.choice(TAXES)
    kind = random_.choices(("cancel", "refund", "return"), (25, 45, 30))[0]
    lines: list[Line] = []
    tax_minor = items = discount = 0
    count = random_.randint(1, 3)
    with_gift = random_.random() < 0.1
    for position in range(1, count + 1 + with_gift):
        gift = position > count
        quantity = 1 if gift else random_.randint(1, 4)
        price = 0 if gift else random_.randint(99, 19_999)
        off = 0 if gift or random_.random() < 0.5 else random_.randint(0, price * quantity // 2)
        net = price * quantity - off
        tax = _half_up(net * basis_points, 10_000 + basis_points) if included else _half_up(net * basis_points, 10_000)
        line = Line(f"lin_{number:020d}_{position}", quantity, gift, net, quantity)
        lines.append(line)
        items, discount, tax_minor = items + price * quantity, discount + off, tax_minor + tax
        _add(
            tables, "sales_order_line", id=line.id, order_id=order_id, position=position, hold_id=f"hld_{line.id}",
            organisation_id=ORGANISATION, product_id="prd_bench", variant_id=f"var_{random_.randrange(VARIANTS)}",
            title="Linen shirt", variant_title="", sku="", quantity=quantity, price_minor=price,
            amount_minor=price * quantity, discount_minor=off, net_minor=net,
            list_price_minor=1500 if gift else price, gift=int(gift), tax_minor=tax,
            tax_rate_basis_points=basis_points, currency=currency, claims_shown="", held_at=now, placed_at=now,
            source="list", seller_name="Bench", seller_legal_identity="", terms_version=f"{ORGANISATION}/0",
        )  # fmt: skip
        shipped = 0 if kind == "cancel" else quantity
        _add(
            tables, "sales_line_progress", line_id=line.id, order_id=order_id, quantity=quantity, net_minor=net,
            tax_minor=tax, shipped=shipped,
        )  # fmt: skip
    shipping = random_.choice((0, 390, 490, 990))
    shipping_tax = (
        _half_up(shipping * basis_points, 10_000 + basis_points)
        if included
        else _half_up(shipping * basis_points, 10_000)
    )
    tax_minor += shipping_tax
    total = items - discount + shipping + (0 if included else tax_minor)
    digits, fraction = rate.split(".") if "." in rate else (rate, "")
    presentment = _half_up(total * int(digits + fraction), 10 ** len(fraction))

    def money(amount: int) -> dict[str, Any]:
        return {"amount_minor": amount, "currency": currency}

    totals = {
        "items": money(items), "discount": money(discount), "shipping": money(shipping), "shipping_discount": money(0),
        "tax": money(tax_minor), "tax_included": included, "tax_lines": [], "total": money(total),
        "duties_estimate": None,
    }  # fmt: skip
    address = json.dumps({"name": "Ben", "line1": "x 1", "city": "Berlin", "postal_code": "10115", "country": "DE"})
    _add(
        tables, "sales_checkout", id=checkout_id, buyer_key="gst_bench", email="ben@example.com", language="en",
        address=address, total_minor=presentment, currency=card, codes="[]", state="paid", return_path="/",
        link_salt="", link_digest="", created_at=now,
    )  # fmt: skip
    _add(
        tables, "sales_checkout_part", checkout_id=checkout_id, organisation_id=ORGANISATION,
        totals=json.dumps(totals), total_minor=total, currency=currency, terms_version=f"{ORGANISATION}/0",
        priced='{"lines": []}', presentment_minor=presentment, exchange_rate=rate, order_id=order_id,
    )  # fmt: skip
    _add(
        tables, "sales_payment", id=payment_id, checkout_id=checkout_id, provider="test", attempt=1,
        amount_minor=presentment, currency=card, save_method=0, state="captured", authorised_minor=presentment,
        captured_minor=presentment, refunded_minor=0, refund_requested_minor=0, reversed_minor=0, disputed_minor=0,
        created_at=now,
    )  # fmt: skip
    _add(
        tables, "sales_payment_event", provider="test", provider_event_id=f"captured:{payment_id}",
        payment_id=payment_id, kind="captured", amount_minor=presentment, at=now, recorded_at=now,
    )  # fmt: skip
    _add(
        tables, "sales_order", id=order_id, number=f"260306-{number:06d}", checkout_id=checkout_id,
        payment_id=payment_id, buyer_key="gst_bench", organisation_id=ORGANISATION, seller_name="Bench",
        seller_legal_identity="", email="ben@example.com", language="en", address=address, totals=json.dumps(totals),
        total_minor=total, refunded_minor=0, currency=currency, presentment_currency=card,
        presentment_total_minor=presentment, presentment_refunded_minor=0, exchange_rate=rate, state="paid",
        link_salt="", link_digest="", placed_at=now, paid_at=now, packed_at=None if kind == "cancel" else now,
        shipped_at=None if kind == "cancel" else now, search_text="",
    )  # fmt: skip
    return Seeded(order_id, kind, lines, payment_id)


def _add(tables: dict[str, list[dict[str, Any]]], table: str, **row: Any) -> None:
    tables.setdefault(table, []).append(row)


if __name__ == "__main__":
    main()
