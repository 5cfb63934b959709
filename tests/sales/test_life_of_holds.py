"""Any history of holding, paying, ending, cancelling and refunding keeps stock and money right, after each step."""

from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from shopcast import sales
from shopcast.kernel.actions import Command
from shopcast.kernel.errors import Refused
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import Principal
from shopcast.sales import EventKind, PaymentEvent
from tests.factories import guest
from tests.sales.invariants import violations
from tests.sales.support import SaleShop, Template

BUYERS = [guest("gst_ann"), guest("gst_bo")]
ADDRESS = sales.PostalAddress(name="Ben", line1="Hauptstr. 1", city="Berlin", postal_code="10115", country="DE")
# Refusals are answers; anything else is a bug and ends the run.
buyers = st.sampled_from(BUYERS)
some = st.integers(0, 7)


class LifeOfHolds(RuleBasedStateMachine):
    sale: SaleShop

    def __init__(self, template: Template) -> None:
        super().__init__()
        self.sale = template.put_back()
        self.backend = self.sale.backend
        self.holds: list[tuple[Principal, str]] = []
        self.checkouts: list[tuple[Principal, sales.CheckoutStarted]] = []
        self.news: list[PaymentEvent] = []
        self.last_key = ""

    @rule(buyer=buyers, variant=st.integers(0, 2), quantity=st.integers(1, 3))
    def hold(self, buyer: Principal, variant: int, quantity: int) -> None:
        command = sales.PlaceHold(
            show_id=self.sale.show_id,
            item_id=self.sale.items[0 if variant < 2 else 1],
            variant_id=self.sale.variants[variant],
            quantity=quantity,
            source=sales.Source.LIVE,
        )
        key = new_id("key")
        held = self._try(command, buyer, key, allowed=("catalog.sold_out", "sales.too_many_holds"))
        if isinstance(held, sales.HoldView):
            assert self.backend.run(command, buyer, idempotency_key=key).id == held.id
            self.holds.append((buyer, held.id))

    @rule(which=some)
    def give_back(self, which: int) -> None:
        if self.holds:
            buyer, hold_id = self.holds[which % len(self.holds)]
            self._try(sales.ReleaseHold(hold_id=hold_id), buyer)

    @rule(minutes=st.integers(1, 6), swept=st.booleans())
    def time_passes(self, minutes: int, swept: bool) -> None:
        self.backend.clock.advance(timedelta(minutes=minutes))
        if swept:
            self.sale.sweep()
            self.sale.sweep()

    @rule(which=st.lists(some, min_size=1, max_size=3))
    def pay(self, which: list[int]) -> None:
        if not self.holds:
            return
        buyer = self.holds[which[0] % len(self.holds)][0]
        mine = [hold_id for owner, hold_id in self.holds if owner is buyer]
        command = sales.StartCheckout(
            hold_ids=tuple(dict.fromkeys(mine[one % len(mine)] for one in which)),
            provider="test",
            email="ben@example.com",
            address=ADDRESS,
            has_token=True,
            link_salt=new_id("key"),
            link_digest=new_id("key"),
        )
        started = self._try(command, buyer)
        if isinstance(started, sales.CheckoutStarted):
            self.checkouts.append((buyer, started))

    @rule(which=some)
    def try_again(self, which: int) -> None:
        if self.checkouts:
            buyer, before = self.checkouts[which % len(self.checkouts)]
            started = self._try(sales.RetryPayment(checkout_id=before.checkout_id, has_token=True), buyer)
            if isinstance(started, sales.CheckoutStarted):
                self.checkouts.append((buyer, started))

    @rule(
        which=some,
        kind=st.sampled_from(
            [EventKind.CAPTURED, EventKind.CAPTURED, EventKind.AUTHORISED, EventKind.FAILED, EventKind.VOIDED]
        ),
        odd=st.booleans(),
    )
    def provider_speaks(self, which: int, kind: EventKind, odd: bool) -> None:
        if not self.checkouts:
            return
        started = self.checkouts[which % len(self.checkouts)][1]
        if kind is EventKind.CAPTURED and any(
            event.kind is kind and event.payment_id == started.payment_id for event in self.news
        ):
            return
        amount = started.amount.amount_minor - (1 if odd and which == 7 else 0)
        self._record(started.payment_id, kind, amount)

    @rule(which=some)
    def provider_repeats_itself(self, which: int) -> None:
        if self.news:
            event = self.news[which % len(self.news)]
            self.backend.run(sales.RecordPayment(provider="test", payment_id=event.payment_id, events=(event,)))

    @rule(which=some, kind=st.sampled_from([EventKind.REFUNDED, EventKind.REFUND_FAILED, EventKind.REFUND_PENDING]))
    def refund_settles(self, which: int, kind: EventKind) -> None:
        refunds = self.backend.rows("SELECT id, payment_id, amount_minor FROM sales_refund ORDER BY id")
        if refunds:
            refund_id, payment_id, amount = refunds[which % len(refunds)]
            others = self.backend.rows(
                "SELECT 1 FROM sales_refund WHERE payment_id = ? AND id > ?", payment_id, refund_id
            )
            # A failed refund comes to life again only while no other took its place: the provider keeps the sum.
            if not others:
                self._record(payment_id, kind, amount, refund_id)

    @rule(which=some, by_seller=st.booleans(), packed=st.booleans())
    def end_an_order(self, which: int, by_seller: bool, packed: bool) -> None:
        orders = self.backend.rows("SELECT id, buyer_key FROM sales_order ORDER BY id")
        if not orders:
            return
        order_id, buyer_key = orders[which % len(orders)]
        organisation_id = self.sale.organisation_id
        if packed:
            self._try(sales.PackOrder(organisation_id=organisation_id, order_id=order_id), self.sale.owner())
        if by_seller:
            self._try(sales.RefundOrder(organisation_id=organisation_id, order_id=order_id), self.sale.owner())
        else:
            self._try(sales.CancelOrder(order_id=order_id), guest(buyer_key))

    @invariant()
    def nothing_is_lost_or_doubled(self) -> None:
        assert violations(self.backend) == []

    def _record(self, payment_id: str, kind: EventKind, amount_minor: int, refund_id: str | None = None) -> None:
        self.backend.clock.advance(timedelta(milliseconds=1))
        event = PaymentEvent(
            id=new_id("evt"),
            payment_id=payment_id,
            kind=kind,
            amount_minor=amount_minor,
            at=self.backend.clock.now(),
            refund_id=refund_id,
        )
        self.news.append(event)
        self.backend.run(sales.RecordPayment(provider="test", payment_id=payment_id, events=(event,)))

    def _try(self, command: Command, by: Principal, key: str | None = None, allowed: tuple[str, ...] = ()) -> object:
        try:
            return self.backend.run(command, by, idempotency_key=key)
        except Refused as refusal:
            if allowed and refusal.code not in allowed:
                raise
            return None


def test_any_history_keeps_stock_and_money_right(template: Template) -> None:
    class OfThisShop(LifeOfHolds):
        def __init__(self) -> None:
            super().__init__(template)

    run_state_machine_as_test(
        OfThisShop,
        settings=settings(
            max_examples=30,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
