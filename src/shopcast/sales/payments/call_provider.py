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
from shopcast.sales.payments.methods import repository as kept_methods
from shopcast.sales.payments.methods.remove_payment_method import ForgetMethod
from shopcast.sales.payments.model import UNSETTLED, PaymentState, fold
from shopcast.sales.payments.outbox.note_answer import NoteUnanswered
from shopcast.sales.payments.record_payment import LearnMethod, RecordPayment
from shopcast.sales.payments.refunds import SendRefund
from shopcast.sales.payments.repository import StoredPayment
from shopcast.sales.payments.setups.repository import SetupView, find_setup, open_setups
from shopcast.sales.payments.setups.start_setup import RecordSetup, ResolveSetup, SetupStarted
from shopcast.sales.payments.webhooks import AskAgain
from shopcast.sales.ports import (
    ChargeRequest,
    MethodReference,
    MethodToken,
    PaymentProvider,
    PaymentProviders,
    ProviderAnswer,
    ProviderRefused,
    ProviderUnreachable,
    SetupAnswer,
    SetupRequest,
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
        off_session=started.mandate_id is not None,
        mandate_id=started.mandate_id,
    )
    try:
        answer = await provider.charge(request)
    except ProviderUnreachable as error:
        _log.warning("sales.payment.charge.unanswered", payment_id=started.payment_id, error=str(error))
        await _note(actions, started.payment_id, error)
        return
    await _record(actions, provider.name, started.payment_id, answer)


async def set_up(
    actions: Actions, provider: PaymentProvider, started: SetupStarted, token: str, return_url: str, language: str
) -> None:
    """Keeps a card without charging it. Safe to repeat; no answer leaves it to the job."""
    request = SetupRequest(
        setup_id=started.setup_id, method=MethodToken(token), return_url=return_url, language=language
    )
    try:
        answer = await provider.setup(request)
    except ProviderUnreachable as error:
        _log.warning("sales.setup.unanswered", setup_id=started.setup_id, error=str(error))
        await _note(actions, started.setup_id, error)
        return
    await actions.run(RecordSetup(provider=provider.name, answer=answer), SYSTEM)


async def resolve(actions: Actions, clock: Clock, providers: PaymentProviders, payment: StoredPayment) -> None:
    """Asks what became of a payment; gives up on one that nobody will finish. Raises ProviderUnreachable."""
    provider = providers.named(payment.provider)
    if payment.state not in UNSETTLED or provider is None:
        return
    await actions.run(MarkAsked(payment_id=payment.id), SYSTEM)
    try:
        answer = await _find_out(provider, payment, clock.now() - payment.created_at)
    except ProviderUnreachable as error:
        await _note(actions, payment.id, error)
        raise
    if answer is not None:
        await _record(actions, provider.name, payment.id, answer)


async def _find_out(provider: PaymentProvider, payment: StoredPayment, age: timedelta) -> ProviderAnswer | None:
    lookup = payment.lookup
    answer = await provider.find(lookup)
    if answer is None:
        # The request was never received; giving up also refuses it should it still be under way.
        return await provider.give_up(lookup) if age >= OVERDUE_AFTER else None
    if _stopped_at_authorisation(answer):
        return await provider.capture(lookup, payment.amount)
    if age >= GIVE_UP_AFTER and not _is_settled(answer):
        return await provider.give_up(lookup)
    return answer


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
        except ProviderRefused as error:
            _log.warning("sales.payment.resolve.refused", payment_id=payment.id, error=str(error))
        except ProviderUnreachable as error:
            _log.warning("sales.payment.resolve.unanswered", payment_id=payment.id, error=str(error))
            return
    for refund in await context.reads.run(repository.overdue_refunds, before, PAYMENTS_PER_ROUND):
        try:
            await send_refund(context, SendRefund(refund_id=refund.id))
        except ProviderRefused as error:
            # It must not keep the others waiting.
            _log.warning("sales.refund.send.refused", refund_id=refund.id, error=str(error))
        except ProviderUnreachable as error:
            _log.warning("sales.refund.send.unanswered", refund_id=refund.id, error=str(error))
            return
    for setup in await context.reads.run(open_setups, before, PAYMENTS_PER_ROUND):
        try:
            await _resolve_setup(context, setup)
        except ProviderUnreachable as error:
            _log.warning("sales.setup.resolve.unanswered", setup_id=setup.id, error=str(error))
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
    try:
        answer = await provider.refund(payment.lookup, refund.id, amount)
    except ProviderUnreachable as error:
        await _note(context.actions, refund.id, error, context.clock.now() + OVERDUE_AFTER)
        raise
    await _record(context.actions, provider.name, payment.id, answer)


