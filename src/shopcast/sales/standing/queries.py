"""Standing orders as their people see them, and the seller's count of who waits."""

from datetime import datetime, timedelta, timezone

from shopcast import accounts, catalog
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import Language, NotFound
from shopcast.kernel.money import Money
from shopcast.kernel.principal import Principal
from shopcast.sales.holds import repository as holds
from shopcast.sales.holds.model import HoldState
from shopcast.sales.standing import repository
from shopcast.sales.standing.model import StandingKind, StandingState, StandingView, WaitlistRow
from shopcast.sales.standing.repository import StandingOrder
from shopcast.sales.standing.words import failure_text


def own_standing(
    conn: ReadConnection, buyer_key: str, before_id: str | None, limit: int, language: Language
) -> list[StandingView]:
    return [view_of(conn, one, language) for one in repository.standings_of(conn, buyer_key, before_id, limit)]


def standing_view(conn: ReadConnection, standing_id: str, buyer_key: str, language: Language) -> StandingView:
    """Raises NotFound, also for somebody else's."""
    one = repository.standing_of(conn, standing_id, buyer_key)
    if one is None:
        raise NotFound("standing_order")
    return view_of(conn, one, language)


def view_of(conn: ReadConnection, one: StandingOrder, language: Language) -> StandingView:
    waits = one.state is StandingState.WAITING
    held = holds.holds(conn, [one.hold_id]) if one.state is StandingState.TAKEN and one.hold_id is not None else []
    ended_without = one.state in (StandingState.FAILED, StandingState.EXPIRED)
    return StandingView(
        id=one.id,
        kind=one.kind,
        state=one.state,
        show_id=one.show_id,
        item_id=one.item_id,
        item_number=one.item_number,
        product_id=one.product_id,
        variant_id=one.variant_id,
        seller_id=one.organisation_id,
        title=one.title,
        variant_title=one.variant_title,
        quantity=one.quantity,
        max_price=one.max_price,
        cap=one.cap,
        until=said_until(one),
        has_mandate=one.mandate_id is not None,
        mandate_id=one.mandate_id,
        place=repository.people_before(conn, one.variant_id, one.placed_at, one.id) + 1 if waits else None,
        hold_id=held[0].id if held else None,
        hold_expires_at=held[0].expires_at if held and held[0].state is HoldState.HELD else None,
        order_id=one.order_id,
        failure_code=one.failure_code,
        failure_text=failure_text(one.failure_code, language) if one.failure_code and ended_without else None,
        consent_text=one.consent_text,
        placed_at=one.placed_at,
        ended_at=one.ended_at,
    )


def said_until(one: StandingOrder) -> datetime:
    """In the offset the person said it in."""
    return one.until.astimezone(timezone(timedelta(minutes=one.utc_offset_minutes)))


def waitlist_rows(
    conn: ReadConnection, by: Principal, organisation_id: str, after: tuple[str, str] | None, limit: int
) -> list[WaitlistRow]:
    """Any member may see what is wanted; nobody sees by whom."""
    accounts.require_role(conn, by, organisation_id)
    rows = repository.waitlist(conn, organisation_id, after, limit)
    left = catalog.stock_left(conn, [row.variant_id for row in rows])
    return [
        WaitlistRow(
            product_id=row.product_id,
            variant_id=row.variant_id,
            title=row.title,
            variant_title=row.variant_title,
            kind=StandingKind(row.kind),
            people=row.people,
            units=row.units,
            units_with_mandate=row.units_with_mandate,
            highest_limit=None if row.highest_minor is None else Money(row.highest_minor, row.currency),
            first_at=row.first_at,
            left=left.get(row.variant_id, 0),
        )
        for row in rows
    ]
