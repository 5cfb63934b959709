"""Reads which orders a price touched, before anything is decided, and how far the runs are."""

from datetime import datetime

from shopcast import accounts
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.money import Money
from shopcast.kernel.principal import Principal
from shopcast.sales.price_mistakes import repository
from shopcast.sales.price_mistakes.correct_price import check_span, sellers_mistake, sellers_variant
from shopcast.sales.price_mistakes.model import AffectedOrder, AffectedOrders, MistakeView


def affected_orders(
    conn: ReadConnection,
    organisation_id: str,
    by: Principal,
    variant_id: str,
    wrong_price_minor: int,
    span: tuple[datetime, datetime],
    show_id: str | None,
    after_id: str,
    limit: int,
    now: datetime,
) -> AffectedOrders:
    """In the order in which they were placed."""
    accounts.require_role(conn, by, organisation_id, "owner", "manager")
    variant = sellers_variant(conn, organisation_id, variant_id)
    check_span(*span, now)
    wrong = Money(wrong_price_minor, variant.currency)
    found = repository.affected(conn, organisation_id, variant.id, wrong, *span, after_id, limit + 1, show_id)
    orders, units, paid = repository.totals(conn, organisation_id, variant.id, wrong, *span, show_id)
    shown = found[:limit]
    return AffectedOrders(
        items=tuple(
            AffectedOrder(
                order_id=one.order_id,
                order_number=one.order_number,
                placed_at=one.placed_at,
                name=one.name,
                units=one.units,
                sent=one.sent,
                paid=one.paid,
            )
            for one in shown
        ),
        orders=orders,
        units=units,
        paid=paid,
        next_cursor=shown[-1].order_id if len(found) > limit else None,
    )


def mistakes(
    conn: ReadConnection, organisation_id: str, by: Principal, before_id: str | None, limit: int
) -> list[MistakeView]:
    accounts.require_role(conn, by, organisation_id, "owner", "manager")
    return repository.mistakes_of(conn, organisation_id, before_id, limit)


def mistake(conn: ReadConnection, organisation_id: str, mistake_id: str, by: Principal) -> MistakeView:
    accounts.require_role(conn, by, organisation_id, "owner", "manager")
    return sellers_mistake(conn, organisation_id, mistake_id).view
