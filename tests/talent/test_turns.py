"""Facts that are taken back and told again: refunds that un-succeed, disputes that are decided and opened again. Each
turn is booked once, and the books end where the money is."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from shopcast import talent
from shopcast.kernel.actions import ActionSpec, Command, Tx
from shopcast.kernel.money import Money
from shopcast.kernel.principal import Principal
from shopcast.sales.events import DisputeLost, DisputeOpened, DisputeWon, OrderPaid, OrderRefunded, OrderRefundFailed
from shopcast.talent.ledger.repository import balances
from tests.factories import TestBackend, make_backend
from tests.talent.test_ledger import AT, failed, paid, refunded

AMOUNT = Money(12_000, "EUR")


class TellAll(Command, frozen=True, kw_only=True):
    facts: list[OrderPaid | OrderRefunded | OrderRefundFailed | DisputeOpened | DisputeWon | DisputeLost]


def tell_all(tx: Tx, command: TellAll, by: Principal, now: object) -> None:
    for event in command.facts:
        tx.record(event)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[TestBackend]:
    actions = (*talent.ACTIONS, ActionSpec("test.tell_all", TellAll, tell_all))
    opened = make_backend(tmp_path, actions=actions, subscriptions=talent.SUBSCRIPTIONS)
    yield opened
    opened.close()


def _sums(shop: TestBackend) -> dict[str, int]:
    views = shop.read(balances, "org_1")
    return {view.account: view.balance.amount_minor for view in views if view.balance.amount_minor}


def _dispute(second: int, dispute_id: str) -> dict[str, object]:
    return {
        "dispute_id": dispute_id,
        "order_id": "ord_1",
        "number": "260306-AAAAA",
        "organisation_id": "org_1",
        "amount": AMOUNT,
        "at": AT + timedelta(seconds=second),
    }


def _later(event: OrderRefunded | OrderRefundFailed, second: int) -> OrderRefunded | OrderRefundFailed:
    return replace(event, at=AT + timedelta(seconds=second))


@pytest.mark.parametrize(("turns", "held"), [(1, 0), (2, 12_000), (3, 0), (4, 12_000), (5, 0)])
def test_a_refund_that_the_bank_sends_to_and_fro_is_booked_each_time(shop: TestBackend, turns: int, held: int) -> None:
    facts = [_later(failed(told_refunded=True) if turn % 2 else refunded(), turn) for turn in range(turns)]
    shop.run(TellAll(facts=[paid(), *facts]))
    shop.drain()
    # Delivered once more, as a queue may.
    shop.run(TellAll(facts=[*facts]))
    shop.drain()
    assert _sums(shop).get("clearing.test", 0) == held
    assert sum(_sums(shop).values()) == 0
    assert len(shop.rows("SELECT id FROM talent_journal")) == 1 + turns


def _decided(how: str) -> list[DisputeOpened | DisputeWon | DisputeLost]:
    """`o` opened, `w` won, `l` lost, `r` opened again after it was lost."""
    facts: list[DisputeOpened | DisputeWon | DisputeLost] = []
    for second, what in enumerate(how):
        told = _dispute(second, "dsp_1")
        if what in "or":
            facts.append(DisputeOpened(**told, provider="test", was_lost=what == "r"))  # type: ignore[arg-type]
        else:
            facts.append((DisputeWon if what == "w" else DisputeLost)(**told))  # type: ignore[arg-type]
    return facts


KEPT = {"clearing.test": 12_000, "seller.goods": -9_594, "seller.shipping": -490, "seller.tax": -1_916}
OPEN = {**KEPT, "clearing.test": 0, "seller.disputed": 12_000}
LOST = {**KEPT, "clearing.test": 0, "seller.dispute_loss": 12_000}


@pytest.mark.parametrize(
    ("how", "ends"),
    [
        ("o", OPEN),
        ("ow", KEPT),
        ("ol", LOST),
        ("olr", OPEN),
        ("olrw", KEPT),
        ("olrl", LOST),
        ("owo", OPEN),
        ("owol", LOST),
        ("owolrw", KEPT),
    ],
)
def test_a_dispute_ends_in_the_books_where_the_money_is(shop: TestBackend, how: str, ends: dict[str, int]) -> None:
    facts = _decided(how)
    shop.run(TellAll(facts=[paid(), *facts, *facts]))
    shop.drain()
    assert _sums(shop) == {account: amount for account, amount in ends.items() if amount}
