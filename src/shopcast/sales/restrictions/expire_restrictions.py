"""Ends restrictions whose time is over: in their very second by a job, and by a sweep should a job be lost."""

from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Forbidden
from shopcast.kernel.jobs import JobContext
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.sales.restrictions import repository
from shopcast.sales.restrictions.model import RestrictionState
from shopcast.sales.restrictions.set_restriction import RestrictionsDue

# An ending is one statement and a line of audit, 0.1 ms of the writer.
ENDED_AT_ONCE = 50
# More than ten thousand restrictions that end in one quarter of an hour are ended by the next sweep.
ROUNDS_LIMIT = 200


class ExpireRestrictions(Command, frozen=True, kw_only=True):
    """Ends the oldest that are due; tells how many."""


def expire_restrictions(tx: Tx, command: ExpireRestrictions, by: Principal, now: datetime) -> int:
    if not by.system:
        raise Forbidden()
    due = repository.due(tx, now, ENDED_AT_ONCE)
    for restriction_id in due:
        if repository.end(tx, restriction_id, RestrictionState.EXPIRED, now):
            tx.audit(by, "sales.restriction_expired", restriction_id, {})
    return len(due)


async def expire_due_restrictions(context: JobContext, payload: RestrictionsDue) -> None:
    await sweep_restrictions(context)


async def sweep_restrictions(context: JobContext) -> None:
    for _ in range(ROUNDS_LIMIT):
        if await context.actions.run(ExpireRestrictions(), SYSTEM) < ENDED_AT_ONCE:
            return
