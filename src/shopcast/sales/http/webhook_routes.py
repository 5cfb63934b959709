"""Where providers bring their news: checked as raw bytes, stored, answered."""

from typing import Any

from litestar import Request, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from shopcast.kernel.actions import Actions
from shopcast.kernel.clock import Clock
from shopcast.kernel.principal import SYSTEM
from shopcast.kernel.tracing import hung, traceparent_in
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
    """200 means stored. `received` is False for a delivery known already, and for news that is not for us."""
    return await _receive(provider, request, actions, clock, payments)


@post(
    "/v1/webhooks/stripe",
    operation_id="receive_stripe_webhook",
    status_code=200,
    opt={"csrf_exempt": True},
    request_max_body_size=BODY_LIMIT_BYTES,
)
async def receive_stripe_webhook(
    request: Request[Any, Any, Any],
    actions: Injected[Actions],
    clock: Injected[Clock],
    payments: Injected[PaymentProviders],
) -> dict[str, bool]:
    """The address an operator gives to Stripe; the same door as payments/stripe."""
    return await _receive("stripe", request, actions, clock, payments)


async def _receive(
    provider: str, request: Request[Any, Any, Any], actions: Actions, clock: Clock, payments: PaymentProviders
) -> dict[str, bool]:
    named = payments.named(provider)
    if named is None:
        raise WebhookRefused()
    headers = {name.lower(): value for name, value in request.headers.items()}
    body = await request.body()
    delivery = named.read_webhook(headers, body, clock.now())
    if delivery is None:
        return {"received": False}
    # Signed by the provider, so what the charge was marked with is believed.
    with hung(traceparent_in(body.decode(errors="replace"))):
        received: bool = await actions.run(ReceiveWebhook(provider=named.name, delivery=delivery), SYSTEM)
    return {"received": received}


WEBHOOK_ROUTES: list[ControllerRouterHandler] = [receive_payment_webhook, receive_stripe_webhook]
