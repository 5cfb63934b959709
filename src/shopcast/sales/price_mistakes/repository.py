"""SQL of price mistakes: the orders a wrong price touched, and the run that settles them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, insert, select, text, update

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.money import Money
from shopcast.kernel.tables import to_microseconds
from shopcast.sales.orders.model import OrderState
from shopcast.sales.price_mistakes.model import MistakeState, MistakeView, Remedy
from shopcast.sales.price_mistakes.tables import mistake
from shopcast.sales.tables import hold, line_progress, order_line
from shopcast.sales.tables import order as order_table

_COUNT = text(
    "UPDATE sales_price_mistake SET settled = settled + :settled, skipped = skipped + :skipped, walked_to = :walked_to"
    " WHERE id = :id AND state = 'running' AND walked_to = :was"
)
_NOTE = text(
    "INSERT INTO sales_price_mistake_order (mistake_id, order_id, outcome, at)"
    " VALUES (:mistake_id, :order_id, :outcome, :at) ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class Affected:
    order_id: str
    order_number: str
    placed_at: datetime
    name: str
    line_ids: tuple[str, ...]
    units: int
    sent: int
    paid: Money


@dataclass(frozen=True, slots=True)
class Mistake:
    view: MistakeView
    organisation_id: str
    walked_to: str


def affected(
    conn: ReadConnection,
    organisation_id: str,
    variant_id: str,
    wrong: Money,
    from_at: datetime,
    to_at: datetime,
    after_id: str,
    limit: int,
    show_id: str | None = None,
) -> list[Affected]:
    """Orders with units of the variant at that price that were neither cancelled nor all sent, in the order of ids."""
    wanted = _wanted(organisation_id, variant_id, wrong, from_at, to_at, show_id)
    ids = list(
        conn.execute(
            _joined(select(order_table.c.id))
            .where(wanted, order_table.c.id > after_id)
            .group_by(order_table.c.id)
            .order_by(order_table.c.id)
            .limit(limit)
        ).scalars()
    )
    rows = conn.execute(
        _joined(
            select(
                order_table.c.id.label("order_id"),
                order_table.c.number,
                order_table.c.placed_at,
                order_table.c.address,
                order_line.c.id.label("line_id"),
                order_line.c.net_minor,
                order_line.c.currency,
                line_progress.c.quantity,
                line_progress.c.cancelled,
                line_progress.c.shipped,
            )
        )
        .where(wanted, order_table.c.id.in_(ids))
        .order_by(order_table.c.id, order_line.c.position)
    ).all()
    by_order: dict[str, list[Row[Any]]] = {order_id: [] for order_id in ids}
    for row in rows:
        by_order[row.order_id].append(row)
    return [_affected(lines) for lines in by_order.values() if lines]


def totals(
    conn: ReadConnection,
    organisation_id: str,
    variant_id: str,
    wrong: Money,
    from_at: datetime,
    to_at: datetime,
    show_id: str | None,
) -> tuple[int, int, Money]:
    """Orders, units and what was paid for them."""
    row = conn.execute(
        _joined(
            select(
                func.count(func.distinct(order_table.c.id)).label("orders"),
                func.coalesce(func.sum(line_progress.c.quantity - line_progress.c.cancelled), 0).label("units"),
                func.coalesce(func.sum(order_line.c.net_minor), 0).label("paid"),
            )
        ).where(_wanted(organisation_id, variant_id, wrong, from_at, to_at, show_id))
    ).one()
    return int(row.orders), int(row.units), Money(int(row.paid), wrong.currency)


def insert_mistake(tx: Tx, organisation_id: str, view: MistakeView, by: str) -> None:
    tx.execute(
        insert(mistake).values(
            id=view.id,
            organisation_id=organisation_id,
            show_id=view.show_id,
            item_id=view.item_id,
            variant_id=view.variant_id,
            title=view.title,
            wrong_price_minor=view.wrong_price.amount_minor,
            currency=view.wrong_price.currency,
            from_at=view.from_at,
            to_at=view.to_at,
            remedy=view.remedy.value,
            state=view.state.value,
            item_stopped=int(view.item_stopped),
            orders=view.orders,
            created_by=by,
            created_at=view.created_at,
            starts_at=view.starts_at,
        )
    )


def mistake_of(conn: ReadConnection, mistake_id: str) -> Mistake | None:
    row = conn.execute(select(mistake).where(mistake.c.id == mistake_id)).first()
    return None if row is None else _mistake(row)


def mistakes_of(conn: ReadConnection, organisation_id: str, before_id: str | None, limit: int) -> list[MistakeView]:
    """Newest first."""
    statement = select(mistake).where(mistake.c.organisation_id == organisation_id)
    if before_id is not None:
        statement = statement.where(mistake.c.id < before_id)
    return [_mistake(row).view for row in conn.execute(statement.order_by(mistake.c.id.desc()).limit(limit))]


def overlaps(conn: ReadConnection, organisation_id: str, view: MistakeView) -> bool:
    """Whether another run (not undone) has orders of this one: the same variant and price, at times that meet."""
    found = conn.execute(
        select(mistake.c.id)
        .where(
            mistake.c.organisation_id == organisation_id,
            mistake.c.variant_id == view.variant_id,
            mistake.c.wrong_price_minor == view.wrong_price.amount_minor,
            mistake.c.state != MistakeState.UNDONE.value,
            mistake.c.from_at < view.to_at,
            mistake.c.to_at > view.from_at,
        )
        .limit(1)
    ).first()
    return found is not None


def open_holds_at(conn: ReadConnection, view: MistakeView) -> bool:
    """Whether somebody may still pay for a unit at that price."""
    found = conn.execute(
        select(hold.c.id)
        .where(
            hold.c.variant_id == view.variant_id,
            hold.c.price_minor == view.wrong_price.amount_minor,
            hold.c.state == "held",
            hold.c.placed_at >= view.from_at,
            hold.c.placed_at < view.to_at,
        )
        .limit(1)
    ).first()
    return found is not None


def move(tx: Tx, mistake_id: str, was: MistakeState, state: MistakeState, finished_at: datetime | None) -> bool:
    """True for the one that moved it."""
    changed = tx.execute(
        update(mistake)
        .where(mistake.c.id == mistake_id, mistake.c.state == was.value)
        .values(state=state.value, finished_at=finished_at)
    ).rowcount
    return changed == 1


def count(tx: Tx, found: Mistake, settled: int, skipped: int, walked_to: str) -> bool:
    """False when another run of the job was faster; the caller raises, and nothing of its chunk stays."""
    values = {"id": found.view.id, "settled": settled, "skipped": skipped, "walked_to": walked_to}
    return tx.execute(_COUNT, {**values, "was": found.walked_to}).rowcount == 1


def note(tx: Tx, mistake_id: str, order_id: str, outcome: str, now: datetime) -> bool:
    """False when this order was settled by this run before."""
    row = {"mistake_id": mistake_id, "order_id": order_id, "outcome": outcome, "at": to_microseconds(now)}
    return tx.execute(_NOTE, row).rowcount == 1


def _joined(statement: Any) -> Any:
    return statement.select_from(
        order_table.join(order_line, order_line.c.order_id == order_table.c.id).join(
            line_progress, line_progress.c.line_id == order_line.c.id
        )
    )


def _wanted(
    organisation_id: str, variant_id: str, wrong: Money, from_at: datetime, to_at: datetime, show_id: str | None
) -> ColumnElement[bool]:
    """By the price that was held, at the moment it was held: that is when the mistake was on the screen."""
    conditions = [
        order_table.c.organisation_id == organisation_id,
        order_table.c.state == OrderState.PAID.value,
        order_line.c.variant_id == variant_id,
        order_line.c.price_minor == wrong.amount_minor,
        order_line.c.currency == wrong.currency,
        order_line.c.gift == 0,
        order_line.c.held_at >= from_at,
        order_line.c.held_at < to_at,
        line_progress.c.cancelled < line_progress.c.quantity,
    ]
    if show_id is not None:
        conditions.append(order_line.c.show_id == show_id)
    return and_(*conditions)


def _affected(lines: Sequence[Row[Any]]) -> Affected:
    first = lines[0]
    return Affected(
        order_id=first.order_id,
        order_number=first.number,
        placed_at=first.placed_at,
        name=first.address.name,
        line_ids=tuple(line.line_id for line in lines),
        units=sum(line.quantity - line.cancelled - line.shipped for line in lines),
        sent=sum(line.shipped for line in lines),
        paid=Money(sum(line.net_minor for line in lines), first.currency),
    )


def _mistake(row: Row[Any]) -> Mistake:
    view = MistakeView(
        id=row.id,
        show_id=row.show_id,
        item_id=row.item_id,
        variant_id=row.variant_id,
        title=row.title,
        wrong_price=Money(row.wrong_price_minor, row.currency),
        from_at=row.from_at,
        to_at=row.to_at,
        remedy=Remedy(row.remedy),
        state=MistakeState(row.state),
        item_stopped=bool(row.item_stopped),
        orders=row.orders,
        settled=row.settled,
        skipped=row.skipped,
        created_at=row.created_at,
        starts_at=row.starts_at,
        finished_at=row.finished_at,
    )
    return Mistake(view, row.organisation_id, row.walked_to)
