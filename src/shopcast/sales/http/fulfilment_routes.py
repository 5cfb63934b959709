"""Packing, sending, cancelling and refunding, and all that happened to an order after it was paid."""

import asyncio
import csv
import io
from datetime import date, datetime
from typing import Annotated, TypeAlias

from litestar import Response, get, patch, post
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from shopcast.kernel.actions import Actions, ReadConnection
from shopcast.kernel.clock import Clock
from shopcast.kernel.errors import InvalidInput, Language
from shopcast.kernel.ports import RateLimits
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.sales.checkout.address import address_lines
from shopcast.sales.fulfilment.cancel_lines import CancelLines
from shopcast.sales.fulfilment.change_shipment import (
    ChangeTracking,
    MarkDelivered,
    UndoShipment,
    sellers_shipment,
)
from shopcast.sales.fulfilment.documents import buyer_party, packing_slip_pdf, seller_party
from shopcast.sales.fulfilment.model import PickLine, PickList, ShipmentState, ShipmentView
from shopcast.sales.fulfilment.ports import LabelProvider, LabelRequest
from shopcast.sales.fulfilment.queries import EXPORT_LIMIT, pick_list, shipment_view
from shopcast.sales.fulfilment.ship_order import LineUnits, ShipOrder, Tracking
from shopcast.sales.http.fulfilment_schemas import (
    CancelLinesRequest,
    LineQuantity,
    OrderProgressAnswer,
    ShipmentRequest,
    TrackingRequest,
)
from shopcast.sales.http.label_files import label_answer
from shopcast.sales.http.progress import buyers_progress, sellers_progress
from shopcast.sales.orders.change_order import TOKEN_LIMIT
from shopcast.sales.orders.model import OrderView
from shopcast.sales.orders.queries import order_for_seller
from shopcast.web_support.deps import Injected, require_rate
from shopcast.web_support.pagination import PageRequest, encode_cursor

Token: TypeAlias = Annotated[str | None, QueryParameter(name="token", max_length=TOKEN_LIMIT)]
ShowFilter: TypeAlias = Annotated[str | None, QueryParameter(name="show_id", max_length=60)]
DayFilter: TypeAlias = Annotated[str | None, QueryParameter(name="day", max_length=10)]

# As the order's own page: people open a few orders a minute.
LOOKS_PER_ADDRESS, LOOKS_PER_S = 120, 60.0

_ORDER = "/v1/organisations/{organisation_id:str}/orders/{order_id:str}"
_SHIPMENT = _ORDER + "/shipments/{shipment_id:str}"
# What a spreadsheet would run as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@get("/v1/organisations/{organisation_id:str}/pick-list", operation_id="get_pick_list")
async def get_pick_list(
    organisation_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    page: Injected[PageRequest],
    show_id: ShowFilter = None,
    day: DayFilter = None,
) -> PickList:
    """What is paid and neither sent nor cancelled, in the order it was placed; `day` is a date in UTC."""
    return await reads.run(_pick_list, organisation_id, principal, show_id, _day(day), page)


@get("/v1/organisations/{organisation_id:str}/pick-list.csv", operation_id="get_pick_list_csv")
async def get_pick_list_csv(
    organisation_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    show_id: ShowFilter = None,
    day: DayFilter = None,
) -> Response[str]:
    """The same as a table for spreadsheets, the first 10,000 lines of it."""
    found, _ = await reads.run(pick_list, organisation_id, principal, show_id, _day(day), None, EXPORT_LIMIT)
    headers = {"Content-Disposition": 'attachment; filename="pick-list.csv"'}
    return Response(_csv(found.items), media_type="text/csv; charset=utf-8", headers=headers)


@get("/v1/orders/{order_id:str}/progress", operation_id="get_order_progress")
async def get_order_progress(
    order_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    clock: Injected[Clock],
    limits: Injected[RateLimits],
    address: Injected[str],
    token: Token = None,
) -> OrderProgressAnswer:
    """What was sent, cancelled, sent back and paid back of the asker's own order."""
    require_rate(limits, f"orders:{address}", LOOKS_PER_ADDRESS, LOOKS_PER_S)
    return await reads.run(buyers_progress, order_id, principal, token or None, clock.now())


