"""What a refund or a cancellation would give back: asked before it is done, and doing nothing."""

from litestar import post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.sales.fulfilment.cancel_lines import CancelLines
from shopcast.sales.fulfilment.ship_order import LineUnits
from shopcast.sales.http.fulfilment_schemas import CancelLinesRequest, RefundRequest
from shopcast.sales.orders.change_order import RefundOrder
from shopcast.sales.refunds.parts_asked import RefundUnits
from shopcast.sales.refunds.preview import RefundPreview, cancel_preview, refund_preview
from shopcast.web_support.deps import Injected

_ORDER = "/v1/organisations/{organisation_id:str}/orders/{order_id:str}"


@post(f"{_ORDER}/refund/preview", operation_id="preview_refund", status_code=200)
async def preview_refund(
    organisation_id: FromPath[str],
    order_id: FromPath[str],
    data: JSONBody[RefundRequest],
    principal: Injected[Principal],
    reads: Injected[Reads],
) -> RefundPreview:
    lines = None
    if data.lines is not None:
        lines = tuple(RefundUnits(line_id=line.line_id, quantity=line.quantity) for line in data.lines)
    asked = RefundOrder(
        organisation_id=organisation_id,
        order_id=order_id,
        lines=lines,
        amount_minor=data.amount_minor,
        line_id=data.line_id,
        refund_shipping=data.refund_shipping,
        cause=data.cause,
    )
    return await reads.run(refund_preview, asked, principal)


@post(f"{_ORDER}/cancel/preview", operation_id="preview_cancel_lines", status_code=200)
async def preview_cancel_lines(
    organisation_id: FromPath[str],
    order_id: FromPath[str],
    data: JSONBody[CancelLinesRequest],
    principal: Injected[Principal],
    reads: Injected[Reads],
) -> RefundPreview:
    lines = None
    if data.lines is not None:
        lines = tuple(LineUnits(line_id=line.line_id, quantity=line.quantity) for line in data.lines)
    asked = CancelLines(organisation_id=organisation_id, order_id=order_id, lines=lines)
    return await reads.run(cancel_preview, asked, principal)


REFUND_PREVIEW_ROUTES: list[ControllerRouterHandler] = [preview_refund, preview_cancel_lines]
