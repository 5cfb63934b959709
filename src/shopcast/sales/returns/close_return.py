"""A return is closed by itself once everything of it is settled, or was never sent."""

from collections.abc import Sequence
from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Forbidden
from shopcast.kernel.jobs import JobContext
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.sales.returns import repository
from shopcast.sales.returns.model import Reception, ReturnState
from shopcast.sales.returns.request_return import release_items

# One transaction's worth; the rest waits for the next round.
EXPIRE_AT_ONCE = 20
EXPIRE_ROUNDS_LIMIT = 50


class ExpireReturns(Command, frozen=True, kw_only=True):
    """Those that were approved and of which nothing arrived in time."""


def close_if_settled(tx: Tx, return_id: str, now: datetime) -> None:
    items = repository.items_of(tx, return_id)
    if all(item.open_units == 0 and item.to_settle == 0 for item in items):
        repository.close(tx, return_id, now)


def expire_returns(tx: Tx, command: ExpireReturns, by: Principal, now: datetime) -> int:
    """How many were looked at. What arrived of them is still inspected and paid back."""
    if not by.system:
        raise Forbidden()
    due: Sequence[str] = repository.due_to_expire(tx, now, EXPIRE_AT_ONCE)
    for return_id in due:
        found = repository.return_of(tx, return_id)
        if found is None or found.state is not ReturnState.APPROVED:
            continue
        repository.stop_waiting(tx, return_id)
        if any(item.received for item in repository.items_of(tx, return_id)):
            continue
        release_items(tx, return_id, Reception.EXPIRED)
        repository.close(tx, return_id, now)
        tx.audit(
            SYSTEM,
            "sales.expire_return",
            return_id,
            {"organisation_id": found.organisation_id, "order_id": found.order_id},
        )
    return len(due)


async def sweep_returns(context: JobContext) -> None:
    for _ in range(EXPIRE_ROUNDS_LIMIT):
        looked_at: int = await context.actions.run(ExpireReturns(), SYSTEM)
        if looked_at < EXPIRE_AT_ONCE:
            return
