"""SQL of restrictions and strikes. What every hold asks is driver text, one indexed statement."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.tables import from_microseconds, to_microseconds
from shopcast.sales.restrictions.model import (
    BLOCKING,
    AppealState,
    Blocks,
    Reason,
    RestrictionState,
    What,
)
from shopcast.sales.restrictions.tables import restriction as table
from shopcast.sales.restrictions.tables import strike as strike_table
from shopcast.sales.tables import hold, order


def _blocking(what: What) -> str:
    return ", ".join(f"'{blocks.value}'" for blocks in BLOCKING[what])


_FIRST: Mapping[What, str] = {
    what: "SELECT id, reason, expires_at FROM sales_restriction WHERE buyer_key = :buyer_key AND state = 'active'"
    f" AND organisation_id IN ('', :organisation_id) AND blocks IN ({_blocking(what)}) ORDER BY id LIMIT 1"
    for what in BLOCKING
}
_AMONG: Mapping[What, str] = {
    what: "SELECT DISTINCT buyer_key FROM sales_restriction WHERE buyer_key IN ({buyer_keys}) AND state = 'active'"
    f" AND organisation_id IN ('', ?) AND blocks IN ({_blocking(what)})"
    for what in BLOCKING
}
_STRIKE = (
    "INSERT INTO sales_strike (buyer_key, organisation_id, reason, since, count)"
    " VALUES (:buyer_key, :organisation_id, :reason, :now, 1)"
    " ON CONFLICT (buyer_key, organisation_id, reason) DO UPDATE SET"
    " count = CASE WHEN sales_strike.since <= :oldest THEN 1 ELSE sales_strike.count + 1 END,"
    " since = CASE WHEN sales_strike.since <= :oldest THEN :now ELSE sales_strike.since END RETURNING count"
)
_STRIKE_EACH = (
    "INSERT INTO sales_strike (buyer_key, organisation_id, reason, since, count) VALUES (?, ?, ?, ?, 1)"
    " ON CONFLICT (buyer_key, organisation_id, reason) DO UPDATE SET"
    " count = CASE WHEN sales_strike.since <= ? THEN 1 ELSE sales_strike.count + 1 END,"
    " since = CASE WHEN sales_strike.since <= ? THEN ? ELSE sales_strike.since END"
)
_COUNTED = select(
    strike_table.c.buyer_key, strike_table.c.organisation_id, strike_table.c.reason, strike_table.c.count.label("times")
).where(strike_table.c.buyer_key.in_(bindparam("buyer_keys", expanding=True)))
_SOURCES = select(hold.c.id, hold.c.source).where(hold.c.id.in_(bindparam("hold_ids", expanding=True)))
_FORGET = (
    "DELETE FROM sales_strike WHERE buyer_key = :buyer_key AND organisation_id = :organisation_id AND reason = :reason"
)
SOURCE = "SELECT source FROM sales_hold WHERE id = :hold_id"
# What the bank said no to; what we did not send or could not finish is nobody's trying.
DECLINED = (
    "SELECT count(*) FROM sales_payment WHERE checkout_id = :checkout_id AND mandate_id IS NULL"
    " AND failure_code IS NOT NULL AND failure_code NOT IN ('abandoned', 'not_sent', 'sold_out_while_paying',"
    " 'paid_twice', 'amount_mismatch', 'confirmation_needed', 'coupon_gone', 'paid_otherwise',"
    " 'over_the_limit', 'came_too_late')"
)
_SET = update(table).where(table.c.id == bindparam("restriction_id"))


@dataclass(frozen=True, slots=True)
class Restriction:
    """A whole row; `organisation_id` is empty for the platform."""

    id: str
    buyer_key: str
    organisation_id: str
    blocks: Blocks
    reason: Reason
    words: str
    state: RestrictionState
    set_by: str
    created_at: datetime
    expires_at: datetime | None
    ended_at: datetime | None
    appeal_state: AppealState
    appeal_text: str | None
    appealed_at: datetime | None
    decision_words: str | None
    decided_at: datetime | None


def first_active(
    conn: ReadConnection, buyer_key: str, organisation_id: str, what: What
) -> tuple[str, Reason, datetime | None] | None:
    row = conn.exec_driver_sql(_FIRST[what], {"buyer_key": buyer_key, "organisation_id": organisation_id}).first()
    if row is None:
        return None
    return row.id, Reason(row.reason), None if row.expires_at is None else from_microseconds(row.expires_at)


def active_among(conn: ReadConnection, buyer_keys: Collection[str], organisation_id: str, what: What) -> set[str]:
    asked = sorted(set(buyer_keys))
    if not asked:
        return set()
    statement = _AMONG[what].format(buyer_keys=", ".join("?" * len(asked)))
    return set(conn.exec_driver_sql(statement, (*asked, organisation_id)).scalars())


def strike(tx: Tx, buyer_key: str, organisation_id: str, reason: Reason, within: timedelta, now: datetime) -> int:
    """Counts one more and tells how many there are in the running window."""
    counted: int = tx.exec_driver_sql(
        _STRIKE,
        {
            "buyer_key": buyer_key,
            "organisation_id": organisation_id,
            "reason": reason.value,
            "now": to_microseconds(now),
            "oldest": to_microseconds(now - within),
        },
    ).scalar_one()
    return counted


def strike_each(
    tx: Tx, strikes: Sequence[tuple[str, str, Reason]], within: Mapping[Reason, timedelta], now: datetime
) -> list[tuple[str, str, Reason, int]]:
    """One more for each of many, all different; and how many each has now."""
    at = to_microseconds(now)
    oldest = {reason: to_microseconds(now - span) for reason, span in within.items()}
    values = [
        (buyer_key, organisation_id, reason.value, at, oldest[reason], oldest[reason], at)
        for buyer_key, organisation_id, reason in strikes
    ]
    tx.exec_driver_sql(_STRIKE_EACH, values)
    rows = tx.execute(_COUNTED, {"buyer_keys": sorted({buyer_key for buyer_key, _, _ in strikes})})
    counted = {(row.buyer_key, row.organisation_id, Reason(row.reason)): int(row.times) for row in rows}
    return [(*key, counted[key]) for key in strikes]


def struck_among(conn: ReadConnection, buyer_keys: Collection[str]) -> set[str]:
    """Buyers, of many, against whom anything is counted."""
    rows = conn.execute(_COUNTED, {"buyer_keys": sorted(set(buyer_keys))})
    return {row.buyer_key for row in rows}


def sources_of_holds(conn: ReadConnection, hold_ids: Sequence[str]) -> dict[str, str]:
    rows = conn.execute(_SOURCES, {"hold_ids": list(hold_ids)})
    return {row.id: row.source for row in rows}


def forget_strikes(tx: Tx, buyer_key: str, organisation_id: str, reason: Reason) -> None:
    tx.exec_driver_sql(_FORGET, {"buyer_key": buyer_key, "organisation_id": organisation_id, "reason": reason.value})


def source_of_hold(conn: ReadConnection, hold_id: str) -> str | None:
    found: str | None = conn.exec_driver_sql(SOURCE, {"hold_id": hold_id}).scalar_one_or_none()
    return found


def declined_attempts(conn: ReadConnection, checkout_id: str) -> int:
    count: int = conn.exec_driver_sql(DECLINED, {"checkout_id": checkout_id}).scalar_one()
    return count


def insert_if_none(tx: Tx, one: Restriction) -> bool:
    """False if this buyer has an active one of the same reason and scope: it is not set twice."""
    known = select(table.c.id).where(
        table.c.buyer_key == one.buyer_key,
        table.c.organisation_id == one.organisation_id,
        table.c.reason == one.reason.value,
        table.c.state == RestrictionState.ACTIVE.value,
    )
    if tx.execute(known).first() is not None:
        return False
    tx.execute(
        insert(table).values(
            id=one.id,
            buyer_key=one.buyer_key,
            organisation_id=one.organisation_id,
            blocks=one.blocks.value,
            reason=one.reason.value,
            words=one.words,
            state=one.state.value,
            set_by=one.set_by,
            created_at=one.created_at,
            expires_at=one.expires_at,
            appeal_state=one.appeal_state.value,
        )
    )
    return True


def restriction(conn: ReadConnection, restriction_id: str) -> Restriction | None:
    row = conn.execute(select(table).where(table.c.id == restriction_id)).first()
    return None if row is None else _restriction(row)


def of_buyer(conn: ReadConnection, buyer_key: str, limit: int) -> list[Restriction]:
    """Newest first."""
    rows = conn.execute(select(table).where(table.c.buyer_key == buyer_key).order_by(table.c.id.desc()).limit(limit))
    return [_restriction(row) for row in rows]


def of_organisation(
    conn: ReadConnection,
    organisation_id: str,
    state: RestrictionState | None,
    appealed: bool,
    before_id: str | None,
    limit: int,
) -> list[Restriction]:
    """Newest first; `appealed` keeps those that wait for a decision."""
    statement = select(table).where(table.c.organisation_id == organisation_id)
    if state is not None:
        statement = statement.where(table.c.state == state.value)
    if appealed:
        statement = statement.where(table.c.appeal_state == AppealState.OPEN.value)
    if before_id is not None:
        statement = statement.where(table.c.id < before_id)
    return [_restriction(row) for row in conn.execute(statement.order_by(table.c.id.desc()).limit(limit))]


def end(tx: Tx, restriction_id: str, state: RestrictionState, now: datetime) -> bool:
    """True for the one call that ended it."""
    ended = _SET.where(table.c.state == RestrictionState.ACTIVE.value).values(state=state.value, ended_at=now)
    return tx.execute(ended, {"restriction_id": restriction_id}).rowcount == 1


def appeal(tx: Tx, restriction_id: str, buyer_key: str, words: str, now: datetime) -> bool:
    appealed = _SET.where(
        table.c.buyer_key == buyer_key,
        table.c.state == RestrictionState.ACTIVE.value,
        table.c.appeal_state == AppealState.NONE.value,
    ).values(appeal_state=AppealState.OPEN.value, appeal_text=words, appealed_at=now)
    return tx.execute(appealed, {"restriction_id": restriction_id}).rowcount == 1


def decide(tx: Tx, restriction_id: str, state: AppealState, words: str, by_key: str, now: datetime) -> bool:
    """False unless an appeal is open."""
    decided = _SET.where(table.c.appeal_state == AppealState.OPEN.value).values(
        appeal_state=state.value, decision_words=words, decided_by=by_key, decided_at=now
    )
    return tx.execute(decided, {"restriction_id": restriction_id}).rowcount == 1


def note_decision(tx: Tx, restriction_id: str, words: str, by_key: str, now: datetime) -> None:
    """Lifted without an appeal: the words are kept all the same."""
    tx.execute(_SET.values(decision_words=words, decided_by=by_key, decided_at=now), {"restriction_id": restriction_id})


def due(conn: ReadConnection, now: datetime, limit: int) -> list[str]:
    rows = conn.execute(
        select(table.c.id)
        .where(table.c.state == RestrictionState.ACTIVE.value, table.c.expires_at <= now)
        .order_by(table.c.expires_at)
        .limit(limit)
    )
    return list(rows.scalars())


def follow(tx: Tx, guest_key: str, person_id: str) -> None:
    """A restriction follows its guest into the account; where the person has the same one already it stays behind."""
    known = {(one.organisation_id, one.reason) for one in _active(tx, person_id)}
    for one in _active(tx, guest_key):
        if (one.organisation_id, one.reason) not in known:
            tx.execute(_SET.values(buyer_key=person_id), {"restriction_id": one.id})


def dealt_with(conn: ReadConnection, buyer_key: str, organisation_id: str) -> bool:
    """Whether this buyer ever bought from the organisation, or holds something now."""
    bought = select(order.c.id).where(order.c.buyer_key == buyer_key, order.c.organisation_id == organisation_id)
    held = select(hold.c.id).where(
        hold.c.buyer_key == buyer_key, hold.c.organisation_id == organisation_id, hold.c.state == "held"
    )
    return any(conn.execute(statement.limit(1)).first() is not None for statement in (bought, held))


def buyer_of_order(conn: ReadConnection, organisation_id: str, order_id: str) -> str | None:
    found: str | None = conn.execute(
        select(order.c.buyer_key).where(order.c.id == order_id, order.c.organisation_id == organisation_id)
    ).scalar_one_or_none()
    return found


def _active(conn: ReadConnection, buyer_key: str) -> Sequence[Restriction]:
    rows = conn.execute(
        select(table).where(table.c.buyer_key == buyer_key, table.c.state == RestrictionState.ACTIVE.value)
    )
    return [_restriction(row) for row in rows]


def _restriction(row: Row[Any]) -> Restriction:
    return Restriction(
        id=row.id,
        buyer_key=row.buyer_key,
        organisation_id=row.organisation_id,
        blocks=Blocks(row.blocks),
        reason=Reason(row.reason),
        words=row.words,
        state=RestrictionState(row.state),
        set_by=row.set_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
        appeal_state=AppealState(row.appeal_state),
        appeal_text=row.appeal_text,
        appealed_at=row.appealed_at,
        decision_words=row.decision_words,
        decided_at=row.decided_at,
    )
