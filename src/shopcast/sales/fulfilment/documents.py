"""Our own packing slip and label: sheets without any carrier, which every seller can print."""

import asyncio
from collections.abc import Sequence

from reportlab.lib.pagesizes import A4, A6  # type: ignore[import-untyped]

from shopcast.kernel.errors import Language
from shopcast.sales.checkout.address import address_lines
from shopcast.sales.fulfilment.model import ShipmentView
from shopcast.sales.fulfilment.ports import Label, LabelParty, LabelRequest
from shopcast.sales.fulfilment.sheet import Sheet
from shopcast.sales.fulfilment.words import word
from shopcast.sales.orders.model import OrderView
from shopcast.sales.receipts.words import instant_text

_SLIP_WIDTHS = (0.55, 0.25, 0.2)


class BuiltInLabels:
    """The label of everybody who carries parcels to the post themselves."""

    async def label(self, request: LabelRequest) -> Label:
        content = await asyncio.to_thread(label_pdf, request)
        return Label(
            content=content,
            content_type="application/pdf",
            carrier=request.carrier,
            tracking_number=request.tracking_number,
        )


def label_pdf(request: LabelRequest) -> bytes:
    language = request.language
    sheet = Sheet(f"{word('label', language)} {request.order_number}", A6, 18)
    sheet.line(word("from", language), size=8, bold=True)
    for line in request.sender.lines:
        sheet.line(line, size=8)
    sheet.gap(6)
    sheet.rule()
    sheet.line(word("to", language), size=9, bold=True)
    for line in request.receiver.lines:
        sheet.line(line, size=13)
    sheet.gap(8)
    sheet.rule()
    name = word("return_of", language) if request.is_return else word("order", language)
    sheet.line(f"{name} {request.order_number} · {word('units', language, units=str(request.units))}", bold=True)
    if request.carrier or request.tracking_number:
        sheet.line(" ".join(part for part in (request.carrier, request.tracking_number) if part))
    sheet.gap(4)
    sheet.bars(request.tracking_number or request.order_number)
    return sheet.finished()


def packing_slip_pdf(order: OrderView, shipment: ShipmentView, language: Language) -> bytes:
    """What lies in the parcel: no prices, they are nobody's business who opens a gift."""
    sheet = Sheet(f"{word('packing_slip', language)} {order.number}-{shipment.number}", A4, 56)
    sheet.heading(word("packing_slip", language), size=20)
    sheet.line(f"{word('order', language)} {order.number} · {word('parcel', language)} {shipment.number}", bold=True)
    sheet.line(instant_text(shipment.shipped_at))
    sheet.gap()
    sheet.line(word("from", language), bold=True)
    for line in _lines(order.seller_name, order.seller_legal_identity):
        sheet.line(line)
    sheet.gap()
    sheet.line(word("to", language), bold=True)
    for line in address_lines(order.address):
        sheet.line(line)
    sheet.gap(14)
    sheet.row([word("item", language), word("sku", language), word("quantity", language)], _SLIP_WIDTHS, bold=True)
    sheet.rule()
    for item in shipment.lines:
        title = " · ".join(part for part in (item.title, item.variant_title) if part)
        sheet.row([title, item.sku, str(item.quantity)], _SLIP_WIDTHS)
    sheet.gap(14)
    if shipment.tracking_number:
        sheet.line(f"{shipment.carrier} {shipment.tracking_number}".strip())
    sheet.line(word("withdrawal_hint", language))
    return sheet.finished()


def seller_party(name: str, legal_identity: str, country: str) -> LabelParty:
    return LabelParty(lines=_lines(name, legal_identity), country=country)


def buyer_party(lines: Sequence[str], country: str) -> LabelParty:
    return LabelParty(lines=tuple(lines), country=country)


def _lines(name: str, legal_identity: str) -> tuple[str, ...]:
    rest = [line for line in legal_identity.splitlines() if line.strip() and line.strip() != name]
    return (name, *rest)