@get(f"{_ORDER}/progress", operation_id="get_sold_order_progress")
async def get_sold_order_progress(
    organisation_id: FromPath[str],
    order_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    clock: Injected[Clock],
) -> OrderProgressAnswer:
    return await reads.run(sellers_progress, organisation_id, order_id, principal, clock.now())


@post(f"{_ORDER}/shipments", operation_id="ship_order", status_code=201)
async def ship_order(
    organisation_id: FromPath[str],
    order_id: FromPath[str],
    data: JSONBody[ShipmentRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    clock: Injected[Clock],
    idempotency_key: Injected[str],
) -> ShipmentView:
    """A parcel leaves. It can be undone for ten minutes; the buyer's mail waits as long."""
    command = ShipOrder(
        organisation_id=organisation_id,
        order_id=order_id,
        lines=_units(data.lines),
        tracking=Tracking(carrier=data.carrier, tracking_number=data.tracking_number, tracking_url=data.tracking_url),
    )
    shipment_id: str = await actions.run(command, principal, idempotency_key=idempotency_key)
    return await reads.run(shipment_view, shipment_id, clock.now())


@patch(_SHIPMENT, operation_id="change_tracking")
async def change_tracking(
    organisation_id: FromPath[str],
    order_id: FromPath[str],
    shipment_id: FromPath[str],
    data: JSONBody[TrackingRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    clock: Injected[Clock],
) -> ShipmentView:
    command = ChangeTracking(
        organisation_id=organisation_id,
        order_id=order_id,
        shipment_id=shipment_id,
        tracking=Tracking(carrier=data.carrier, tracking_number=data.tracking_number, tracking_url=data.tracking_url),
    )
    await actions.run(command, principal)
    return await reads.run(shipment_view, shipment_id, clock.now())


@post(f"{_SHIPMENT}/delivered", operation_id="mark_delivered", status_code=200)
async def mark_delivered(
    organisation_id: FromPath[str],
    order_id: FromPath[str],
    shipment_id: FromPath[str],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    clock: Injected[Clock],
) -> ShipmentView:
    """It arrived. With the last parcel the time to return begins."""
    command = MarkDelivered(organisation_id=organisation_id, order_id=order_id, shipment_id=shipment_id)
    await actions.run(command, principal)
    return await reads.run(shipment_view, shipment_id, clock.now())


@post(f"{_SHIPMENT}/undo", operation_id="undo_shipment", status_code=200)
async def undo_shipment(
    organisation_id: FromPath[str],
    order_id: FromPath[str],
    shipment_id: FromPath[str],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    clock: Injected[Clock],
) -> ShipmentView:
    """Within ten minutes: it never left."""
    command = UndoShipment(organisation_id=organisation_id, order_id=order_id, shipment_id=shipment_id)
    await actions.run(command, principal)
    return await reads.run(shipment_view, shipment_id, clock.now())


@get(f"{_SHIPMENT}/packing-slip.pdf", operation_id="get_packing_slip")
async def get_packing_slip(
    organisation_id: FromPath[str],
    order_id: FromPath[str],
    shipment_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    clock: Injected[Clock],
) -> Response[bytes]:
    """In the buyer's language; without prices."""
    order, shipment = await reads.run(_parcel, organisation_id, order_id, shipment_id, principal, clock.now())
    content = await asyncio.to_thread(packing_slip_pdf, order, shipment, _language(order))
    return _pdf(content, f"packing-slip-{order.number}-{shipment.number}.pdf")


@get(f"{_SHIPMENT}/label.pdf", operation_id="get_shipment_label")
async def get_shipment_label(
    organisation_id: FromPath[str],
    order_id: FromPath[str],
    shipment_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    actions: Injected[Actions],
    labels: Injected[LabelProvider],
    clock: Injected[Clock],
) -> Response[bytes]:
    """As a PDF unless the carrier prints another way. A number that the carrier gave becomes the parcel's."""
    order, shipment = await reads.run(_parcel, organisation_id, order_id, shipment_id, principal, clock.now())
    request = LabelRequest(
        reference=shipment.id,
        order_number=order.number,
        sender=seller_party(order.seller_name, order.seller_legal_identity, ""),
        receiver=buyer_party(address_lines(order.address), order.address.country),
        carrier=shipment.carrier,
        tracking_number=shipment.tracking_number,
        units=sum(line.quantity for line in shipment.lines),
        is_return=False,
        language=_language(order),
    )
    label = await labels.label(request)
    is_news = label.tracking_number not in ("", shipment.tracking_number)
    if is_news and shipment.state is not ShipmentState.UNDONE:
        tracking = Tracking(carrier=label.carrier, tracking_number=label.tracking_number)
        command = ChangeTracking(
            organisation_id=organisation_id, order_id=order_id, shipment_id=shipment_id, tracking=tracking
        )
        await actions.run(command, principal)
    return label_answer(label, f"label-{order.number}-{shipment.number}")


@post(f"{_ORDER}/cancel", operation_id="cancel_lines", status_code=200)
async def cancel_lines(
    organisation_id: FromPath[str],
    order_id: FromPath[str],
    data: JSONBody[CancelLinesRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    clock: Injected[Clock],
    idempotency_key: Injected[str],
) -> OrderProgressAnswer:
    """Units that were not sent: their stock can be bought again, their money goes back."""
    command = CancelLines(organisation_id=organisation_id, order_id=order_id, lines=_units(data.lines))
    await actions.run(command, principal, idempotency_key=idempotency_key)
    return await reads.run(sellers_progress, organisation_id, order_id, principal, clock.now())


def _pick_list(
    conn: ReadConnection,
    organisation_id: str,
    by: Principal,
    show_id: str | None,
    day: date | None,
    page: PageRequest,
) -> PickList:
    after = page.after(tuple[str, int])
    found, following = pick_list(conn, organisation_id, by, show_id, day, after, page.limit)
    return PickList(
        items=found.items,
        by_order=found.by_order,
        by_variant=found.by_variant,
        units=found.units,
        next_cursor=None if following is None else encode_cursor(following),
    )


def _csv(lines: tuple[PickLine, ...]) -> str:
    text = io.StringIO()
    # A mark that makes spreadsheets read it as UTF-8.
    text.write("\ufeff")
    writer = csv.writer(text)
    writer.writerow(
        ["order", "placed_at", "packed", "number", "title", "variant", "sku", "quantity", "gift", "replacement",
         "name", "postal_code", "city", "country"]
    )  # fmt: skip
    for line in lines:
        writer.writerow(
            _harmless(cell)
            for cell in (
                line.order_number,
                line.placed_at.isoformat(),
                "1" if line.packed else "0",
                "" if line.item_number is None else str(line.item_number),
                line.title,
                line.variant_title,
                line.sku,
                str(line.quantity),
                "1" if line.gift else "0",
                "1" if line.replacement else "0",
                line.name,
                line.postal_code,
                line.city,
                line.country,
            )
        )
    return text.getvalue()


def _harmless(cell: str) -> str:
    """A buyer's name must not become a formula on the seller's computer."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput("day", "it has the wrong form") from None


def _units(lines: list[LineQuantity] | None) -> tuple[LineUnits, ...] | None:
    if lines is None:
        return None
    return tuple(LineUnits(line_id=line.line_id, quantity=line.quantity) for line in lines)


def _parcel(
    conn: ReadConnection, organisation_id: str, order_id: str, shipment_id: str, by: Principal, now: datetime
) -> tuple[OrderView, ShipmentView]:
    sellers_shipment(conn, organisation_id, order_id, shipment_id, by)
    return order_for_seller(conn, organisation_id, order_id, by), shipment_view(conn, shipment_id, now)


def _language(order: OrderView) -> Language:
    return "zh" if order.language == "zh" else "en"


def _pdf(content: bytes, name: str) -> Response[bytes]:
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(content, media_type="application/pdf", headers=headers)


FULFILMENT_ROUTES: list[ControllerRouterHandler] = [
    get_pick_list,
    get_pick_list_csv,
    get_order_progress,
    get_sold_order_progress,
    ship_order,
    change_tracking,
    mark_delivered,
    undo_shipment,
    get_packing_slip,
    get_shipment_label,
    cancel_lines,
]
