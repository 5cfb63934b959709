"""The run over the orders of a wrong price: a few per transaction, each once, until no hold at that price is left."""

from datetime import datetime, timedelta

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Conflict, Forbidden
from shopcast.kernel.jobs import JobContext
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.sales.disputes.repository import is_disputed
from shopcast.sales.fulfilment import repository as fulfilment
from shopcast.sales.fulfilment.cancel_units import cancel_units
from shopcast.sales.fulfilment.notify import AFTER_MAIL_JOB, AfterMail, AfterMailKind
from shopcast.sales.orders import repository as orders
from shopcast.sales.price_mistakes import repository
from shopcast.sales.price_mistakes.correct_price import SETTLE_JOB, SettleMistake
from shopcast.sales.price_mistakes.model import CHUNK, MistakeState, MistakeView, Remedy
from shopcast.sales.price_mistakes.repository import Affected

# Work of one job run: 4,000 orders; the next run goes on where this one stopped.
CHUNKS_PER_JOB = 200
# Holds taken at the wrong price may still be paid while they last; the run looks again until none is open.
LOOK_AGAIN_AFTER = timedelta(seconds=60)
# No hold lasts longer; by then whatever is open has been given back.
LOOKS_END_AFTER = timedelta(hours=24)


class SettleChunk(Command, frozen=True, kw_only=True):
    mistake_id: str


def settle_chunk(tx: Tx, command: SettleChunk, by: Principal, now: datetime) -> bool:
    """True while there is more. Raises Conflict when another run of the job was faster."""
    if not by.system:
        raise Forbidden()
    found = repository.mistake_of(tx, command.mistake_id)
    if found is None:
        return False
    view = found.view
    if view.state is MistakeState.WAITING:
        if now < view.starts_at:
            return False
        repository.move(tx, view.id, MistakeState.WAITING, MistakeState.RUNNING, None)
    elif view.state is not MistakeState.RUNNING:
        return False
    touched = repository.affected(
        tx,
        found.organisation_id,
        view.variant_id,
        view.wrong_price,
        view.from_at,
        view.to_at,
        found.walked_to,
        CHUNK,
        view.show_id,
    )
    if not touched:
        _finish(tx, view, now)
        return False
    outcomes = [_settle(tx, view, one, now) for one in touched]
    settled = sum(outcomes)
    if not repository.count(tx, found, settled, len(outcomes) - settled, touched[-1].order_id):
        raise Conflict()
    return True


async def settle_mistake(context: JobContext, payload: SettleMistake) -> None:
    for _ in range(CHUNKS_PER_JOB):
        more: bool = await context.actions.run(SettleChunk(mistake_id=payload.mistake_id), SYSTEM)
        if not more:
            return
    raise RuntimeError("more orders than one run settles; the job goes on where it stopped")


def _settle(tx: Tx, view: MistakeView, one: Affected, now: datetime) -> bool:
    """False when there was nothing to do: all sent already, or settled before."""
    outcome = view.remedy.value if view.remedy is Remedy.HONOUR or one.units else "sent"
    if not repository.note(tx, view.id, one.order_id, outcome, now) or outcome == "sent":
        return False
    order = orders.order(tx, one.order_id)
    if order is None or is_disputed(tx, one.order_id):
        # The bank has that money; the dispute decides.
        return False
    kind = AfterMailKind.PRICE_HONOURED
    if view.remedy is Remedy.REFUND:
        progress = fulfilment.progress_of(tx, order.id)
        units = {line_id: progress[line_id].to_ship for line_id in one.line_ids if progress[line_id].to_ship}
        cancel_units(tx, order, units, SYSTEM, "price_mistake", now, by_seller=True, mail=False)
        kind = AfterMailKind.PRICE_REFUNDED
    mail = AfterMail(order_id=order.id, kind=kind, subject_id=view.id)
    tx.enqueue(AFTER_MAIL_JOB, mail, key=f"{view.id}:{order.id}")
    return True


def _finish(tx: Tx, view: MistakeView, now: datetime) -> None:
    if now < view.created_at + LOOKS_END_AFTER and repository.open_holds_at(tx, view):
        run_at = now + LOOK_AGAIN_AFTER
        tx.enqueue(SETTLE_JOB, SettleMistake(mistake_id=view.id), run_at=run_at, key=f"{view.id}:{run_at:%H%M%S}")
        return
    repository.move(tx, view.id, MistakeState.RUNNING, MistakeState.DONE, now)
    tx.audit(SYSTEM, "sales.price_correction_done", view.id, {"settled": view.settled, "skipped": view.skipped})
