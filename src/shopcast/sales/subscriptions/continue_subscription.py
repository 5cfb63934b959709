"""Takes due subscriptions on: the notice before each delivery, the hold and the charge, another try, or a rest.

Nothing is charged that was not told before: where the price rose since the notice, there is a new notice first."""

from datetime import datetime
from typing import Final

from shopcast import catalog
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Forbidden, Refused
from shopcast.kernel.jobs import JobContext
from shopcast.kernel.money import Money
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.kernel.tables import to_microseconds
from shopcast.sales.checkout.start_checkout import begin
from shopcast.sales.contacts import language_of
from shopcast.sales.errors import NotForSale
from shopcast.sales.holds import repository as holds
from shopcast.sales.holds.model import Source
from shopcast.sales.holds.place_for import place_for
from shopcast.sales.holds.place_hold import PlaceHold
from shopcast.sales.mandates import repository as mandates
from shopcast.sales.mandates.charge import queue_charge
from shopcast.sales.mandates.errors import MandateOver
from shopcast.sales.mandates.give_mandate import reserve, revoke
from shopcast.sales.mandates.model import Mandate
from shopcast.sales.restrictions.check import require_unrestricted
from shopcast.sales.standing.errors import OverTheCap
from shopcast.sales.subscriptions import repository
from shopcast.sales.subscriptions.model import (
    NOTICE,
    PAYMENT_RETRIES,
    STOCK_RETRY,
    STOCK_TRIES,
    DeliveryState,
    SubscriptionState,
    after,
    discounted_minor,
)
from shopcast.sales.subscriptions.notify import ContinueDue, mail
from shopcast.sales.subscriptions.plan import totals_at
from shopcast.sales.subscriptions.repository import Subscription

# A delivery is begun in about three milliseconds of the writer, each in an action of its own.
DUE_AT_ONCE: Final = 50
# Ten thousand a run; a run is every minute.
ROUNDS_LIMIT: Final = 200
_SOLD_OUT: Final = "catalog.sold_out"


class ContinueSubscription(Command, frozen=True, kw_only=True):
    """Does the next step, if one is due."""

    subscription_id: str


class NoteRefused(Command, frozen=True, kw_only=True):
    """The step was refused and nothing of it stored; `code` says why."""

    subscription_id: str
    code: str


def continue_subscription(tx: Tx, command: ContinueSubscription, by: Principal, now: datetime) -> None:
    """Raises SoldOut, MandateOver, OverTheCap and what a hold and a checkout raise; then nothing was stored."""
    _require_system(by)
    one = _due(tx, command.subscription_id, now)
    if one is None:
        return
    mandate = _mandate(tx, one, now)
    variant = catalog.variant(tx, one.variant_id)
    if variant.product_status != "active" or variant.currency != one.currency:
        raise NotForSale()
    unit_minor = discounted_minor(variant.price_minor, one.discount_basis_points)
    total = totals_at(tx, variant, unit_minor, one.quantity, one.address).total
    if total.amount_minor > one.cap_minor:
        raise OverTheCap()
    if one.noticed_at is None:
        _notice(tx, one, unit_minor, total.amount_minor, "notice", now)
    elif total.amount_minor > one.total_minor:
        _notice(tx, one, unit_minor, total.amount_minor, "price_rise", now)
    else:
        _deliver(tx, one, mandate, unit_minor, now)


def note_refused(tx: Tx, command: NoteRefused, by: Principal, now: datetime) -> None:
    _require_system(by)
    one = _due(tx, command.subscription_id, now)
    if one is None:
        return
    if command.code == _SOLD_OUT:
        _out_of_stock(tx, one, now)
        return
    repository.add_delivery(tx, one, DeliveryState.FAILED, now, failure_code=command.code)
    rest(tx, one, command.code, now)


def payment_failed(tx: Tx, one: Subscription, code: str, now: datetime) -> None:
    """Tried again on other days, then it rests; a first payment that fails starts nothing."""
    if one.state is not SubscriptionState.ACTIVE:
        return
    if one.deliveries_paid == 0:
        _not_started(tx, one, code, now)
        return
    if one.payment_tries >= len(PAYMENT_RETRIES):
        rest(tx, one, code, now)
        return
    again = now + PAYMENT_RETRIES[one.payment_tries]
    repository.try_again(tx, one.id, again, payment_tries=one.payment_tries + 1, stock_tries=one.stock_tries)
    mail(tx, one.id, "retry", now, why=code)


def rest(tx: Tx, one: Subscription, code: str, now: datetime) -> None:
    """Until its person does something: nobody is charged by surprise months later."""
    if one.deliveries_paid == 0:
        _not_started(tx, one, code, now)
    elif repository.pause(tx, one.id, code):
        mail(tx, one.id, "paused", now, why=code)


