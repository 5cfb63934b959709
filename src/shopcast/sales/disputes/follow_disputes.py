"""What the bank says about a payment becomes a row per order of it, and news for the ledger."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from shopcast.kernel.actions import Tx
from shopcast.kernel.ids import new_id
from shopcast.kernel.money import Money
from shopcast.kernel.principal import SYSTEM
from shopcast.sales.disputes import repository
from shopcast.sales.disputes.model import DisputeState
from shopcast.sales.disputes.repository import Dispute
from shopcast.sales.events import DisputeLost, DisputeOpened, DisputeWon, PaymentDisputed
from shopcast.sales.orders import repository as orders
from shopcast.sales.orders.repository import Order
from shopcast.sales.payments import repository as payments
from shopcast.sales.quotes.model import half_up

# Taken without asking is as gone as lost.
_CLOSED = {"won": DisputeState.WON, "lost": DisputeState.LOST, "charged_back": DisputeState.LOST}


def follow_dispute(tx: Tx, event: PaymentDisputed, now: datetime) -> None:
    """Opened, its date moved, won or lost; told in any order and as often as it likes."""
    payment = payments.payment(tx, event.payment_id)
    if payment is None:
        return
    rows = repository.disputes_of_provider(tx, event.provider, event.dispute_id)
    if not rows:
        rows = _open(tx, event, orders.orders_of_checkout(tx, payment.checkout_id))
    closing = _CLOSED.get(event.state)
    for found in rows:
        row = found
        if event.due_at is not None and event.due_at != row.due_at:
            repository.set_due(tx, row.id, event.due_at)
        if closing is not None and row.state is not closing:
            if row.state in (DisputeState.WON, DisputeState.LOST):
                # Decided the other way: the ledger hears of it as of one that was open in between.
                _reopen(tx, row, event.at)
                row = replace(row, state=DisputeState.OPEN)
            _close(tx, row, closing, event.at)
        elif closing is None and row.state in (DisputeState.WON, DisputeState.LOST):
            # Banks open a decided one again.
            _reopen(tx, row, event.at)


def _open(tx: Tx, event: PaymentDisputed, found: Sequence[Order]) -> list[Dispute]:
    """The amount is shared by what each order has not been given back, so that nobody's part is taken twice."""
    kept = [max(order.presentment_total.amount_minor - order.presentment_refunded_minor, 0) for order in found]
    if not found:
        return []
    weights = kept if sum(kept) else [1 for _ in found]
    shares = Money(event.amount.amount_minor, event.amount.currency).split(weights)
    rows = []
    for order, share in zip(found, shares, strict=True):
        if share.amount_minor == 0:
            continue
        whole = order.presentment_total.amount_minor
        amount_minor = min(half_up(order.total.amount_minor * share.amount_minor, whole or 1), order.total.amount_minor)
        row = Dispute(
            id=new_id("dsp"),
            provider=event.provider,
            provider_dispute_id=event.dispute_id,
            payment_id=event.payment_id,
            order_id=order.id,
            organisation_id=order.organisation_id,
            state=DisputeState.OPEN,
            reason=event.reason or "",
            amount=Money(amount_minor, order.total.currency),
            presentment=share,
            opened_at=event.at,
            due_at=event.due_at,
            submitted_at=None,
            statement="",
            submission="",
            answer_key=None,
            closed_at=None,
        )
        if repository.insert_dispute(tx, row):
            rows.append(row)
            _tell_opened(tx, row, order.number, event.at)
            tx.audit(SYSTEM, "sales.dispute_opened", row.id, _told(row))
    return rows


def _close(tx: Tx, row: Dispute, state: DisputeState, at: datetime) -> None:
    if not repository.move(tx, row.id, row.state, state, at):
        return
    order = orders.order(tx, row.order_id)
    number = "" if order is None else order.number
    told = {"dispute_id": row.id, "order_id": row.order_id, "number": number, "organisation_id": row.organisation_id}
    if state is DisputeState.WON:
        tx.record(DisputeWon(**told, amount=row.amount, at=at))
    else:
        tx.record(DisputeLost(**told, amount=row.amount, at=at))
    tx.audit(SYSTEM, f"sales.dispute_{state.value}", row.id, _told(row))


def _reopen(tx: Tx, row: Dispute, at: datetime) -> None:
    if repository.move(tx, row.id, row.state, DisputeState.OPEN, None):
        order = orders.order(tx, row.order_id)
        _tell_opened(tx, row, "" if order is None else order.number, at, was_lost=row.state is DisputeState.LOST)
        tx.audit(SYSTEM, "sales.dispute_opened", row.id, _told(row))


def _tell_opened(tx: Tx, row: Dispute, number: str, at: datetime, was_lost: bool = False) -> None:
    tx.record(
        DisputeOpened(
            dispute_id=row.id,
            order_id=row.order_id,
            number=number,
            organisation_id=row.organisation_id,
            provider=row.provider,
            amount=row.amount,
            was_lost=was_lost,
            at=at,
        )
    )


def _told(row: Dispute) -> dict[str, object]:
    return {"organisation_id": row.organisation_id, "order_id": row.order_id, "amount_minor": row.amount.amount_minor}
