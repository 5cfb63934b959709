"""The ledger: each fact booked once, every journal in balance, nothing ever changed; the database itself refuses."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from shopcast import talent
from shopcast.kernel.actions import ActionSpec, Command, Tx
from shopcast.kernel.money import Money
from shopcast.kernel.principal import Principal
from shopcast.sales.events import OrderPaid, OrderRefunded, OrderRefundFailed
from shopcast.talent.ledger.model import is_balanced, sale_entries, turned
from shopcast.talent.ledger.repository import balances, entries_of_journals, journals_page
from tests.factories import TestBackend, make_backend

AT = datetime(2026, 3, 6, 20, 0, tzinfo=UTC)


class Tell(Command, frozen=True, kw_only=True):
    paid: list[OrderPaid] = []
    refunded: list[OrderRefunded] = []
    failed: list[OrderRefundFailed] = []


def tell(tx: Tx, command: Tell, by: Principal, now: datetime) -> None:
    for event in (*command.paid, *command.refunded, *command.failed):
        tx.record(event)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[TestBackend]:
    actions = (*talent.ACTIONS, ActionSpec("test.tell", Tell, tell))
    opened = make_backend(tmp_path, actions=actions, subscriptions=talent.SUBSCRIPTIONS)
    yield opened
    opened.close()


def paid(order_id: str = "ord_1", total: int = 12_000, shipping: int = 490, tax: int = 1_916) -> OrderPaid:
    return OrderPaid(
        order_id=order_id,
        number="260306-AAAAA",
        organisation_id="org_1",
        buyer_key="gst_1",
        payment_id="pay_1",
        provider="test",
        items=Money(total - shipping, "EUR"),
        shipping=Money(shipping, "EUR"),
        tax=Money(tax, "EUR"),
        tax_included=True,
        total=Money(total, "EUR"),
        lines=(),
        at=AT,
    )


def refunded(order_id: str = "ord_1", refund_id: str = "rfd_1") -> OrderRefunded:
    sale = paid(order_id)
    return OrderRefunded(
        order_id=order_id,
        number=sale.number,
        organisation_id=sale.organisation_id,
        buyer_key=sale.buyer_key,
        refund_id=refund_id,
        amount=sale.total,
        items=sale.items,
        shipping=sale.shipping,
        tax=sale.tax,
        tax_included=True,
        lines=(),
        at=AT,
    )


def failed(told_refunded: bool) -> OrderRefundFailed:
    return OrderRefundFailed(
        order_id="ord_1",
        number="260306-AAAAA",
        organisation_id="org_1",
        refund_id="rfd_1",
        amount=Money(12_000, "EUR"),
        told_refunded=told_refunded,
        at=AT,
    )


def sums(shop: TestBackend) -> dict[str, int]:
    return {view.account: view.balance.amount_minor for view in shop.read(balances, "org_1")}


def test_a_sale_is_booked_to_the_cent(shop: TestBackend) -> None:
    shop.run(Tell(paid=[paid()]))
    shop.drain()
    assert sums(shop) == {
        "clearing.test": 12_000,
        "seller.goods": -9_594,
        "seller.shipping": -490,
        "seller.tax": -1_916,
    }


def test_the_same_fact_told_twice_is_booked_once(shop: TestBackend) -> None:
    shop.run(Tell(paid=[paid(), paid()]))
    shop.drain()
    shop.run(Tell(paid=[paid()]))
    shop.drain()
    assert len(shop.rows("SELECT id FROM talent_journal")) == 1


def test_a_refund_turns_the_sale_and_a_failed_refund_turns_it_back(shop: TestBackend) -> None:
    shop.run(Tell(paid=[paid()], refunded=[refunded()]))
    shop.drain()
    assert set(sums(shop).values()) == {0}
    shop.run(Tell(failed=[failed(told_refunded=True)]))
    shop.drain()
    assert sums(shop)["clearing.test"] == 12_000
    assert shop.rows("SELECT kind FROM talent_journal ORDER BY id") == [("sale",), ("refund",), ("refund_failed",)]


def test_a_refund_that_was_never_told_needs_no_reversal(shop: TestBackend) -> None:
    shop.run(Tell(paid=[paid()], failed=[failed(told_refunded=False)]))
    shop.drain()
    assert shop.rows("SELECT kind FROM talent_journal") == [("sale",)]


def test_nothing_without_shipping_or_tax_is_booked_on_their_accounts(shop: TestBackend) -> None:
    shop.run(Tell(paid=[paid(shipping=0, tax=0)]))
    shop.drain()
    assert sums(shop) == {"clearing.test": 12_000, "seller.goods": -12_000}


def test_entries_are_paged_newest_first_without_a_gap(shop: TestBackend) -> None:
    shop.run(Tell(paid=[paid(f"ord_{number}") for number in range(5)]))
    shop.drain()
    whole = shop.read(entries_of_journals, shop.read(journals_page, "org_1", None, 100))
    assert [(entry.order_id, entry.account) for entry in whole[:5]] == [
        ("ord_4", "clearing.test"),
        ("ord_4", "seller.goods"),
        ("ord_4", "seller.shipping"),
        ("ord_4", "seller.tax"),
        ("ord_3", "clearing.test"),
    ]
    paged = []
    before: str | None = None
    while page := shop.read(journals_page, "org_1", before, 2):
        entries = shop.read(entries_of_journals, page)
        # A page ends with a whole journal: its sum is zero.
        assert sum(entry.amount.amount_minor for entry in entries) == 0
        paged += entries
        before = page[-1]
    assert paged == whole
    assert shop.read(journals_page, "org_2", None, 100) == []
    assert {entry.order_id for entry in shop.read(entries_of_journals, _journals_of(shop, "ord_2"))} == {"ord_2"}
    assert _journals_of(shop, "ord_9") == []


def _journals_of(shop: TestBackend, order_id: str) -> list[str]:
    return shop.read(journals_page, "org_1", None, 100, order_id)


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE talent_entry SET amount_minor = amount_minor + 1", "an entry never changes"),
        ("DELETE FROM talent_entry", "an entry is never deleted"),
        ("UPDATE talent_journal SET happened_at = 0", "a journal never changes"),
        ("UPDATE talent_journal SET sealed = 0", "a journal never changes"),
        ("DELETE FROM talent_journal", "a journal is never deleted"),
        (
            "INSERT INTO talent_entry SELECT 'ent_x', id, 'org_1', 'seller.goods', 1, 'EUR' FROM talent_journal",
            "a sealed journal takes no entries",
        ),
    ],
)
def test_the_database_keeps_what_is_sealed(shop: TestBackend, statement: str, reason: str) -> None:
    shop.run(Tell(paid=[paid()]))
    shop.drain()
    before = sums(shop)
    with pytest.raises(IntegrityError, match=reason):
        shop.raw.execute(statement)
    assert sums(shop) == before


@pytest.mark.parametrize(
    ("amounts", "reason"),
    [
        ((("EUR", 100), ("EUR", -99)), "sum to zero"),
        ((("EUR", 100), ("USD", -100)), "sum to zero"),
        ((), "two entries"),
    ],
)
def test_the_database_seals_no_journal_that_is_out_of_balance(
    shop: TestBackend, amounts: tuple[tuple[str, int], ...], reason: str
) -> None:
    _write_journal(shop, amounts)
    with pytest.raises(IntegrityError, match=reason):
        shop.raw.execute(SEAL)
    assert sums(shop) == {}


SEAL = "UPDATE talent_journal SET sealed = 1 WHERE id = 'jrn_x'"


def _write_journal(shop: TestBackend, amounts: tuple[tuple[str, int], ...]) -> None:
    shop.raw.execute("INSERT INTO talent_journal VALUES ('jrn_x', 'org_1', 'sale', 'x', NULL, NULL, 0, 0, 0)")
    for place, (currency, amount) in enumerate(amounts):
        entry = (f"ent_{place}", "jrn_x", "org_1", "a", amount, currency)
        shop.raw.execute("INSERT INTO talent_entry VALUES (?, ?, ?, ?, ?, ?)", entry)


@pytest.mark.parametrize(
    ("guard", "table", "statement"),
    [
        ("talent_entry_fixed", "talent_entry", "UPDATE talent_entry SET amount_minor = amount_minor + 1"),
        ("talent_entry_kept", "talent_entry", "DELETE FROM talent_entry"),
        ("talent_journal_fixed", "talent_journal", "UPDATE talent_journal SET happened_at = 0"),
        (
            "talent_entry_closed",
            "talent_entry",
            "INSERT INTO talent_entry SELECT 'ent_x', id, 'org_1', 'seller.goods', 1, 'EUR' FROM talent_journal",
        ),
    ],
)
def test_each_guard_is_what_refuses(shop: TestBackend, guard: str, table: str, statement: str) -> None:
    """With it taken out the statement goes through: nothing else would have stopped it."""
    shop.run(Tell(paid=[paid()]))
    shop.drain()
    shop.raw.drop_trigger(guard, table)
    assert shop.raw.execute(statement).rowcount > 0


def test_without_its_guard_any_journal_is_sealed(shop: TestBackend) -> None:
    _write_journal(shop, (("EUR", 100), ("EUR", -99)))
    shop.raw.drop_trigger("talent_journal_seal", "talent_journal")
    assert shop.raw.execute(SEAL).rowcount == 1


@given(st.integers(1, 10**12), st.integers(0, 10**9), st.integers(0, 10**9))
@settings(max_examples=200, deadline=None)
def test_every_sale_and_its_refund_balance(goods: int, shipping: int, tax: int) -> None:
    total = Money(goods + shipping + tax, "EUR")
    entries = sale_entries("test", total, Money(shipping, "EUR"), Money(tax, "EUR"))
    assert is_balanced(entries)
    assert is_balanced(turned(entries))
    assert sum(entry.amount.amount_minor for entry in entries if entry.amount.amount_minor > 0) == total.amount_minor
