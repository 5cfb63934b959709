"""Verbs that give, use and charge mandates as standing orders and subscriptions do, without them."""

from datetime import datetime, timedelta

from shopcast import sales
from shopcast.kernel.actions import ActionSpec, Command, Tx
from shopcast.kernel.money import Money
from shopcast.kernel.principal import Principal
from shopcast.sales.checkout.start_checkout import begin
from shopcast.sales.holds.repository import holds
from shopcast.sales.mandates import give_mandate as mandates
from shopcast.sales.mandates.charge import queue_charge
from shopcast.sales.mandates.model import Mandate

ADDRESS = sales.PostalAddress(name="B", line1="1", city="Berlin", postal_code="10115", country="DE")


class GiveMandate(Command, frozen=True, kw_only=True):
    method_id: str
    cap: Money
    days: int


class ReserveMandate(Command, frozen=True, kw_only=True):
    mandate_id: str
    amount: Money


class GiveBackMandate(Command, frozen=True, kw_only=True):
    mandate_id: str
    amount: Money


class BuyForAbsent(Command, frozen=True, kw_only=True):
    mandate_id: str
    hold_id: str
    amount: Money


def give(tx: Tx, command: GiveMandate, by: Principal, now: datetime) -> Mandate:
    until = now + timedelta(days=command.days)
    return mandates.give_mandate(
        tx, by.key, command.method_id, command.cap, "standing", until, "You allow up to 50 EUR.", now
    )


def reserve(tx: Tx, command: ReserveMandate, by: Principal, now: datetime) -> Mandate:
    return mandates.reserve(tx, command.mandate_id, command.amount, now)


def give_back(tx: Tx, command: GiveBackMandate, by: Principal, now: datetime) -> None:
    mandates.give_back(tx, command.mandate_id, command.amount)


def buy(tx: Tx, command: BuyForAbsent, by: Principal, now: datetime) -> str:
    """The checkout's id."""
    mandate = mandates.reserve(tx, command.mandate_id, command.amount, now)
    started = begin(
        tx,
        buyer_key=by.key,
        language="en",
        holds=holds(tx, (command.hold_id,)),
        address=ADDRESS,
        email="ben@example.com",
        provider=mandate.provider,
        method_reference=mandate.method_reference,
        mandate_id=mandate.id,
        now=now,
    )
    queue_charge(tx, started, now)
    return started.checkout_id


MANDATE_VERBS = (
    ActionSpec("test.give_mandate", GiveMandate, give, Mandate),
    ActionSpec("test.reserve_mandate", ReserveMandate, reserve, Mandate),
    ActionSpec("test.give_back_mandate", GiveBackMandate, give_back),
    ActionSpec("test.buy_for_absent", BuyForAbsent, buy, str),
)
