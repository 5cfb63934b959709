"""A database with sales in it, made by the first schema, goes on with the second; nothing is lost, all adds up."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from alembic import command

from shopcast import migrations
from shopcast.sales.checkout.priced_part import PricedPart
from shopcast.sales.quotes.model import Totals

EUR = "EUR"
SHIPPING, RATE = 490, 1900


def totals(items_minor: int, tax_minor: int) -> str:
    def money(amount_minor: int) -> dict[str, Any]:
        return {"amount_minor": amount_minor, "currency": EUR}

    line = {"country": "DE", "region": "", "rate_basis_points": RATE, "amount": money(tax_minor), "included": True}
    whole = {"items": money(items_minor), "shipping": money(SHIPPING), "tax": money(tax_minor), "tax_included": True}
    return msgspec.json.encode({**whole, "tax_lines": [line], "total": money(items_minor + SHIPPING)}).decode()


def insert(db: sqlite3.Connection, table: str, **values: Any) -> None:
    """What is not named and must be something is empty or zero."""
    columns = db.execute(f"PRAGMA table_info({table})").fetchall()
    row = {
        name: values.get(name, None if not needed or key else ("" if "TEXT" in kind or "CHAR" in kind else 0))
        for _, name, kind, needed, _, key in columns
    }
    row.update(values)
    names = ", ".join(f'"{name}"' for name in row)
    db.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(row))})", list(row.values()))


def sale(db: sqlite3.Connection, name: str, *, quantity: int, price: int, state: str, packed: bool, paid: bool) -> None:
    """One buyer, one line, tax of 19 % inside the price."""
    amount = quantity * price
    line_tax, shipping_tax = round(amount * 1900 / 11900), 78
    told = totals(amount, line_tax + shipping_tax)
    insert(db, "catalog_stock", variant_id=f"var_{name}", on_hand=10, sold=quantity)
    insert(
        db,
        "sales_checkout",
        id=f"chk_{name}",
        organisation_id="org_1",
        address="{}",
        totals=told,
        total_minor=amount + SHIPPING,
        currency=EUR,
        terms_version="org_1/0",
        state="paid" if paid else "failed",
        order_id=f"ord_{name}" if paid else None,
    )
    insert(
        db,
        "sales_hold",
        id=f"hld_{name}",
        variant_id=f"var_{name}",
        quantity=quantity,
        price_minor=price,
        currency=EUR,
        state="claimed" if paid else "held",
        checkout_id=f"chk_{name}",
        source="live",
    )
    insert(
        db,
        "sales_payment",
        id=f"pay_{name}",
        checkout_id=f"chk_{name}",
        state="captured",
        amount_minor=amount + SHIPPING,
        captured_minor=amount + SHIPPING,
        refund_requested_minor=amount + SHIPPING if state in ("refunded", "cancelled") else 0,
        currency=EUR,
    )
    if not paid:
        return
    insert(
        db,
        "sales_order",
        id=f"ord_{name}",
        number=name,
        checkout_id=f"chk_{name}",
        payment_id=f"pay_{name}",
        organisation_id="org_1",
        address="{}",
        totals=told,
        total_minor=amount + SHIPPING,
        refunded_minor=amount + SHIPPING if state in ("refunded", "cancelled") else 0,
        currency=EUR,
        state=state,
        packed_at=5 if packed else None,
        cancelled_at=6 if state == "cancelled" else None,
    )
    insert(
        db,
        "sales_order_line",
        id=f"lin_{name}",
        order_id=f"ord_{name}",
        hold_id=f"hld_{name}",
        quantity=quantity,
        price_minor=price,
        amount_minor=amount,
        tax_minor=line_tax,
        currency=EUR,
    )
    if state in ("refunded", "cancelled"):
        insert(
            db,
            "sales_refund",
            id=f"rfd_{name}",
            payment_id=f"pay_{name}",
            order_id=f"ord_{name}",
            amount_minor=amount + SHIPPING,
            currency=EUR,
            state="succeeded",
        )


@pytest.fixture
def upgraded(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    url = f"sqlite:///{tmp_path / 'shop.sqlite3'}"
    command.upgrade(migrations.alembic_config(url), "0001")
    with opened(tmp_path) as db:
        sale(db, "open", quantity=2, price=1999, state="paid", packed=False, paid=True)
        sale(db, "packed", quantity=1, price=7400, state="paid", packed=True, paid=True)
        sale(db, "cancelled", quantity=3, price=333, state="cancelled", packed=False, paid=True)
        sale(db, "refunded", quantity=1, price=12900, state="refunded", packed=True, paid=True)
        sale(db, "unpaid", quantity=1, price=2400, state="", packed=False, paid=False)
        insert(db, "sales_selling_policy", organisation_id="org_1", version=1, tax_mode="inclusive", zones="[]")
        db.commit()
    migrations.upgrade(url)
    with opened(tmp_path) as db:
        yield db


@contextmanager
def opened(folder: Path) -> Iterator[sqlite3.Connection]:
    db = sqlite3.connect(folder / "shop.sqlite3")
    try:
        yield db
    finally:
        db.close()


def test_every_sale_is_still_there(upgraded: sqlite3.Connection) -> None:
    def count(table: str) -> int:
        return int(upgraded.execute(f"SELECT count(*) FROM {table}").fetchone()[0])

    assert [count(table) for table in ("sales_hold", "sales_checkout", "sales_checkout_part")] == [5, 5, 5]
    assert [count(table) for table in ("sales_order", "sales_order_line", "sales_line_progress")] == [4, 4, 4]
    assert [count(table) for table in ("sales_refund", "sales_refund_line", "sales_order_refunds")] == [2, 2, 2]
    assert upgraded.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert upgraded.execute("SELECT sum(sold), sum(set_aside) FROM catalog_stock").fetchone() == (8, 0)
    policy = "SELECT hold_minutes, selling_mode, return_days, return_shipping FROM sales_selling_policy"
    assert upgraded.execute(policy).fetchone() == (5, "hold", 14, "buyer")


def test_a_checkout_becomes_the_part_of_its_one_seller(upgraded: sqlite3.Connection) -> None:
    rows = upgraded.execute("SELECT checkout_id, totals, priced, total_minor, order_id FROM sales_checkout_part")
    for checkout_id, told, priced, total_minor, order_id in rows:
        name = checkout_id.removeprefix("chk_")
        sums, part = msgspec.json.decode(told, type=Totals), msgspec.json.decode(priced, type=PricedPart)
        assert sums.total.amount_minor == total_minor
        assert (sums.discount.amount_minor, sums.shipping_discount.amount_minor) == (0, 0)
        line = part.line_of(f"hld_{name}")
        assert line.net_minor == line.amount_minor == sums.items.amount_minor
        assert line.tax_minor == sums.tax.amount_minor - 78
        assert order_id == (None if name == "unpaid" else f"ord_{name}")


def test_what_happened_to_older_orders_is_counted_whole(upgraded: sqlite3.Connection) -> None:
    rows = upgraded.execute(
        "SELECT order_id, quantity, cancelled, packed, refunded_units, goods_refunded_minor, net_minor"
        " FROM sales_line_progress ORDER BY order_id"
    ).fetchall()
    assert rows == [
        ("ord_cancelled", 3, 3, 0, 3, 999, 999),
        ("ord_open", 2, 0, 0, 0, 0, 3998),
        ("ord_packed", 1, 0, 1, 0, 0, 7400),
        ("ord_refunded", 1, 0, 1, 1, 12900, 12900),
    ]
    refunds = upgraded.execute(
        "SELECT amount_minor, goods_minor, shipping_minor, tax_minor FROM sales_refund"
    ).fetchall()
    assert all(amount == goods + shipping + tax for amount, goods, shipping, tax in refunds)
    asked = "SELECT asked_minor = total_minor, shipping_asked_minor, shipping_tax_asked_minor FROM sales_order_refunds"
    assert upgraded.execute(asked).fetchall() == [(1, SHIPPING, 78), (1, SHIPPING, 78)]
    orders = "SELECT count(*) FROM sales_order WHERE presentment_total_minor = total_minor AND exchange_rate = '1'"
    assert upgraded.execute(orders).fetchone() == (4,)