async def continue_due(context: JobContext, payload: ContinueDue) -> None:
    await _step(context, payload.subscription_id)


async def sweep_subscriptions(context: JobContext) -> None:
    after_id = ""
    for _ in range(ROUNDS_LIMIT):
        due = await context.reads.run(repository.due, context.clock.now(), after_id, DUE_AT_ONCE)
        for subscription_id in due:
            await _step(context, subscription_id)
        if len(due) < DUE_AT_ONCE:
            return
        after_id = due[-1]


async def _step(context: JobContext, subscription_id: str) -> None:
    # Two workers, or a repeated job, in the same instant: the second finds nothing due.
    key = f"{subscription_id}:{to_microseconds(context.clock.now())}"
    try:
        await context.actions.run(ContinueSubscription(subscription_id=subscription_id), SYSTEM, idempotency_key=key)
    except Refused as refusal:
        if refusal.status >= 500:
            raise
        await context.actions.run(NoteRefused(subscription_id=subscription_id, code=refusal.code), SYSTEM)


def _due(tx: Tx, subscription_id: str, now: datetime) -> Subscription | None:
    one = repository.subscription(tx, subscription_id)
    if one is None or one.state is not SubscriptionState.ACTIVE or one.checkout_id is not None or one.act_at > now:
        return None
    return one


def _mandate(tx: Tx, one: Subscription, now: datetime) -> Mandate:
    """One that lasts until the delivery it is asked for: its end is told with the notice, not at the charge."""
    mandate = mandates.mandate(tx, one.mandate_id)
    needed_until = now if one.noticed_at is not None else max(one.next_at, now + NOTICE)
    if mandate is None or mandate.state != "active" or mandate.expires_at <= needed_until:
        raise MandateOver()
    return mandate


def _notice(tx: Tx, one: Subscription, unit_minor: int, total_minor: int, kind: str, now: datetime) -> None:
    """The person has the whole time to read it, even when the notice is late."""
    next_at = max(one.next_at, now + NOTICE)
    repository.note_notice(tx, one.id, unit_minor, total_minor, next_at, now)
    mail(tx, one.id, kind, now, was_minor=one.total_minor)


def _deliver(tx: Tx, one: Subscription, mandate: Mandate, unit_minor: int, now: datetime) -> None:
    require_unrestricted(tx, one.buyer_key, one.organisation_id, "checkout")
    command = PlaceHold(
        show_id=None,
        item_id=None,
        variant_id=one.variant_id,
        quantity=one.quantity,
        source=Source.SUBSCRIPTION,
        opened_at=one.started_at,
    )
    hold = place_for(tx, one.buyer_key, command, now, Source.SUBSCRIPTION, price_minor=unit_minor)
    started = begin(
        tx,
        buyer_key=one.buyer_key,
        language=language_of(one.language),
        holds=holds.holds(tx, [hold.id]),
        address=one.address,
        email=one.email,
        provider=mandate.provider,
        method_reference=mandate.method_reference,
        mandate_id=mandate.id,
        codes=(),
        currency=one.currency,
        now=now,
    )
    total: Money = started.amount
    if total.currency != one.currency or total.amount_minor > one.total_minor:
        raise OverTheCap()
    reserve(tx, mandate.id, total, now)
    if not repository.begin_paying(tx, one, hold.id, started.checkout_id, unit_minor, total.amount_minor, now):
        raise RuntimeError(f"subscription {one.id} changed within its own transaction")
    queue_charge(tx, started, now)


def _out_of_stock(tx: Tx, one: Subscription, now: datetime) -> None:
    """Told once, looked for daily; what is gone for a week is left out this time."""
    repository.add_delivery(tx, one, DeliveryState.OUT_OF_STOCK, now, failure_code=_SOLD_OUT)
    if one.deliveries_paid == 0:
        _not_started(tx, one, _SOLD_OUT, now)
        return
    tries = one.stock_tries + 1
    if tries >= STOCK_TRIES:
        following = after(one.next_at, one.interval_days, now)
        repository.next_delivery(tx, one.id, following, following - NOTICE)
        mail(tx, one.id, "left_out", now)
        return
    repository.try_again(tx, one.id, now + STOCK_RETRY, payment_tries=one.payment_tries, stock_tries=tries)
    if tries == 1:
        mail(tx, one.id, "out_of_stock", now)


def _not_started(tx: Tx, one: Subscription, code: str, now: datetime) -> None:
    if repository.stop(tx, one.id, code, now):
        revoke(tx, one.mandate_id, now)
        mail(tx, one.id, "not_started", now, why=code)


def _require_system(by: Principal) -> None:
    if not by.system:
        raise Forbidden()