async def learn_method(context: JobContext, payload: LearnMethod) -> None:
    payment = await context.reads.run(repository.payment, payload.payment_id)
    provider = None if payment is None else _providers(context).named(payment.provider)
    if payment is None or provider is None or payment.method_label is not None:
        return
    answer = await provider.find(payment.lookup)
    if answer is not None:
        await _record(context.actions, provider.name, payment.id, answer)


async def ask_again(context: JobContext, payload: AskAgain) -> None:
    """A webhook said that it failed; what the provider answers counts as well."""
    payment = await context.reads.run(repository.payment, payload.payment_id)
    provider = None if payment is None else _providers(context).named(payment.provider)
    if payment is None or provider is None:
        return
    answer = await provider.find(payment.lookup)
    if answer is not None:
        await _record(context.actions, provider.name, payment.id, answer)


async def resolve_setup(context: JobContext, payload: ResolveSetup) -> None:
    setup = await context.reads.run(find_setup, payload.setup_id)
    if setup is not None:
        await _resolve_setup(context, setup)


async def _resolve_setup(context: JobContext, setup: SetupView) -> None:
    provider = _providers(context).named(setup.provider)
    if setup.state not in ("processing", "needs_action") or provider is None:
        return
    answer = await provider.find_setup(setup.id, setup.reference)
    age = context.clock.now() - setup.created_at
    if answer is None or (answer.state in ("processing", "needs_action") and age >= GIVE_UP_AFTER):
        # Nothing was charged and nothing will be: it is enough to forget it.
        answer = SetupAnswer(setup_id=setup.id, state="failed", failure_code="abandoned")
    await context.actions.run(RecordSetup(provider=provider.name, answer=answer), SYSTEM)


async def forget_method(context: JobContext, payload: ForgetMethod) -> None:
    method = await context.reads.run(kept_methods.method, payload.method_id)
    provider = None if method is None else _providers(context).named(method.provider)
    if method is not None and provider is not None:
        await provider.forget_method(method.reference)


async def _note(actions: Actions, key: str, error: ProviderUnreachable, next_try_at: datetime | None = None) -> None:
    refused = isinstance(error, ProviderRefused)
    await actions.run(NoteUnanswered(key=key, error=str(error), refused=refused, next_try_at=next_try_at), SYSTEM)


async def _record(actions: Actions, provider: str, payment_id: str, answer: ProviderAnswer) -> None:
    recorded = RecordPayment(
        provider=provider,
        payment_id=payment_id,
        events=answer.events,
        saved_method=answer.saved_method,
        reference=answer.reference,
    )
    await actions.run(recorded, SYSTEM)


def _stopped_at_authorisation(answer: ProviderAnswer) -> bool:
    """Reserved and nothing more, or taken in part: the rest is ours to ask for."""
    return fold(answer.events).state in (PaymentState.AUTHORISED, PaymentState.PARTIALLY_CAPTURED)


def _is_settled(answer: ProviderAnswer) -> bool:
    """What settles in days is not given up after minutes: the buyer did all they had to."""
    state = fold(answer.events).state
    return state not in UNSETTLED or state is PaymentState.SETTLING


def _providers(context: JobContext) -> PaymentProviders:
    providers: PaymentProviders = context.ports["payments"]
    return providers
