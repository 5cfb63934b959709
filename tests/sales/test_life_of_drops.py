"""Any history of drops, allocations, holds in and out of the show, batches and their ends keeps every count right."""

from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from shopcast import sales, shows
from shopcast.backends.calls import Request
from shopcast.kernel.actions import Command
from shopcast.kernel.errors import ActionFailed, Refused
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import Principal
from tests.factories import guest
from tests.sales.invariants import violations
from tests.sales.support import SaleShop, Template

BUYERS = [guest(f"gst_{name}") for name in ("ann", "bo", "cy")]
buyers = st.sampled_from(BUYERS)
some = st.integers(0, 7)
few = st.integers(1, 3)


class LifeOfDrops(RuleBasedStateMachine):
    def __init__(self, template: Template) -> None:
        super().__init__()
        self.sale: SaleShop = template.put_back()
        self.backend = self.sale.backend
        self.owner = self.sale.owner()
        self.drops: list[str] = []

    @rule(variant=st.integers(0, 1), quantity=st.integers(0, 5))
    def allocate(self, variant: int, quantity: int) -> None:
        line = sales.AllocationLine(variant_id=self.sale.variants[variant], quantity=quantity)
        self._try(sales.SetAllocations(show_id=self.sale.show_id, lines=(line,)), self.owner)

    @rule(whole=st.booleans(), quantity=few, limit=st.none() | st.integers(1, 2))
    def open_drop(self, whole: bool, quantity: int, limit: int | None) -> None:
        plan = sales.PlanDrop(
            show_id=self.sale.show_id,
            item_id=self.sale.items[0],
            variant_id=None if whole else self.sale.variants[0],
            price_minor=1500,
            quantity=quantity,
            per_customer=limit,
            countdown_s=10,
            duration_s=60,
        )
        planned = self._try(plan, self.owner)
        if planned is None:
            return
        self.drops.append(planned.id)
        self._try(sales.StartDrop(drop_id=planned.id), self.owner)
        self.backend.clock.advance(timedelta(seconds=10))
        self._try(sales.AdvanceDrop(drop_id=planned.id))

    @rule(which=some, quantity=st.integers(0, 3))
    def lower(self, which: int, quantity: int) -> None:
        if self.drops:
            self._try(sales.LowerDrop(drop_id=self.drops[which % len(self.drops)], quantity=quantity), self.owner)

    @rule(which=some)
    def end(self, which: int) -> None:
        if self.drops:
            self._try(sales.EndDrop(drop_id=self.drops[which % len(self.drops)]), self.owner)

    @rule(taps=st.lists(st.tuples(buyers, st.integers(0, 1), few, st.booleans()), min_size=1, max_size=6))
    def tap_together(self, taps: list[tuple[Principal, int, int, bool]]) -> None:
        """As the writer runs them: some in the show, some from the list, some by one buyer twice."""
        spec = self.backend.registry.by_name["sales.place_hold"]
        requests = [
            Request(spec, self._tap(variant, quantity, in_show), by, new_id("key"))
            for by, variant, quantity, in_show in taps
        ]
        self.backend.together(requests)
        assert not [one.answer for one in requests if isinstance(one.answer, ActionFailed)]

    @rule(which=some)
    def give_back(self, which: int) -> None:
        held = self.backend.rows("SELECT id, buyer_key FROM sales_hold ORDER BY id")
        if held:
            hold_id, buyer_key = held[which % len(held)]
            self._try(sales.ReleaseHold(hold_id=hold_id), guest(buyer_key))

    @rule(seconds=st.sampled_from([1, 30, 61, 301]), swept=st.booleans())
    def time_passes(self, seconds: int, swept: bool) -> None:
        self.backend.clock.advance(timedelta(seconds=seconds))
        if swept:
            self.sale.sweep()
        for drop_id in self.drops:
            self._try(sales.AdvanceDrop(drop_id=drop_id))

    @rule(chance=st.integers(0, 9))
    def show_ends(self, chance: int) -> None:
        if chance == 0:
            self._try(shows.EndShow(show_id=self.sale.show_id), self.owner)
            self.backend.drain()

    @invariant()
    def all_is_well(self) -> None:
        assert violations(self.backend) == []

    def _tap(self, variant: int, quantity: int, in_show: bool) -> sales.PlaceHold:
        return sales.PlaceHold(
            show_id=self.sale.show_id if in_show else None,
            item_id=self.sale.items[0] if in_show else None,
            variant_id=self.sale.variants[variant],
            quantity=quantity,
            source=sales.Source.LIVE,
        )

    def _try(self, command: Command, by: Principal | None = None) -> sales.Drop | None:
        """Refusals are answers; anything else is a bug and ends the run."""
        try:
            answer = self.backend.run(command) if by is None else self.backend.run(command, by)
        except Refused:
            return None
        return answer if isinstance(answer, sales.Drop) else None


def test_any_history_keeps_every_count_right(template: Template) -> None:
    class OfThisShop(LifeOfDrops):
        def __init__(self) -> None:
            super().__init__(template)

    run_state_machine_as_test(
        OfThisShop,
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
