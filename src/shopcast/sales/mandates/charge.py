"""Charging a mandate: a job, because nobody waits for the answer; what follows is told by the checkout's events."""

from datetime import datetime

import msgspec

from shopcast.kernel.actions import Tx
from shopcast.kernel.jobs import JobContext
from shopcast.sales.checkout.model import CheckoutStarted
from shopcast.sales.payments import repository
from shopcast.sales.payments.call_provider import charge
from shopcast.sales.payments.model import PaymentState
from shopcast.sales.ports import PaymentProviders

CHARGE_OFF_SESSION_JOB = "sales.charge_off_session"


class ChargeOffSession(msgspec.Struct, frozen=True):
    """Payload of the job; the payment's id is the provider's idempotency key."""

    started: CheckoutStarted


def queue_charge(tx: Tx, started: CheckoutStarted, now: datetime) -> None:
    """In the transaction that began the checkout, after `reserve`. Needs a kept method and a mandate."""
    if started.method_reference is None or started.mandate_id is None:
        raise ValueError("what is charged without the buyer needs a kept method and a mandate")
    tx.enqueue(CHARGE_OFF_SESSION_JOB, ChargeOffSession(started=started), run_at=now, key=started.payment_id)


async def charge_off_session(context: JobContext, payload: ChargeOffSession) -> None:
    """Charges once however often it runs; no answer is found out by the payment's own job."""
    started = payload.started
    payment = await context.reads.run(repository.payment, started.payment_id)
    providers: PaymentProviders = context.ports["payments"]
    provider = providers.named(started.provider)
    # Given up meanwhile, or answered: there is nothing left to ask for.
    if payment is None or payment.state is not PaymentState.REQUESTED or provider is None:
        return
    await charge(context.actions, provider, context.settings, started, None, "en")
