"""What each guard of refunds, returns and parcels is worth: taken out, a CHECK of the table refuses what the condition
no longer does; and what is simply not done any more is seen, in the answer or in the sums."""

import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from shopcast import catalog, sales
from shopcast.kernel.errors import Refused
from shopcast.sales.fulfilment import repository as fulfilment
from shopcast.sales.refunds import repository as refunds
from shopcast.sales.returns import repository as returns
from tests.sales.after import Bought, bought
from tests.sales.invariants import violations
from tests.sales.support import SaleShop

# More than anything here has.
TOO_MANY = 99
# A statement, what it changes, and units: below zero where it may take away too much.
GUARDED: list[tuple[ModuleType, str, str, int]] = [
    (fulfilment, "_SHIP", "sales_line_progress", TOO_MANY),
    (fulfilment, "_UNSHIP", "sales_line_progress", TOO_MANY),
    (fulfilment, "_CANCEL", "sales_line_progress", TOO_MANY),
    (fulfilment, "_TAKE_BACK", "sales_line_progress", TOO_MANY),
    (fulfilment, "_LET_GO", "sales_line_progress", TOO_MANY),
    (fulfilment, "_SEND_AGAIN", "sales_line_progress", TOO_MANY),
    (fulfilment, "_SEND_REPLACEMENT", "sales_replacement", TOO_MANY),
    (fulfilment, "_UNSEND_REPLACEMENT", "sales_replacement", TOO_MANY),
    (fulfilment, "_CANCEL_REPLACEMENT", "sales_replacement", TOO_MANY),
    (fulfilment, "_RESTOCK_REPLACEMENT", "sales_replacement", TOO_MANY),
    (returns, "_RECEIVE", "sales_return_item", TOO_MANY),
    (returns, "_INSPECT", "sales_return_item", TOO_MANY),
    (returns, "_REFUND_UNITS", "sales_return_item", TOO_MANY),
    (returns, "_EXCHANGE_UNITS", "sales_return_item", TOO_MANY),
    (returns, "_COUNT_REFUNDED", "sales_return_item", -TOO_MANY),
    (returns, "_GIVE_UP", "sales_return_item", TOO_MANY),
    (refunds, "_TAKE_LINE", "sales_line_progress", TOO_MANY),
    (refunds, "_TAKE_LINE_AGAIN", "sales_line_progress", TOO_MANY),
    (refunds, "_TAKE_ORDER", "sales_order_refunds", TOO_MANY),
    (refunds, "_TAKE_ORDER_AGAIN", "sales_order_refunds", TOO_MANY),
    (refunds, "_PUT_BACK_LINE", "sales_line_progress", TOO_MANY),
    (refunds, "_PUT_BACK_MONEY", "sales_line_refunds", TOO_MANY),
    (refunds, "_PUT_BACK_ORDER", "sales_order_refunds", TOO_MANY),
]
# These have no condition: the CHECK alone stands there.
BARE = {"_PUT_BACK_MONEY", "_PUT_BACK_ORDER"}


def _worked(sale: SaleShop) -> Bought:
    """Four bought and sent, three of them back: one paid back, one exchanged, one neither; and an allowance."""
    order = bought(sale, (0, 4))
    order.arrived()
    return_id = order.came_back(3)
    item = sale.backend.rows("SELECT id FROM sales_return_item")[0][0]
    body = {"item_id": item, "variant_id": sale.variants[1], "quantity": 1}
    assert order.of_return(return_id, "exchange", body).status_code == 200
    order.ship()
    assert order.of_return(return_id, "refund").status_code == 200
    assert order.sell("/refund", {"amount_minor": 500}).status_code == 200
    sale.run_jobs()
    return order


def _params(sale: SaleShop, table: str, units: int) -> dict[str, Any]:
    """What is there as it is, and far more of everything asked for."""
    raw = sale.backend.raw
    cursor = raw.execute(f"SELECT * FROM {table}")
    row = dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True))
    money = 10**9 if units > 0 else -(10**9)
    return {
        **{name: row.get(name) for name in ("id", "line_id", "order_id", "return_id")},
        "units": units, "accepted": units, "restocked": 0, "written_off": 0, "given_up": 0,
        "goods": money, "tax": money, "amount": money, "presentment": money, "shipping": money,
        "shipping_tax": money, "gifts": money, "allowance": money, "withheld": 0 if "accepted" in row else money,
        "was_units": row.get("refunded_units"), "was_goods": row.get("goods_refunded_minor"),
        "was_tax": row.get("tax_refunded_minor"), "was_asked": row.get("asked_minor"),
        "was_presentment": row.get("presentment_asked_minor"), "was_shipping": row.get("shipping_asked_minor"),
        "reception": "received", "acceptance": "accepted", "cause": "size", "answer": "", "now": 0, "row": row,
    }  # fmt: skip


def _bound(statement: str, params: dict[str, Any]) -> dict[str, Any]:
    """`:was` is the counter the statement compares it with."""
    row = params["row"]
    found = {name: params.get(name) for name in re.findall(r":(\w+)", statement)}
    if compared := re.search(r"(\w+) = :was\b", statement):
        found["was"] = row[compared.group(1)]
    return found


