"""Random histories after buying: hold, pay, cancel, ship, undo, deliver, return, inspect, exchange, refund, refunds
that fail; after every step stock, money and limits must hold."""

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule, run_state_machine_as_test
from sqlalchemy import text

from shopcast import sales
from shopcast.kernel.actions import Command
from shopcast.kernel.errors import ActionFailed, Refused
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.sales.fulfilment import repository
from shopcast.sales.fulfilment.cancel_lines import CancelLines
from shopcast.sales.fulfilment.change_shipment import MarkDelivered, UndoShipment
from shopcast.sales.fulfilment.ship_order import LineUnits, ShipOrder
from shopcast.sales.refunds.parts_asked import RefundUnits
from shopcast.sales.returns.decide_return import ApproveReturn, RejectReturn
from shopcast.sales.returns.exchange_return import ExchangeReturn
from shopcast.sales.returns.inspect_return import Inspected, InspectReturn
from shopcast.sales.returns.model import Cause
from shopcast.sales.returns.receive_return import Arrived, ReceiveReturn
from shopcast.sales.returns.refund_return import RefundReturn
from shopcast.sales.returns.request_return import AskedLine, CancelReturn, RequestReturn, Withdraw
from tests.sales.after import bought
from tests.sales.invariants import violations
from tests.sales.support import SaleShop

UNITS = st.integers(1, 3)


class AfterBuying(RuleBasedStateMachine):
    sale: SaleShop

    orders = Bundle("orders")
    returns = Bundle("returns")

    def __init__(self) -> None:
        super().__init__()
        self.numbers = 0

    @rule(target=orders, first=st.integers(1, 2), second=st.integers(0, 1))
    def buy(self, first: int, second: int) -> str:
        left = [self.sale.stock(variant) for variant in (0, 2)]
        lines = [
            (variant, min(wanted, on_hand - held - sold))
            for variant, wanted, (on_hand, held, sold) in zip((0, 2), (first, second), left, strict=True)
        ]
        lines = [line for line in lines if line[1] > 0]
        return bought(self.sale, *lines).order_id if lines else ""

    @rule(order=orders, place=st.integers(0, 1), units=UNITS)
    def ship(self, order: str, place: int, units: int) -> None:
        if line := self._line(order, place):
            lines = (LineUnits(line_id=line, quantity=units),)
            self._run(ShipOrder(organisation_id=self.sale.organisation_id, order_id=order, lines=lines))

    @rule(order=orders)
    def ship_the_rest(self, order: str) -> None:
        self._run(ShipOrder(organisation_id=self.sale.organisation_id, order_id=order))

    @rule(order=orders, deliver=st.booleans())
    def arrive_or_undo(self, order: str, deliver: bool) -> None:
        rows = self.sale.backend.rows(
            "SELECT id FROM sales_shipment WHERE order_id = ? AND state = 'shipped' ORDER BY id DESC", order
        )
        kind: type[MarkDelivered] | type[UndoShipment] = MarkDelivered if deliver else UndoShipment
        if rows:
            self._run(kind(organisation_id=self.sale.organisation_id, order_id=order, shipment_id=rows[0][0]))

    @rule(order=orders, place=st.integers(0, 1), units=UNITS)
    def cancel_units(self, order: str, place: int, units: int) -> None:
        if line := self._line(order, place):
            lines = (LineUnits(line_id=line, quantity=units),)
            self._run(CancelLines(organisation_id=self.sale.organisation_id, order_id=order, lines=lines))

    @rule(order=orders)
    def cancel(self, order: str) -> None:
        self._run(sales.CancelOrder(order_id=order))

    @rule(order=orders, place=st.integers(0, 1), units=UNITS, amount=st.one_of(st.none(), st.integers(1, 4000)))
    def refund(self, order: str, place: int, units: int, amount: int | None) -> None:
        if not (line := self._line(order, place)):
            return
        lines = (RefundUnits(line_id=line, quantity=units),) if amount is None else None
        self._run(
            sales.RefundOrder(
                organisation_id=self.sale.organisation_id, order_id=order, lines=lines, amount_minor=amount
            )
        )

    @rule(order=orders)
    def refund_the_rest(self, order: str) -> None:
        self._run(sales.RefundOrder(organisation_id=self.sale.organisation_id, order_id=order))

    @rule(target=returns, order=orders, place=st.integers(0, 1), units=UNITS, cause=st.sampled_from([None, *Cause]))
    def send_back(self, order: str, place: int, units: int, cause: Cause | None) -> str:
        if not (line := self._line(order, place)):
            return ""
        if cause is None:
            answer = self._run(Withdraw(order_id=order, lines=(LineUnits(line_id=line, quantity=units),)))
            return "" if answer is None else answer.return_id or ""
        asked = AskedLine(line_id=line, quantity=units, cause=cause)
        return self._run(RequestReturn(order_id=order, lines=(asked,))) or ""

    @rule(target=returns, units=UNITS, accepted=st.integers(1, 3), restock=st.integers(0, 3), pays=st.booleans())
    def a_whole_return(self, units: int, accepted: int, restock: int, pays: bool) -> str:
        """So that histories get as far as exchanges and refunds: bought, sent, withdrawn from, received, inspected."""
        order = self.buy(2, 0)
        if not order:
            return ""
        self.ship_the_rest(order)
        found = self.send_back(order, 0, min(units, 2), None)
        if found:
            self.receive(found, min(units, 2))
            self.inspect(found, min(accepted, units, 2), restock, 0)
            if pays:
                self.pay_back(found)
        return found

    @rule(found=returns, approve=st.booleans())
    def decide(self, found: str, approve: bool) -> None:
        kind: type[ApproveReturn] | type[RejectReturn] = ApproveReturn if approve else RejectReturn
        self._run(kind(organisation_id=self.sale.organisation_id, return_id=found))

    @rule(found=consumes(returns))
    def think_better_of_it(self, found: str) -> None:
        self._run(CancelReturn(return_id=found))

    @rule(found=returns, units=UNITS)
    def receive(self, found: str, units: int) -> None:
        if item := self._item(found):
            items = (Arrived(item_id=item, received=units),)
            self._run(ReceiveReturn(organisation_id=self.sale.organisation_id, return_id=found, items=items))

    @rule(found=returns, accepted=st.integers(0, 3), restock=st.integers(0, 3), withheld=st.integers(0, 600))
    def inspect(self, found: str, accepted: int, restock: int, withheld: int) -> None:
        if item := self._item(found):
            one = Inspected(item_id=item, accepted=accepted, restock=min(restock, accepted), withheld_minor=withheld)
            self._run(InspectReturn(organisation_id=self.sale.organisation_id, return_id=found, items=(one,)))

    @rule(found=returns)
    def pay_back(self, found: str) -> None:
        self._run(RefundReturn(organisation_id=self.sale.organisation_id, return_id=found))

    @rule(found=returns, variant=st.integers(0, 2), units=st.integers(1, 2))
    def exchange(self, found: str, variant: int, units: int) -> None:
        if item := self._item(found):
            self._run(
                ExchangeReturn(
                    organisation_id=self.sale.organisation_id,
                    return_id=found,
                    item_id=item,
                    variant_id=self.sale.variants[variant],
                    quantity=units,
                )
            )

    @rule(fails=st.booleans())
    def settle(self, fails: bool) -> None:
        """What the provider tells of every refund that waits; each may be told once more as failed."""
        rows = self.sale.backend.rows(
            "SELECT id, payment_id, amount_minor FROM sales_refund WHERE state = 'requested' ORDER BY id"
        )
        for refund, payment, amount in rows:
            self._tell(refund, payment, amount, sales.EventKind.REFUNDED)
            if fails:
                self._tell(refund, payment, amount, sales.EventKind.REFUND_FAILED)

    @rule(days=st.sampled_from([0, 1, 20]))
    def wait(self, days: int) -> None:
        self.sale.backend.advance(days=days, minutes=3)

    @invariant()
    def all_is_well(self) -> None:
        assert violations(self.sale.backend) == []

    def _line(self, order: str, place: int) -> str:
        rows = self.sale.backend.rows("SELECT id FROM sales_order_line WHERE order_id = ? ORDER BY position", order)
        return str(rows[place % len(rows)][0]) if rows else ""

    def _item(self, found: str) -> str:
        rows = self.sale.backend.rows("SELECT id FROM sales_return_item WHERE return_id = ?", found)
        return str(rows[0][0]) if rows else ""

    def _tell(self, refund: str, payment: str, amount: int, kind: sales.EventKind) -> None:
        self.numbers += 1
        self.sale.backend.advance(seconds=1)
        event = sales.PaymentEvent(
            id=f"told_{self.numbers}",
            payment_id=payment,
            kind=kind,
            amount_minor=amount,
            at=self.sale.backend.clock.now(),
            refund_id=refund,
        )
        self.sale.backend.run(sales.RecordPayment(provider="test", payment_id=payment, events=(event,)))

    def _run(self, command: Command, by: Principal = SYSTEM) -> Any:
        """Refusals are part of life; anything else is a bug."""
        try:
            return self.sale.backend.run(command, by)
        except Refused:
            return None


