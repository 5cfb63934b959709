"""Many payments at once: what is written for them is what one by one writes, and what is odd is told as ever."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from shopcast.backends.calls import Answer, Done, Request
from shopcast.kernel.actions import Command
from shopcast.kernel.errors import ShopcastError
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.sales.checkout.address import PostalAddress
from shopcast.sales.checkout.model import CheckoutStarted
from shopcast.sales.checkout.start_checkout import StartCheckout
from shopcast.sales.holds.model import HoldView, Source
from shopcast.sales.holds.place_hold import PlaceHold
from shopcast.sales.payments.model import EventKind, PaymentEvent
from shopcast.sales.payments.record_payment import RecordPayment
from shopcast.sales.ports import SavedMethod
from tests.factories import guest
from tests.sales.invariants import violations
from tests.sales.support import SaleShop, Template

BUYERS = 6
# Names made anew each time: only whether there is one is compared.
_MADE = {
    "id",
    "checkout_id",
    "payment_id",
    "order_id",
    "line_id",
    "hold_id",
    "provider_event_id",
    "buyer_key",
    "key",
    "number",
    "search_text",
    "reference",
    "fingerprint",
}
TABLES = (
    "sales_hold",
    "sales_checkout",
    "sales_checkout_part",
    "sales_payment",
    "sales_payment_event",
    "sales_provider_call",
    "sales_order",
    "sales_order_line",
    "sales_line_progress",
    "sales_show_total",
    "catalog_stock",
)


def together(sale: SaleShop, calls: Sequence[tuple[Command, Principal]], key: bool = True) -> list[Answer | None]:
    """In one batch of the writer."""
    backend = sale.backend
    requests = [
        Request(backend.registry.spec_of(command), command, by, new_id("key") if key else None) for command, by in calls
    ]
    backend.together(requests)
    return [request.answer for request in requests]


def results(sale: SaleShop, calls: Sequence[tuple[Command, Principal]], type: Any, each: bool) -> list[Any]:
    if each:
        return [sale.backend.run(command, by) for command, by in calls]
    answers = together(sale, calls, key=not calls[0][1].system)
    assert all(isinstance(answer, Done) for answer in answers), answers
    return [msgspec.msgpack.decode(answer.result, type=type) for answer in answers if isinstance(answer, Done)]


def buyers(count: int = BUYERS) -> list[Principal]:
    return [guest(new_id("gst")) for _ in range(count)]


def hold(sale: SaleShop, variant: int = 0) -> PlaceHold:
    return PlaceHold(
        show_id=sale.show_id,
        item_id=sale.items[0 if variant < 2 else 1],
        variant_id=sale.variants[variant],
        quantity=1,
        source=Source.LIVE,
    )


def start(number: int, *holds: HoldView, **changes: Any) -> StartCheckout:
    given: dict[str, Any] = {
        "hold_ids": tuple(one.id for one in holds),
        "provider": "test",
        "email": f"buyer{number}@example.com",
        "address": PostalAddress(
            name="Ben Example", line1=f"Hauptstr. {number}", city="Berlin", postal_code="10115", country="DE"
        ),
        "has_token": True,
        "link_salt": f"salt{number}",
        "link_digest": f"digest{number}",
        **changes,
    }
    return StartCheckout(**given)


def came(sale: SaleShop, started: CheckoutStarted, minor: int | None = None, card: str = "") -> RecordPayment:
    now, amount = sale.now(), started.amount.amount_minor if minor is None else minor
    one: dict[str, Any] = {"payment_id": started.payment_id, "amount_minor": amount, "at": now}
    return RecordPayment(
        provider="test",
        payment_id=started.payment_id,
        events=(
            PaymentEvent(id=new_id("tpe"), kind=EventKind.AUTHORISED, **one),
            PaymentEvent(
                id=new_id("tpe"),
                kind=EventKind.CAPTURED,
                reference=f"cap_{started.payment_id}",
                currency=started.amount.currency,
                **one,
            ),
        ),
        saved_method=SavedMethod("", "Test card ·· 4242", card or f"fp_{started.payment_id}"),
    )


def stocked(sale: SaleShop) -> None:
    sale.backend.raw.execute("UPDATE catalog_stock SET on_hand = 40")


def written(sale: SaleShop) -> dict[str, list[list[tuple[str, object]]]]:
    found: dict[str, list[list[tuple[str, object]]]] = {}
    for table in TABLES:
        columns = sale.backend.columns(table)
        stored = sale.backend.rows(f"SELECT {', '.join(columns)} FROM {table}")
        rows = [dict(zip(columns, row, strict=True)) for row in stored]
        told = [[(name, _plain(name, row[name])) for name in columns] for row in rows]
        found[table] = sorted(told, key=str)
    return found


def _plain(name: str, value: object) -> object:
    if name == "priced":
        return re.sub(r"hld_\w+", "", str(value))
    return value is None if name in _MADE else value


def bought(sale: SaleShop, each: bool) -> dict[str, list[list[tuple[str, object]]]]:
    stocked(sale)
    people = buyers()
    held = [sale.backend.run(hold(sale, index % 3), by) for index, by in enumerate(people)]
    starts = [(start(index, view), by) for index, (view, by) in enumerate(zip(held, people, strict=True))]
    begun = results(sale, starts, CheckoutStarted, each)
    results(sale, [(came(sale, one), SYSTEM) for one in begun], type(None), each)
    sale.backend.drain()
    assert violations(sale.backend) == [], violations(sale.backend)
    return written(sale)


def test_payments_together_write_what_one_by_one_writes(sale: SaleShop) -> None:
    template = Template.of(sale)
    one_by_one = bought(sale, each=True)
    told = {name: sale.events(name) for name in ("sales.order_placed", "sales.order_paid")}
    jobs = sale.count("kernel_jobs", "name = 'sales.mail_order'")
    journals = sale.count("room_private")
    template.put_back()
    assert bought(sale, each=False) == one_by_one
    assert {name: sale.events(name) for name in told} == told
    assert told == {"sales.order_placed": BUYERS, "sales.order_paid": BUYERS}
    assert sale.count("kernel_jobs", "name = 'sales.mail_order'") == jobs == BUYERS
    assert sale.count("room_private") == journals == BUYERS
    # What became of each is known: nobody asks the provider once more.
    assert sale.count("kernel_jobs", "name = 'sales.resolve_payment'") == 0


def test_a_refusal_among_them_changes_nothing_and_stops_nobody(sale: SaleShop) -> None:
    stocked(sale)
    people = buyers(4)
    held = [sale.backend.run(hold(sale), by) for by in people]
    nowhere = PostalAddress(name="A", line1="B", city="C", postal_code="1", country="??")
    calls = [
        (start(0, held[0]), people[0]),
        (start(1, held[0]), people[1]),  # somebody else's
        (start(2, held[2], expected_total_minor=1), people[2]),
        (start(3, held[3], address=nowhere), people[3]),
        (start(4, held[0]), people[0]),  # the same hold once more
    ]
    answers = together(sale, calls)
    codes = [answer.code if isinstance(answer, ShopcastError) else "done" for answer in answers]
    assert codes[0] == "done"
    assert codes[1:3] == ["not_found", "sales.total_changed"]
    assert codes[3] != "done"
    assert codes[4] == "sales.hold_in_payment"
    assert (sale.count("sales_checkout"), sale.count("sales_payment"), sale.count("sales_provider_call")) == (1, 1, 1)
    assert violations(sale.backend) == []


@pytest.mark.parametrize("again", ["same", "other"])
def test_news_of_one_payment_twice_in_a_batch_opens_one_order(sale: SaleShop, again: str) -> None:
    stocked(sale)
    by = buyers(1)[0]
    view = sale.backend.run(hold(sale), by)
    begun = sale.backend.run(start(0, view), by)
    first = came(sale, begun)
    second = first if again == "same" else came(sale, begun)
    together(sale, [(first, SYSTEM), (second, SYSTEM)], key=False)
    assert sale.count("sales_order") == 1
    assert sale.stock()[1:] == (0, 1)
    assert violations(sale.backend) == [] or again == "other"


def test_too_little_money_among_them_goes_back_by_itself(sale: SaleShop) -> None:
    stocked(sale)
    people = buyers(3)
    held = [sale.backend.run(hold(sale), by) for by in people]
    begun = [
        sale.backend.run(start(index, view), by) for index, (view, by) in enumerate(zip(held, people, strict=True))
    ]
    calls = [came(sale, begun[0]), came(sale, begun[1], minor=1), came(sale, begun[2])]
    together(sale, [(call, SYSTEM) for call in calls], key=False)
    assert sale.count("sales_order", "state = 'paid'") == 2
    assert sale.backend.rows("SELECT reason FROM sales_refund") == [("amount_mismatch",)]
    assert sale.stock()[1:] == (1, 2)
    assert violations(sale.backend) == []
