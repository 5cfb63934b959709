"""Many answers of the provider at once, as when a drop is paid: those of the plain kind, where the money asked for came
and nothing else ever happened, become orders together. All others are recorded one by one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from shopcast.kernel.actions import ALONE, Alone, Tx
from shopcast.kernel.principal import Principal
from shopcast.sales.checkout import repository as checkouts
from shopcast.sales.checkout.advance import is_whole
from shopcast.sales.checkout.identities import identities_of
from shopcast.sales.checkout.model import CheckoutState
from shopcast.sales.checkout.open_bought import Bought, open_bought
from shopcast.sales.checkout.repository import Checkout, Part
from shopcast.sales.checkout.start_checkout import RESOLVE_JOB
from shopcast.sales.drops.limits import check_identities_each
from shopcast.sales.holds import repository as holds
from shopcast.sales.holds.claim import claim_held
from shopcast.sales.holds.model import HoldState
from shopcast.sales.holds.repository import Hold
from shopcast.sales.orders.model import OrderState
from shopcast.sales.payments import together
from shopcast.sales.payments.model import Payment, PaymentState, fold
from shopcast.sales.payments.record_payment import EVENTS_AT_ONCE_LIMIT, RecordPayment
from shopcast.sales.payments.repository import StoredPayment
from shopcast.sales.ports import SavedMethod

# About 0.5 ms each; with what surrounds them they stay below the 20 ms that an action may take.
RECORDED_AT_ONCE = 25
_ASKED = (PaymentState.REQUESTED, PaymentState.PROCESSING, PaymentState.NEEDS_ACTION)
_WAITING = (CheckoutState.PROCESSING, CheckoutState.NEEDS_ACTION)


@dataclass(frozen=True, slots=True)
class _Plain:
    """The first news of an only attempt: all of the money has come."""

    command: RecordPayment
    method: SavedMethod
    payment: StoredPayment
    folded: Payment


def record_payments(tx: Tx, commands: Sequence[tuple[RecordPayment, Principal]], now: datetime) -> list[Alone | None]:
    plain = _plain(tx, commands)
    bought = _within_limits(tx, _bought(tx, [one.payment for one in plain.values()]), plain.values())
    done = {id(command): plain[id(command)] for command, _ in commands if _checkout_of(plain, command) in bought}
    if done:
        _record(tx, list(done.values()), now)
        _open(tx, [bought[one.payment.checkout_id] for one in done.values()], now)
    return [None if id(command) in done else ALONE for command, _ in commands]


def _may_be_over(one: _Plain, bought: Bought) -> bool:
    """A card that is known only now counts at a drop: whether it had its share is asked one by one."""
    return one.method.fingerprint is not None and any(hold.drop_id is not None for hold in bought.held)


def _checkout_of(plain: dict[int, _Plain], command: RecordPayment) -> str | None:
    one = plain.get(id(command))
    return None if one is None else one.payment.checkout_id


def _plain(tx: Tx, commands: Sequence[tuple[RecordPayment, Principal]]) -> dict[int, _Plain]:
    asked: dict[str, RecordPayment] = {}
    for command, by in commands:
        # The second about one payment must see what the first did.
        if by.system and command.payment_id not in asked and _may_be_plain(command):
            asked[command.payment_id] = command
    if not asked:
        return {}
    ids = list(asked)
    known = together.with_events(tx, ids)
    plain: dict[int, _Plain] = {}
    for attempts in together.attempts_beside(tx, ids).values():
        payment = attempts[0]
        command = asked.get(payment.id)  # type: ignore[assignment] # another attempt's
        if len(attempts) > 1 or command is None or payment.id in known or not _is_asked(payment, command):
            continue
        folded = fold(command.events, payment.amount.currency)
        if command.saved_method is not None and _is_paid(folded, payment):
            plain[id(command)] = _Plain(command, command.saved_method, payment, folded)
    return plain


def _may_be_plain(command: RecordPayment) -> bool:
    """A webhook's news, without the card, are followed by a question of their own; the provider's errors are told."""
    return (
        command.saved_method is not None
        and 0 < len(command.events) <= EVENTS_AT_ONCE_LIMIT
        and len({event.id for event in command.events}) == len(command.events)
        and all(event.payment_id == command.payment_id for event in command.events)
    )


def _is_asked(payment: StoredPayment, command: RecordPayment) -> bool:
    """Nothing was kept of it yet, and the card is not to be kept."""
    return (
        payment.provider == command.provider
        and payment.state in _ASKED
        and payment.captured_minor == payment.refund_requested_minor == 0
        and payment.mandate_id is None
        and not payment.save_method
    )


def _is_paid(folded: Payment, payment: StoredPayment) -> bool:
    return (
        folded.state is PaymentState.CAPTURED
        and folded.kept_minor == folded.captured_minor == payment.amount.amount_minor
        and not (folded.refunds or folded.disputes or folded.foreign)
    )


def _bought(tx: Tx, payments: Sequence[StoredPayment]) -> dict[str, Bought]:
    """By checkout, those that only have to be opened: stock still held, no promotion or code to be counted."""
    if not payments:
        return {}
    found = checkouts.checkouts(tx, [payment.checkout_id for payment in payments])
    parts = checkouts.parts_of_each(tx, list(found.values()))
    held = holds.holds_of_checkouts(tx, list(found))
    bought: dict[str, Bought] = {}
    for payment in payments:
        checkout = found.get(payment.checkout_id)
        if checkout is None:
            continue
        own_parts, own_held = parts.get(checkout.id, []), held.get(checkout.id, [])
        if payment.amount == checkout.total and _only_opens(checkout, own_parts, own_held):
            bought[checkout.id] = Bought(checkout, own_parts, payment, own_held)
    return bought


def _within_limits(tx: Tx, bought: dict[str, Bought], plain: Iterable[_Plain]) -> dict[str, Bought]:
    """The card of a one-time token is known only now, and counts against the limits of drops."""
    fingerprints = {one.payment.checkout_id: one.method.fingerprint for one in plain}
    asked = [
        (
            one.held,
            identities_of(
                one.checkout.buyer_key, one.checkout.email, one.checkout.address, fingerprints[one.checkout.id]
            ),
        )
        for one in bought.values()
    ]
    fits = check_identities_each(tx, asked)
    return {id: one for (id, one), fit in zip(bought.items(), fits, strict=True) if fit}


def _only_opens(checkout: Checkout, parts: Sequence[Part], held: Sequence[Hold]) -> bool:
    return (
        checkout.state in _WAITING
        and checkout.mandate_id is None
        and not checkout.codes
        and bool(held)
        and is_whole(parts, held)
        and all(hold.state is HoldState.HELD for hold in held)
        and all(part.order_id is None and not part.priced.uses_promotions for part in parts)
    )


def _record(tx: Tx, plain: Sequence[_Plain], now: datetime) -> None:
    events = [(one.command.provider, event) for one in plain for event in one.command.events]
    if together.add_events(tx, events, now) != len(events):
        # An id used for another payment before: one by one it is found which.
        raise RuntimeError("an event of a payment nothing was told of is known already")
    references = [
        {"provider": one.command.provider, "reference": one.command.reference, "payment_id": one.payment.id}
        for one in plain
        if one.command.reference is not None
    ]
    together.keep_references(tx, references)
    together.store_folds(tx, [(one.payment.id, one.folded, one.method) for one in plain], now)
    tx.unqueue(RESOLVE_JOB, [one.payment.id for one in plain])


def _open(tx: Tx, bought: Sequence[Bought], now: datetime) -> None:
    claim_held(tx, [hold for one in bought for hold in one.held], now)
    ids = [one.checkout.id for one in bought]
    if checkouts.complete_each(tx, ids, CheckoutState.PAID) != len(ids):
        raise RuntimeError("orders were opened twice for one checkout")
    open_bought(tx, bought, OrderState.PAID, now)