def test_any_history_keeps_stock_and_money(template: Any) -> None:
    class Fresh(AfterBuying):
        def __init__(self) -> None:
            type(self).sale = template.put_back()
            super().__init__()

    run_state_machine_as_test(
        Fresh,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize(
    ("name", "guard"),
    [
        ("_SHIP", " AND cancelled + shipped + :units <= quantity"),
        ("_CANCEL", " AND cancelled + shipped + :units <= quantity"),
        ("_TAKE_BACK", " AND returned + :units <= shipped"),
    ],
)
def test_without_the_condition_the_check_of_the_table_refuses(
    sale: SaleShop, monkeypatch: pytest.MonkeyPatch, name: str, guard: str
) -> None:
    """The condition taken out, the same request is no refusal any more but an error: nothing gets past the CHECK."""
    order = bought(sale, (0, 2))
    line = order.lines[0]
    if name == "_TAKE_BACK":
        order.ship(1)
    commands: dict[str, Command] = {
        "_SHIP": ShipOrder(
            organisation_id=sale.organisation_id,
            order_id=order.order_id,
            lines=(LineUnits(line_id=line, quantity=3),),
        ),
        "_CANCEL": CancelLines(
            organisation_id=sale.organisation_id,
            order_id=order.order_id,
            lines=(LineUnits(line_id=line, quantity=3),),
        ),
        "_TAKE_BACK": RequestReturn(
            order_id=order.order_id, lines=(AskedLine(line_id=line, quantity=2, cause=Cause.SIZE),)
        ),
    }
    with pytest.raises(Refused):
        sale.backend.run(commands[name], SYSTEM)
    before = order.counters()
    statement = str(getattr(repository, name))
    assert guard in statement
    monkeypatch.setattr(repository, name, text(statement.replace(guard, "")))
    with pytest.raises(ActionFailed):
        sale.backend.run(commands[name], SYSTEM)
    assert order.counters() == before
