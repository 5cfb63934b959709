"""Reads disputes and gathers the evidence kept since the sale."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from shopcast import accounts, shows
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.config import Settings
from shopcast.kernel.errors import NotFound
from shopcast.kernel.principal import Principal
from shopcast.sales.checkout.address import address_lines
from shopcast.sales.disputes import repository
from shopcast.sales.disputes.model import (
    DisputeRow,
    DisputeState,
    DisputeView,
    Evidence,
    LineEvidence,
    SaidAtEvidence,
    ShipmentEvidence,
    TimelineEntry,
    gathers_until,
)
from shopcast.sales.disputes.repository import Dispute
from shopcast.sales.fulfilment import repository as fulfilment
from shopcast.sales.fulfilment.model import ShipmentState
from shopcast.sales.orders import repository as orders
from shopcast.sales.orders.change_order import ORDER_ROLES
from shopcast.sales.orders.model import OrderLineView
from shopcast.sales.orders.repository import Order
from shopcast.sales.payments import repository as payments
from shopcast.sales.returns import repository as returns
from shopcast.sales.tables import refund, selling_policy


def disputes_of_seller(
    conn: ReadConnection,
    organisation_id: str,
    by: Principal,
    state: DisputeState | None,
    before_id: str | None,
    limit: int,
) -> list[DisputeRow]:
    accounts.require_role(conn, by, organisation_id, *ORDER_ROLES)
    found = repository.disputes_of_seller(conn, organisation_id, state, before_id, limit)
    numbers = orders.numbers_of(conn, [one.order_id for one in found])
    return [
        DisputeRow(
            id=one.id,
            order_id=one.order_id,
            order_number=numbers.get(one.order_id),
            state=one.state,
            reason=one.reason,
            amount=one.amount,
            opened_at=one.opened_at,
            due_at=one.due_at,
            closed_at=one.closed_at,
        )
        for one in found
    ]


def sellers_dispute(
    conn: ReadConnection, organisation_id: str, dispute_id: str, by: Principal, *roles: accounts.Role
) -> Dispute:
    """Raises NotFound for another seller's."""
    accounts.require_role(conn, by, organisation_id, *roles)
    found = repository.dispute_of(conn, dispute_id)
    if found is None or found.organisation_id != organisation_id:
        raise NotFound("dispute")
    return found


def dispute_view(
    conn: ReadConnection, settings: Settings, organisation_id: str, dispute_id: str, by: Principal, now: datetime
) -> DisputeView:
    found = sellers_dispute(conn, organisation_id, dispute_id, by, *ORDER_ROLES)
    of_payment = repository.disputes_of_provider(conn, found.provider, found.provider_dispute_id)
    late = found.due_at is not None and found.due_at <= now
    return DisputeView(
        id=found.id,
        state=found.state,
        reason=found.reason,
        amount=found.amount,
        provider=found.provider,
        opened_at=found.opened_at,
        due_at=found.due_at,
        closed_at=found.closed_at,
        submitted_at=found.submitted_at,
        statement=found.statement,
        submission=found.submission,
        sellers=len(of_payment),
        sellers_silent=sum(one.state is DisputeState.OPEN for one in of_payment if one.id != found.id),
        sends_at=gathers_until(found.due_at) if found.submission == "gathering" else None,
        can_answer=found.state is DisputeState.OPEN and not late,
        evidence_url=f"/v1/organisations/{organisation_id}/disputes/{found.id}/evidence.zip",
        evidence=evidence_of(conn, settings, found.order_id, now),
    )


def evidence_of(conn: ReadConnection, settings: Settings, order_id: str, now: datetime) -> Evidence | None:
    """Everything that was true at the sale, and what happened since."""
    order = orders.order(conn, order_id)
    if order is None:
        return None
    lines = orders.lines_of(conn, order.id)
    payment = payments.payment(conn, order.payment_id)
    terms_version = lines[0].terms_version if lines else ""
    return Evidence(
        order_id=order.id,
        order_number=order.number,
        language=order.language,
        seller_name=order.seller_name,
        seller_legal_identity=order.seller_legal_identity,
        buyer_name=order.address.name,
        email=order.email,
        address=tuple(address_lines(order.address)),
        total=order.total,
        charged=order.presentment_total,
        paid_at=order.paid_at,
        method_label=None if payment is None else payment.method_label,
        terms=_terms(conn, terms_version),
        terms_version=terms_version,
        lines=tuple(_line(conn, settings, line, now) for line in lines),
        shipments=_shipments(conn, order.id),
        mails=repository.mails_of(conn, order.id),
        timeline=tuple(sorted(_timeline(conn, order), key=lambda entry: entry.at)),
    )


