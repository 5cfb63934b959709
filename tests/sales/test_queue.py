"""Any history of a queue: prices, stock, drops of patience and bad cards; the order is kept, nothing is sold twice."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from shopcast.catalog import ChangeVariant
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import Refused
from shopcast.kernel.principal import SYSTEM
from shopcast.sales.standing import repository
from shopcast.sales.standing.model import PASSED_OVER_FOR
from shopcast.sales.standing.serve_variant import ServeVariant
from tests.sales.invariants import violations
from tests.sales.plans import Plans
from tests.sales.support import SaleShop, Template

# What must be true of standing orders after every step; one line per violation.
CHECKS = {
    "more than one order for one wish": (
        "SELECT s.id FROM sales_standing_order s JOIN sales_order o ON o.checkout_id = s.checkout_id"
        " GROUP BY s.id HAVING count(*) > 1"
    ),
    "filled without an order, or an order without being filled": (
        "SELECT s.id FROM sales_standing_order s LEFT JOIN sales_order o ON o.checkout_id = s.checkout_id"
        " WHERE s.mandate_id IS NOT NULL AND s.state IN ('filled', 'failed', 'cancelled', 'expired', 'waiting')"
        " AND (s.state = 'filled') <> (o.id IS NOT NULL)"
    ),
    "bought above the limit": (
        "SELECT s.id FROM sales_standing_order s JOIN sales_hold h ON h.id = s.hold_id"
        " WHERE s.max_price_minor IS NOT NULL AND h.price_minor > s.max_price_minor"
    ),
    "charged above the cap": (
        "SELECT s.id FROM sales_standing_order s JOIN sales_payment p ON p.checkout_id = s.checkout_id"
        " WHERE p.amount_minor > s.cap_minor"
    ),
    "a mandate in use is not what is reserved": (
        "SELECT m.id FROM sales_mandate m JOIN sales_standing_order s ON s.mandate_id = m.id"
        " WHERE m.used_minor <> s.reserved_minor AND s.state <> 'filled'"
    ),
    "an open hold of somebody whose wish is over": (
        "SELECT s.id FROM sales_standing_order s JOIN sales_hold h ON h.id = s.hold_id"
        " WHERE h.state = 'held' AND s.state IN ('failed', 'expired', 'cancelled')"
    ),
    "somebody was overtaken": (
        # Served while an earlier one, who wanted no more pieces and would pay no less, stood waiting.
        "SELECT later.id FROM sales_standing_order later JOIN sales_standing_order earlier"
        " ON earlier.variant_id = later.variant_id AND (earlier.placed_at, earlier.id) < (later.placed_at, later.id)"
        " WHERE later.hold_id IS NOT NULL AND earlier.quantity <= later.quantity AND earlier.passed_at IS NULL"
        " AND (earlier.max_price_minor IS NULL OR earlier.max_price_minor >= later.max_price_minor)"
        " AND earlier.until > later.taken_at AND (earlier.ended_at IS NULL OR earlier.ended_at > later.taken_at)"
        " AND (earlier.hold_id IS NULL OR earlier.hold_id > later.hold_id)"
    ),
}


def wrong(sale: SaleShop) -> list[str]:
    found = violations(sale.backend)
    for name, statement in CHECKS.items():
        found += [f"{name}: {row}" for row in sale.backend.rows(statement)]
    return found


def could_be_served(sale: SaleShop) -> list[str]:
    """Those who wait although the price is right and there is enough: nobody may be forgotten."""

    def read(conn: ReadConnection) -> list[str]:
        now = sale.backend.clock.now()
        found: list[str] = []
        for variant_id in sale.variants:
            row = sale.backend.rows(
                "SELECT s.on_hand - s.held - s.sold, v.price_minor FROM catalog_stock s"
                " JOIN catalog_variant v ON v.id = s.variant_id WHERE s.variant_id = ?",
                variant_id,
            )[0]
            for place in repository.places(conn, variant_id):
                first = repository.first_waiting(conn, variant_id, place, row[1], row[0], now, now - PASSED_OVER_FOR)
                found += [] if first is None else [first.id]
        return found

    return sale.backend.read(read)


buyers = st.integers(0, 2)
variants = st.sampled_from((1, 0))


class Queue(RuleBasedStateMachine):
    def __init__(self, template: Template) -> None:
        super().__init__()
        self.sale = template.put_back()
        self.plans = Plans(self.sale)
        # The third one's card needs them to be there.
        tokens = ("tok_approve", "tok_approve", "tok_confirm_off_session")
        self.people = [self.plans.shopper(f"p{number}", token) for number, token in enumerate(tokens)]
        self.settled = True
        # Cheap enough for all of them, and not there: whatever comes back is fought over.
        self.plans.left(0, 1)
        self.plans.price(1900, 1)
        for number in range(3):
            self.plans.placed(self.people[number], self.plans.wish(1, lasts=timedelta(hours=48)))
            self.sale.backend.advance(seconds=1)

    @rule(
        buyer=buyers,
        variant=variants,
        kind=st.sampled_from(("price", "restock")),
        limit=st.sampled_from((1500, 2000, 2600)),
        quantity=st.integers(1, 2),
        with_mandate=st.booleans(),
        hours=st.sampled_from((1, 48)),
    )
    def wish(
        self, buyer: int, variant: int, kind: str, limit: int, quantity: int, with_mandate: bool, hours: int
    ) -> None:
        wish = self.plans.wish(
            variant,
            kind=kind,
            max_price_minor=limit,
            quantity=quantity,
            with_mandate=with_mandate or kind == "price",
            lasts=timedelta(hours=hours),
        )
        answer = self.plans.place(self.people[buyer], wish)
        assert answer.status_code == 201 or answer.json()["code"] in (
            "sales.already_waiting",
            "sales.already_to_be_had",
            "sales.too_many_requests",
            "too_many_requests",
        ), answer.text
        self.sale.backend.advance(seconds=1)

    @rule(variant=variants, minor=st.sampled_from((1900, 1400, 2500)), at_once=st.booleans())
    def price(self, variant: int, minor: int, at_once: bool) -> None:
        command = ChangeVariant(variant_id=self.sale.variants[variant], price_minor=minor)
        self.sale.backend.run(command, self.sale.owner())
        self.settled = False
        if at_once:
            self.settle()

    @rule(variant=variants, left=st.sampled_from((2, 1, 3, 0)), at_once=st.booleans())
    def stock(self, variant: int, left: int, at_once: bool) -> None:
        self.sale.backend.run(ChangeVariant(variant_id=self.sale.variants[variant], left=left), self.sale.owner())
        self.settled = False
        if at_once:
            self.settle()

    @rule(variant=variants, quantity=st.integers(1, 2))
    def somebody_taps(self, variant: int, quantity: int) -> None:
        """Ordinary buyers take from the same shelf, and let it run out."""
        answer = self.sale.hold(self.sale.guest(), variant, quantity=quantity)
        assert answer.status_code in (201, 409), answer.text
        self.settled = False

    @rule(buyer=buyers, which=st.integers(0, 5), revokes=st.booleans())
    def changes_their_mind(self, buyer: int, which: int, revokes: bool) -> None:
        """Cancels the wish, or takes back the permission behind it."""
        person = self.people[buyer]
        items = [one for one in person.get("/v1/standing-orders").json()["items"] if one["ended_at"] is None]
        if not items:
            return
        one = items[which % len(items)]
        if revokes and one["mandate_id"] is not None:
            assert person.delete(f"/v1/me/mandates/{one['mandate_id']}").status_code == 204
        else:
            answer = person.delete(f"/v1/standing-orders/{one['id']}")
            assert answer.status_code == 204 or answer.json()["code"] == "sales.being_bought", answer.text
        self.settled = False

    @rule(variant=variants)
    def a_step_alone(self, variant: int) -> None:
        """A worker that dies right after it: what it did stays, what it did not do is found again."""
        try:
            self.sale.backend.run(ServeVariant(variant_id=self.sale.variants[variant]), SYSTEM)
        except Refused as refusal:
            raise AssertionError(refusal.code) from refusal
        self.settled = False

    def settle(self) -> None:
        self.plans.settle()
        self.settled = True

    @rule(minutes=st.sampled_from((1, 6, 31)))
    def time(self, minutes: int) -> None:
        self.sale.backend.advance(minutes=minutes)
        self.plans.settle()
        self.settled = True

    @invariant()
    def all_is_well(self) -> None:
        assert wrong(self.sale) == []
        if self.settled:
            assert could_be_served(self.sale) == []


def test_any_history_keeps_the_order_and_sells_nothing_twice(template: Template) -> None:
    run_state_machine_as_test(
        lambda: Queue(template),
        settings=settings(
            max_examples=15,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )


@pytest.mark.parametrize(
    ("statement", "without"),
    [
        ("first_waiting", "max_price"),
        ("first_waiting", "order"),
    ],
)
def test_the_checks_would_notice(sale: SaleShop, monkeypatch: pytest.MonkeyPatch, statement: str, without: str) -> None:
    """With the condition taken out, the same checks fail."""
    plans = Plans(sale)
    people = [plans.shopper(name) for name in ("anna", "bea")]
    for person, limit in zip(people, (1000, 2200), strict=True):
        plans.placed(person, plans.wish(1, max_price_minor=limit if without == "max_price" else 2200))
        sale.backend.advance(seconds=1)
    real = repository.first_waiting

    def any_price(conn: ReadConnection, variant_id: str, place: object, price_minor: int, *rest: object) -> object:
        return real(conn, variant_id, place, 0, *rest)  # type: ignore[arg-type]

    def last_first(conn: ReadConnection, variant_id: str, *rest: object) -> object:
        rows = sale.backend.rows(
            "SELECT id FROM sales_standing_order WHERE variant_id = ? AND state = 'waiting' ORDER BY placed_at DESC",
            variant_id,
        )
        return repository.standing(conn, rows[0][0]) if rows else None

    monkeypatch.setattr(repository, statement, any_price if without == "max_price" else last_first)
    plans.price(2200, 1)
    monkeypatch.undo()
    found = " ".join(wrong(sale))
    assert ("above the limit" if without == "max_price" else "overtaken") in found
