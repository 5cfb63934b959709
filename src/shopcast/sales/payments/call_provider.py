"""Calls to the provider, outside of any transaction: what it answers is recorded by an action, what it does not answer
is asked for again by the payment's id until it is known. Runs in the web process and in jobs."""

from datetime import datetime, timedelta

import structlog

from shopcast.kernel.actions import Actions, Command, Tx
from shopcast.kernel.clock import Clock
from shopcast.kernel.config import Settings
from shopcast.kernel.errors import Forbidden
from shopcast.kernel.jobs import JobContext
from shopcast.kernel.money import Money
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.sales.checkout.model import CheckoutStarted
from shopcast.sales.checkout.start_checkout import ResolvePayment
from shopcast.sales.payments import repository
from shopcast.sales.payments.model import UNSETTLED, EventKind
from shopcast.sales.payments.record_payment import RecordPayment
from shopcast.sales.payments.refunds import SendRefund
from shopcast.sales.payments.repository import StoredPayment
from shopcast.sales.ports import (
    ChargeRequest,
    MethodReference,
    MethodToken,
    PaymentProvider,
    PaymentProviders,
    ProviderAnswer,
    ProviderUnreachable,
)

# Longer than any charge is waited for; before that the web process itself is still asking.
OVERDUE_AFTER = timedelta(seconds=15)
# Six times a hold's life: a buyer who has not confirmed by then has left, and so has the stock.
GIVE_UP_AFTER = timedelta(minutes=30)
# Each is one call to the provider of at most a few seconds; the rest waits for the next round.
PAYMENTS_PER_ROUND = 50

_log = structlog.get_logger()


class MarkAsked(Command, frozen=True, kw_only=True):
    """The provider was asked about it: others are next."""

    payment_id: str


def mark_asked(tx: Tx, command: MarkAsked, by: Principal, now: datetime) -> None:
    if not by.system:
        raise Forbidden()
    repository.asked(tx, command.payment_id, now)


async def charge(
    actions: Actions,
    provider: PaymentProvider,
    settings: Settings,
    started: CheckoutStarted,
    token: str | None,
    language: str,
) -> None:
    """Safe to repeat: the provider charges one payment id once. No answer leaves the payment unsettled."""
    if started.method_reference is not None:
        method: MethodToken | MethodReference = MethodReference(started.method_reference)
    elif token is not None:
        method = MethodToken(token)
    else:
        raise ValueError("a checkout without a kept method comes with a token")
    separator = "&" if "?" in started.return_path else "?"
    request = ChargeRequest(
        payment_id=started.payment_id,
        amount=started.amount,
        method=method,
        save_method=started.save_method,
        description=started.description,
        return_url=f"{settings.public_url}{started.return_path}{separator}checkout={started.checkout_id}",
        language=language,
    )
    try:
        answer = await provider.charge(request)
    except ProviderUnreachable as error:
        _log.warning("sales.payment.charge.unanswered", payment_id=started.payment_id, error=str(error))
        return
    await _record(actions, provider.name, started.payment_id, answer)


async def resolve(actions: Actions, clock: Clock, providers: PaymentProviders, payment: StoredPayment) -> None:
    """Asks what became of a payment; gives up on one that nobody will finish. Raises ProviderUnreachable."""
    provider = providers.named(payment.provider)
    if payment.state not in UNSETTLED or provider is None:
        return
    await actions.run(MarkAsked(payment_id=payment.id), SYSTEM)
    answer = await provider.find(payment.id)
    age = clock.now() - payment.created_at
    if answer is None and age >= OVERDUE_AFTER:
        # The request was never received; giving up also refuses it should it still be under way.
        answer = await provider.give_up(payment.id)
    elif answer is not None and _stopped_at_authorisation(answer):
        answer = await provider.capture(payment.id, payment.amount)
    elif answer is not None and age >= GIVE_UP_AFTER and not _is_settled(answer):
        answer = await provider.give_up(payment.id)
    if answer is not None:
        await _record(actions, provider.name, payment.id, answer)


async def resolve_payment(context: JobContext, payload: ResolvePayment) -> None:
    payment = await context.reads.run(repository.payment, payload.payment_id)
    if payment is not None:
        await resolve(context.actions, context.clock, _providers(context), payment)


async def resolve_overdue(context: JobContext) -> None:
    """The net under everything: crashes between row and call, lost answers, webhooks that never came."""
    before = context.clock.now() - OVERDUE_AFTER
    for payment in await context.reads.run(repository.unsettled, before, PAYMENTS_PER_ROUND):
        try:
            await resolve(context.actions, context.clock, _providers(context), payment)
        except ProviderUnreachable as error:
            _log.warning("sales.payment.resolve.unanswered", payment_id=payment.id, error=str(error))
            return
    for refund in await context.reads.run(repository.overdue_refunds, before, PAYMENTS_PER_ROUND):
        try:
            await send_refund(context, SendRefund(refund_id=refund.id))
        except ProviderUnreachable as error:
            _log.warning("sales.refund.send.unanswered", refund_id=refund.id, error=str(error))
            return


async def send_refund(context: JobContext, payload: SendRefund) -> None:
    """Safe to repeat: the provider refunds one refund id once. Raises ProviderUnreachable, and the job tries again."""
    refund = await context.reads.run(repository.refund, payload.refund_id)
    payment = None if refund is None else await context.reads.run(repository.payment, refund.payment_id)
    if refund is None or payment is None:
        return
    provider = _providers(context).named(payment.provider)
    if provider is None:
        raise ProviderUnreachable(f"no provider {payment.provider} is configured")
    amount: Money = refund.amount
    answer = await provider.refund(payment.id, refund.id, amount)
    await _record(context.actions, provider.name, payment.id, answer)


async def _record(actions: Actions, provider: str, payment_id: str, answer: ProviderAnswer) -> None:
    recorded = RecordPayment(
        provider=provider, payment_id=payment_id, events=answer.events, saved_method=answer.saved_method
    )
    await actions.run(recorded, SYSTEM)


def _stopped_at_authorisation(answer: ProviderAnswer) -> bool:
    kinds = {event.kind for event in answer.events}
    ended = {EventKind.CAPTURED, EventKind.VOIDED, EventKind.FAILED, EventKind.PROCESSING}
    return EventKind.AUTHORISED in kinds and not kinds & ended


def _is_settled(answer: ProviderAnswer) -> bool:
    return any(event.kind in (EventKind.CAPTURED, EventKind.FAILED, EventKind.VOIDED) for event in answer.events)


def _providers(context: JobContext) -> PaymentProviders:
    providers: PaymentProviders = context.ports["payments"]
    return providers