def _line(conn: ReadConnection, settings: Settings, line: OrderLineView, now: datetime) -> LineEvidence:
    return LineEvidence(
        line_id=line.id,
        title=line.title,
        variant_title=line.variant_title,
        sku=line.sku,
        quantity=line.quantity,
        price_shown=line.price_shown,
        list_price=line.list_price,
        paid=line.net,
        lowest_30d=line.lowest_30d,
        claims_shown=line.claims_shown,
        source=line.source,
        show_id=line.show_id,
        item_number=line.item_number,
        media_at=line.media_at,
        opened_at=line.opened_at,
        held_at=line.held_at,
        placed_at=line.placed_at,
        host_opened_name=line.host_opened_name,
        host_placed_name=line.host_placed_name,
        said_at=_said_at(conn, settings, line, now),
        terms_version=line.terms_version,
    )


def _said_at(conn: ReadConnection, settings: Settings, line: OrderLineView, now: datetime) -> SaidAtEvidence | None:
    if line.show_id is None or line.item_id is None or line.media_at is None:
        return None
    said = shows.said_at(conn, settings, line.show_id, line.item_id, line.media_at, now)
    if said is None:
        return None
    started_at = shows.shelf_item(conn, line.item_id).started_at
    clip = said.clip_url
    return SaidAtEvidence(
        page_url=f"{settings.public_url}{said.page_path}",
        clip_url=clip if clip is None or "://" in clip else f"{settings.public_url}{clip}",
        from_at=said.from_at,
        to_at=said.to_at,
        second=None if started_at is None else max(int((said.from_at - started_at).total_seconds()), 0),
    )


def _terms(conn: ReadConnection, terms_version: str) -> str:
    """The text the buyer agreed to, which later versions did not change."""
    organisation_id, _, version = terms_version.rpartition("/")
    if not version.isdecimal():
        return ""
    found = conn.execute(
        select(selling_policy.c.terms).where(
            selling_policy.c.organisation_id == organisation_id, selling_policy.c.version == int(version)
        )
    ).scalar()
    return "" if found is None else str(found)


def _shipments(conn: ReadConnection, order_id: str) -> tuple[ShipmentEvidence, ...]:
    return tuple(
        ShipmentEvidence(
            number=one.number,
            carrier=one.carrier,
            tracking_number=one.tracking_number,
            tracking_url=one.tracking_url,
            shipped_at=one.shipped_at,
            delivered_at=one.delivered_at,
            units=sum(fulfilment.units_of(conn, one.id).values()),
        )
        for one in fulfilment.shipments_of(conn, order_id)
        if one.state is not ShipmentState.UNDONE
    )


def _timeline(conn: ReadConnection, order: Order) -> Sequence[TimelineEntry]:
    instants = [
        (order.placed_at, "placed", ""),
        (order.paid_at, "paid", ""),
        (order.packed_at, "packed", ""),
        (order.cancelled_at, "cancelled", ""),
    ]
    for one in fulfilment.shipments_of(conn, order.id):
        if one.state is not ShipmentState.UNDONE:
            tracking = f"{one.carrier} {one.tracking_number}".strip()
            instants += [
                (one.shipped_at, "shipped", tracking),
                (one.delivered_at, "delivered", tracking),
                (one.assumed_at, "delivery_assumed", tracking),
            ]
    for back in returns.returns_of_order(conn, order.id):
        instants += [(back.requested_at, "return_requested", back.note), (back.closed_at, "return_closed", "")]
        if back.decided_at is not None:
            what = "return_rejected" if back.state.value == "rejected" else "return_approved"
            instants.append((back.decided_at, what, back.answer))
    for row in conn.execute(select(refund).where(refund.c.order_id == order.id)):
        instants.append((row.created_at, "refund_asked", ""))
        instants.append((row.settled_at, f"refund_{row.state}", ""))
    return [TimelineEntry(at=at, what=what, details=details) for at, what, details in instants if at is not None]