def _unguarded(statement: str) -> str:
    """Only which row it is stays of the condition."""
    head, condition = statement.split(" WHERE ")
    kept = [part for part in condition.split(" AND ") if re.fullmatch(r"(id|line_id|order_id|return_id) = :\w+", part)]
    return f"{head} WHERE {' AND '.join(kept)}"


@pytest.mark.parametrize(("module", "name", "table", "units"), GUARDED, ids=lambda value: str(value).strip("_"))
def test_behind_each_condition_stands_a_check(
    sale: SaleShop, module: ModuleType, name: str, table: str, units: int
) -> None:
    _worked(sale)
    statement = str(getattr(module, name))
    params = _params(sale, table, units)
    raw = sale.backend.raw
    if name not in BARE:
        assert _unguarded(statement) != statement
        assert raw.execute(statement, _bound(statement, params)).rowcount == 0
    mutated = _unguarded(statement)
    with pytest.raises(IntegrityError, match=r"CHECK constraint failed|violates check constraint"):
        raw.execute(mutated, _bound(mutated, params))
    assert violations(sale.backend) == []


# What a step that does nothing any more breaks. Each history is told by its numbers; with the step they are right.


def _paid_back_once(sale: SaleShop) -> list[str]:
    """One of three came back; its refund is pressed twice."""
    order = bought(sale, (0, 3))
    order.arrived()
    return_id = order.came_back(1)
    codes = [order.of_return(return_id, "refund").json().get("code", "") for _ in range(2)]
    sale.run_jobs()
    return [*codes, str(order.refunded)]


def _fails_and_comes_again(sale: SaleShop) -> list[str]:
    """All three come back, the refund fails at the bank, and is asked for again."""
    order = bought(sale, (0, 3))
    order.arrived()
    return_id = order.came_back(3)
    order.of_return(return_id, "refund")
    sale.run_jobs()
    payment, refund, amount = sale.backend.rows("SELECT payment_id, id, amount_minor FROM sales_refund")[0]
    sale.backend.advance(days=2)
    failed = sales.PaymentEvent(
        id="evt_failed",
        payment_id=payment,
        kind=sales.EventKind.REFUND_FAILED,
        amount_minor=amount,
        at=sale.backend.clock.now(),
        refund_id=refund,
    )
    sale.backend.run(sales.RecordPayment(provider="test", payment_id=payment, events=(failed,)))
    counters = str(order.counters()[0][3:])
    again = order.of_return(return_id, "refund").json().get("code", "")
    return [counters, again]


def _goes_on_sale_again(sale: SaleShop) -> list[str]:
    """One of two is exchanged for the other size, which comes back as well."""
    order = bought(sale, (0, 2))
    order.arrived()
    return_id = order.came_back(1)
    item = sale.backend.rows("SELECT id FROM sales_return_item")[0][0]
    body = {"item_id": item, "variant_id": sale.variants[1], "quantity": 1}
    order.of_return(return_id, "exchange", body)
    order.arrived()
    order.came_back(1)
    return [str(sale.stock(0)), str(sale.stock(1))]


def _cancelled(sale: SaleShop) -> list[str]:
    order = bought(sale, (0, 3))
    order.sell("/cancel", {"lines": order.units(2)})
    return [str(sale.stock(0))]


Step = tuple[Any, str, Callable[..., Any], Callable[[SaleShop], list[str]], list[str]]
STEPS: dict[str, Step] = {
    "returns.refund_units": (
        returns, "refund_units", lambda *_: True, _paid_back_once, ["", "sales.nothing_to_refund", "2500"],
    ),
    "refunds.put_back": (
        refunds, "put_back", lambda *_: None, _fails_and_comes_again, ["(0, 0, 0)", ""],
    ),
    "returns.count_refunded": (
        returns, "count_refunded", lambda *_: None, _fails_and_comes_again, ["(0, 0, 0)", ""],
    ),
    "fulfilment.restock_replacements": (
        fulfilment, "restock_replacements", lambda *_: {}, _goes_on_sale_again, ["(5, 0, 1)", "(1, 0, 0)"],
    ),
    "catalog.return_stock of a return": (
        catalog, "return_stock", lambda *_: None, _goes_on_sale_again, ["(5, 0, 1)", "(1, 0, 0)"],
    ),
    "catalog.return_stock of a cancellation": (
        catalog, "return_stock", lambda *_: None, _cancelled, ["(5, 0, 1)"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STEPS)
def test_with_the_step_the_numbers_are_right(sale: SaleShop, name: str) -> None:
    *_, history, expected = STEPS[name]
    assert history(sale) == expected
    assert violations(sale.backend) == []


# Nothing but the numbers tells these: the rows agree with each other, about something that did not happen.
ONLY_TOLD = {"returns.count_refunded", "fulfilment.restock_replacements"}


@pytest.mark.parametrize("name", STEPS)
def test_without_the_step_the_numbers_and_the_sums_are_wrong(
    sale: SaleShop, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    module, attribute, nothing, history, expected = STEPS[name]
    monkeypatch.setattr(module, attribute, nothing)
    try:
        told = history(sale)
    except Refused as refusal:
        told = [refusal.code]
    assert told != expected
    assert (violations(sale.backend) == []) == (name in ONLY_TOLD)
