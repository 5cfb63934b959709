"""Any history over two sellers, two currencies, moving prices and promotions keeps stock, money and limits right."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from shopcast import catalog, sales
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.sales import EventKind
from shopcast.sales.exchange.set_exchange_rates import NewRate, SetExchangeRates
from shopcast.sales.pricing.model import AmountOff, Gift, Lane, PercentOff
from tests.factories import person
from tests.sales.support import OtherSeller, SaleShop, Template, open_sale
from tests.sales.test_life_of_holds import ADDRESS, LifeOfHolds, buyers, some

# One is worth nothing to a buyer who has had it twice, one to anybody after three.
CODES = ("TWICE", "THREE")
RATES = ("150.5", "147.25", "0.006644518272")


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Template, OtherSeller]]:
    with open_sale(tmp_path_factory.mktemp("market")) as opened:
        other = opened.another_seller("ken", country="JP", currency="JPY", price_minor=4801, on_hand=4)
        opened.policy(other.seller, selling_mode="first_paid", ships_from="JP", hold_minutes=3)
        opened.backend.run(
            SetExchangeRates(rates=(NewRate(base="EUR", quote="JPY", rate=RATES[0]),), source="test"), SYSTEM
        )
        _promote(opened, other)
        made = Template.of(opened)
        yield made, other


def _promote(sale: SaleShop, other: OtherSeller) -> None:
    sale.promotion(name="A third off", lane=Lane.ORDER, benefit=PercentOff(basis_points=3333), minimum_quantity=2)
    sale.promotion(
        name="Twice each",
        lane=Lane.COUPON,
        benefit=AmountOff(amount_minor=701),
        currency="EUR",
        codes=CODES[:1],
        per_customer_limit=2,
    )
    sale.promotion(
        name="Three in all",
        lane=Lane.COUPON,
        benefit=PercentOff(basis_points=1111),
        codes=CODES[1:],
        usage_limit=3,
        organisation_id=other.seller.organisation_id,
        owner=person(other.seller.person_id),
    )
    sale.promotion(
        name="A scarf", lane=Lane.GIFT, benefit=Gift(variant_id=sale.variants[2]), currency="EUR", minimum_minor=4000
    )


class LifeOfAMarket(LifeOfHolds):
    other: OtherSeller

    @rule(buyer=buyers, quantity=st.integers(1, 3))
    def want(self, buyer: Principal, quantity: int) -> None:
        command = sales.PlaceHold(
            show_id=None, item_id=None, variant_id=self.other.variant_id, quantity=quantity, source=sales.Source.LIST
        )
        held = self._try(command, buyer, new_id("key"), allowed=("catalog.sold_out", "sales.too_many_holds"))
        if isinstance(held, sales.HoldView):
            self.holds.append((buyer, held.id))

    @rule(
        buyer=buyers,
        which=st.lists(some, min_size=1, max_size=4),
        codes=st.one_of(st.none(), st.lists(st.sampled_from(CODES), unique=True, max_size=2)),
        currency=st.sampled_from([None, "EUR", "JPY"]),
    )
    def pay_all(self, buyer: Principal, which: list[int], codes: list[str] | None, currency: str | None) -> None:
        mine = [hold_id for owner, hold_id in self.holds if owner is buyer]
        if not mine or not which:
            return
        command = sales.StartCheckout(
            hold_ids=tuple(dict.fromkeys(mine[one % len(mine)] for one in which)),
            provider="test",
            email=f"{buyer.key}@example.com",
            address=ADDRESS,
            has_token=True,
            codes=None if codes is None else tuple(codes),
            currency=currency,
            link_salt=new_id("key"),
            link_digest=new_id("key"),
        )
        started = self._try(command, buyer)
        if isinstance(started, sales.CheckoutStarted):
            self.checkouts.append((buyer, started))

    @rule(
        buyer=buyers,
        variant=st.integers(0, 2),
        quantities=st.tuples(st.integers(0, 2), st.integers(0, 2)),
        codes=st.one_of(st.none(), st.lists(st.sampled_from(CODES), unique=True, max_size=2)),
        currency=st.sampled_from([None, "EUR", "JPY"]),
        outcome=st.sampled_from([None, EventKind.CAPTURED, EventKind.FAILED, EventKind.SETTLES_LATER]),
    )
    def shop(
        self,
        buyer: Principal,
        variant: int,
        quantities: tuple[int, int],
        codes: list[str] | None,
        currency: str | None,
        outcome: EventKind | None,
    ) -> None:
        """A whole visit in one step: without it few histories get as far as two orders."""
        before = len(self.holds), len(self.checkouts)
        if quantities[0]:
            self.hold(buyer, variant, quantities[0])
        if quantities[1]:
            self.want(buyer, quantities[1])
        mine = [hold_id for owner, hold_id in self.holds if owner is buyer]
        new = len(self.holds) - before[0]
        self.pay_all(buyer, list(range(len(mine) - new, len(mine))), codes, currency)
        if outcome is not None and len(self.checkouts) > before[1]:
            started = self.checkouts[-1][1]
            self._record(started.payment_id, outcome, started.amount.amount_minor)

    @rule(which=some)
    def bank_takes_its_time(self, which: int) -> None:
        if self.checkouts:
            started = self.checkouts[which % len(self.checkouts)][1]
            self._record(started.payment_id, EventKind.SETTLES_LATER, started.amount.amount_minor)

    @rule(minor=st.integers(4000, 5000))
    def price_moves(self, minor: int) -> None:
        change = catalog.ChangeVariant(variant_id=self.other.variant_id, price_minor=minor)
        self._try(change, person(self.other.seller.person_id))

    @rule(rate=st.sampled_from(RATES[:2]))
    def rate_moves(self, rate: str) -> None:
        self._try(SetExchangeRates(rates=(NewRate(base="EUR", quote="JPY", rate=rate),), source="test"), SYSTEM)


def test_any_history_of_a_market_keeps_stock_money_and_limits_right(market: tuple[Template, OtherSeller]) -> None:
    class OfThisMarket(LifeOfAMarket):
        other = market[1]

        def __init__(self) -> None:
            super().__init__(market[0])

    run_state_machine_as_test(
        OfThisMarket,
        settings=settings(
            max_examples=30,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
