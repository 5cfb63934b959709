"""Where providers bring their news: checked as raw bytes, stored, answered."""

from typing import Any

from litestar import Request, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from shopcast.kernel.actions import Actions
from shopcast.kernel.clock import Clock
from shopcast.kernel.principal import SYSTEM
from shopcast.sales.errors import WebhookRefused
from shopcast.sales.payments.webhooks import BODY_LIMIT_BYTES, ReceiveWebhook
from shopcast.sales.ports import PaymentProviders
from shopcast.web_support.deps import Injected


@post(
    "/v1/webhooks/payments/{provider:str}",
    operation_id="receive_payment_webhook",
    status_code=200,
    opt={"csrf_exempt": True},
    request_max_body_size=BODY_LIMIT_BYTES,
)
async def receive_payment_webhook(
    provider: FromPath[str],
    request: Request[Any, Any, Any],
    actions: Injected[Actions],
    clock: Injected[Clock],
    payments: Injected[PaymentProviders],
) -> dict[str, bool]:
    """200 means stored. `received` is False for a delivery known already."""
    named = payments.named(provider)
    if named is None:
        raise WebhookRefused()
    headers = {name.lower(): value for name, value in request.headers.items()}
    delivery = named.read_webhook(headers, await request.body(), clock.now())
    command = ReceiveWebhook(
        provider=named.name, delivery_id=delivery.id, payment_id=delivery.payment_id, events=delivery.events
    )
    received: bool = await actions.run(command, SYSTEM)
    return {"received": received}


WEBHOOK_ROUTES: list[ControllerRouterHandler] = [receive_payment_webhook]
