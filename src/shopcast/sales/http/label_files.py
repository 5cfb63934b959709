"""A label as a download: as the provider printed it, under a name a person finds again."""

from collections.abc import Mapping

from litestar import Response

from shopcast.sales.checkout.address import address_lines
from shopcast.sales.errors import ReturnNotOpen
from shopcast.sales.fulfilment.documents import buyer_party, seller_party
from shopcast.sales.fulfilment.ports import Label, LabelProvider, LabelRequest
from shopcast.sales.orders.repository import Order
from shopcast.sales.returns.model import ReturnRules, ReturnState
from shopcast.sales.returns.repository import Return

# What carriers print. Anything else is saved, never shown: a page is not a label.
_ENDINGS: Mapping[str, str] = {"application/pdf": "pdf", "image/png": "png", "image/gif": "gif"}
_PRINTER_ENDING = "zpl"
_PRINTER_TYPES = frozenset({"application/zpl", "x-application/zpl", "text/zpl"})


def label_answer(label: Label, name: str) -> Response[bytes]:
    shown = label.content_type in _ENDINGS
    ending = _ENDINGS.get(label.content_type) or (_PRINTER_ENDING if label.content_type in _PRINTER_TYPES else "bin")
    headers = {
        "Content-Disposition": f'{"inline" if shown else "attachment"}; filename="{name}.{ending}"',
        "X-Content-Type-Options": "nosniff",
    }
    media_type = label.content_type if shown else "application/octet-stream"
    return Response(label.content, media_type=media_type, headers=headers)


async def return_label(labels: LabelProvider, order: Order, found: Return, rules: ReturnRules) -> Response[bytes]:
    if found.state is not ReturnState.APPROVED:
        raise ReturnNotOpen(state=found.state.value)
    address = rules.address or order.seller_legal_identity
    request = LabelRequest(
        reference=found.id,
        order_number=order.number,
        sender=buyer_party(address_lines(order.address), order.address.country),
        receiver=seller_party(order.seller_name, address, ""),
        carrier=found.carrier,
        tracking_number=found.tracking_number,
        units=0,
        is_return=True,
        language="zh" if order.language == "zh" else "en",
    )
    return label_answer(await labels.label(request), f"return-{order.number}")
