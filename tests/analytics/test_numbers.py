"""A show's numbers to the cent: each fact once, however often and in whatever order it is heard."""

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shopcast.analytics import DEFINITIONS, Fact, numbers_of
from shopcast.kernel.ids import new_id
from shopcast.kernel.money import Money
from shopcast.sales.events import HoldPlaced, OrderLineTold, OrderPaid, OrderRefunded, OrderRefundFailed
from shopcast.shows.events import TryOnRequested
from tests.analytics.conftest import Tell
from tests.factories import START
from tests.factories.replay import replayed
from tests.shows.stage import Stage

REFUND = new_id("rfd")


def eur(amount_minor: int) -> Money:
    return Money(amount_minor, "EUR")


def line(stage: Stage, number: int, minor: int, opened_s: float | None, quantity: int = 1, name: str = "a") -> Any:
    return OrderLineTold(
        line_id=f"lin_{number}{name}",
        show_id=stage.show_id,
        item_id=stage.items[number],
        item_number=number,
        product_id="prd_1",
        variant_id="var_1",
        quantity=quantity,
        price=eur(minor // quantity),
        amount=eur(minor),
        tax=eur(0),
        source="live",
        media_at=None,
        opened_at=None if opened_s is None else START - timedelta(seconds=opened_s),
        held_at=START,
        host_opened_id=None,
        host_placed_id=None,
    )


def paid(order_id: str, *lines: OrderLineTold, minutes: int = 0) -> OrderPaid:
    total = eur(sum(one.amount.amount_minor for one in lines))
    return OrderPaid(
        order_id=order_id,
        number="1",
        organisation_id="org_1",
        buyer_key="gst_1",
        payment_id="pay_1",
        provider="test",
        items=total,
        shipping=eur(490),
        tax=eur(0),
        tax_included=True,
        total=total + eur(490),
        lines=lines,
        at=START + timedelta(minutes=minutes),
    )


def refunded(order: OrderPaid, minutes: int) -> OrderRefunded:
    return OrderRefunded(
        order_id=order.order_id,
        number="1",
        organisation_id="org_1",
        buyer_key="gst_1",
        refund_id=REFUND,
        amount=order.total,
        items=order.items,
        shipping=order.shipping,
        tax=order.tax,
        tax_included=True,
        lines=order.lines,
        at=START + timedelta(minutes=minutes),
    )


def failed(order: OrderPaid, *, told_refunded: bool) -> OrderRefundFailed:
    return OrderRefundFailed(
        order_id=order.order_id,
        number="1",
        organisation_id="org_1",
        refund_id=REFUND,
        amount=order.total,
        told_refunded=told_refunded,
        at=START,
    )


def held(stage: Stage, hold_id: str, show: bool = True) -> HoldPlaced:
    return HoldPlaced(
        hold_id=hold_id,
        buyer_key="gst_1",
        organisation_id="org_1",
        show_id=stage.show_id if show else None,
        item_id=stage.items[1],
        variant_id="var_1",
        quantity=2,
        price=eur(1000),
        source="live",
        opened_at=None,
        at=START,
    )


def asked(stage: Stage, person_key: str) -> TryOnRequested:
    return TryOnRequested(show_id=stage.show_id, item_id=stage.items[2], number=2, person_key=person_key, at=START)


def hear(stage: Stage, *events: Any) -> None:
    stage.shop.backend.run(Tell(events=list(events)))
    stage.shop.backend.drain()


def metrics(stage: Stage) -> dict[str, Any]:
    answer = stage.owner.get(f"{stage.path}/numbers")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    for metric in found["metrics"]:
        unit, english, chinese = DEFINITIONS[metric["key"]]
        assert (metric["unit"], metric["definition_en"], metric["definition_zh"]) == (unit, english, chinese)
    values: dict[str, Any] = {metric["key"]: metric["value"] for metric in found["metrics"]}
    assert set(values) == set(DEFINITIONS)
    return {**values, "per_minute": found["per_minute"], "items": found["items"]}


def evening(stage: Stage) -> list[Any]:
    """Two orders, the first of two lines; the second was given back."""
    first = paid("ord_1", line(stage, 1, 2000, 30, quantity=2), line(stage, 2, 1100, 90))
    second = paid("ord_2", line(stage, 1, 1000, 10, name="b"), minutes=1)
    return [
        asked(stage, "gst_1"),
        asked(stage, "gst_2"),
        held(stage, "hld_1"),
        held(stage, "hld_2", show=False),
        first,
        second,
        refunded(second, 2),
    ]


def test_an_evening_in_numbers(stage: Stage) -> None:
    hear(stage, *evening(stage))
    found = metrics(stage)
    minute = int(START.timestamp()) * 1000
    assert found == {
        "viewers_now": 0,
        "viewers_peak": 0,
        "viewers_unique": 0,
        "viewers_average_s": None,
        "requests": 2,
        "holds": 1,
        "units": 3,
        "sales_gross": {"amount_minor": 4100, "currency": "EUR"},
        "sales_net": {"amount_minor": 3100, "currency": "EUR"},
        # 90 s from the first item that was opened, and 70 s.
        "open_to_paid_median": 80.0,
        "per_minute": [
            {"at_ms": minute, "viewers": 0, "orders": 1, "net_minor": 3100},
            {"at_ms": minute + 60_000, "viewers": 0, "orders": 1, "net_minor": 1000},
            {"at_ms": minute + 120_000, "viewers": 0, "orders": 0, "net_minor": -1000},
        ],
        "items": [
            item(stage, 1, "Scarf", holds=1, units=2, net=2000),
            item(stage, 2, "Lamp", requests=2, units=1, net=1100),
            item(stage, 3, "Bowl"),
        ],
    }


def item(stage: Stage, number: int, title: str, net: int = 0, **counts: int) -> dict[str, Any]:
    return {
        "item_id": stage.items[number],
        "number": number,
        "title": title,
        "requests": 0,
        "holds": 0,
        "units": 0,
        **counts,
        "net": {"amount_minor": net, "currency": "EUR"},
    }


def test_a_show_without_anything_has_zeroes_not_guesses(stage: Stage) -> None:
    found = metrics(stage)
    assert found["sales_net"] == {"amount_minor": 0, "currency": "EUR"}
    assert (found["units"], found["open_to_paid_median"], found["per_minute"]) == (0, None, [])


def test_what_is_heard_twice_counts_once(stage: Stage) -> None:
    hear(stage, *evening(stage))
    before = metrics(stage)
    hear(stage, *evening(stage))
    assert metrics(stage) == before


def test_from_the_beginning_the_rows_are_the_same(stage: Stage, tmp_path: Path) -> None:
    events = evening(stage)
    hear(stage, *events, failed(events[5], told_refunded=True))
    rows = "SELECT * FROM analytics_fact ORDER BY id"
    before = stage.shop.backend.rows(rows)
    assert len(before) == 8
    with replayed(stage.shop.backend, tmp_path, "analytics.", ("DELETE FROM analytics_fact",)) as again:
        assert again.rows(rows) == before


def test_a_refund_that_did_not_arrive_counts_no_more_in_any_order(stage: Stage) -> None:
    order = paid("ord_2", line(stage, 1, 1000, 10))
    hear(stage, order, failed(order, told_refunded=True))
    assert metrics(stage)["sales_net"]["amount_minor"] == 1000
    hear(stage, refunded(order, 1))
    assert (metrics(stage)["sales_net"]["amount_minor"], metrics(stage)["units"]) == (1000, 1)


def test_a_failure_nobody_was_told_a_refund_before_changes_nothing(stage: Stage) -> None:
    order = paid("ord_2", line(stage, 1, 1000, 10))
    hear(stage, order, failed(order, told_refunded=False), refunded(order, 1))
    assert metrics(stage)["sales_net"]["amount_minor"] == 0


def test_viewers_are_those_of_the_room(stage: Stage) -> None:
    raw = stage.shop.backend.raw
    for second, concurrent, unique in ((0, 3, 3), (30, 9, 11), (90, 4, 12)):
        at = int((START + timedelta(seconds=second)).timestamp() * 1_000_000)
        row = (stage.show["room_id"], at, concurrent, unique)
        raw.execute("INSERT INTO room_presence (room_id, at, concurrent, unique_so_far) VALUES (?, ?, ?, ?)", row)
    found = metrics(stage)
    assert (found["viewers_now"], found["viewers_peak"], found["viewers_unique"]) == (4, 9, 12)
    assert found["viewers_average_s"] == round((3 + 9 + 4) * 30 / 12)
    assert [minute["viewers"] for minute in found["per_minute"]] == [9, 4]


def test_the_csv_has_every_fact(stage: Stage) -> None:
    hear(stage, *evening(stage))
    answer = stage.owner.get(f"{stage.path}/numbers.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="{stage.show_id}-numbers.csv"'
    assert answer.text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    sales = [(row["item_number"], row["quantity"], row["amount"]) for row in rows if row["kind"] == "sale"]
    assert sorted(sales) == [("1", "1", "10.00"), ("1", "2", "20.00"), ("2", "1", "11.00")]
    assert sorted(row["kind"] for row in rows) == ["hold", "refund", "request", "request", "sale", "sale", "sale"]
    assert {row["currency"] for row in rows if row["kind"] != "request"} == {"EUR"}


def test_numbers_are_the_staffs(stage: Stage) -> None:
    for path in ("numbers", "numbers.csv"):
        assert stage.shop.visitor().get(f"{stage.path}/{path}").status_code == 401


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 10**6), st.booleans()), max_size=30))
def test_net_is_sales_less_refunds_in_every_view(drawn: list[tuple[int, int, bool]]) -> None:
    facts = [
        Fact(
            f"{'sale' if is_sale else 'refund'}:ord_{place}:{place}",
            "shw_1",
            "sale" if is_sale else "refund",
            START + timedelta(minutes=minute),
            amount_minor=amount,
            currency="EUR",
        )
        for place, (minute, amount, is_sale) in enumerate(drawn)
    ]
    wanted = sum(amount if is_sale else -amount for _, amount, is_sale in drawn)
    found = numbers_of("shw_1", facts, [], [], "EUR")
    net = next(metric.value for metric in found.metrics if metric.key == "sales_net")
    assert net == Money(wanted, "EUR")
    assert sum(minute.net_minor for minute in found.per_minute) == wanted
    assert sum(minute.orders for minute in found.per_minute) == sum(is_sale for _, _, is_sale in drawn)
