"""Routes of the second step: a page that asks, and the answer that leads back to the shop."""

from typing import Any
from urllib.parse import parse_qs

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from shopcast.integrations.test_provider.client import TestProvider
from shopcast.integrations.test_provider.http.page import CONTENT_SECURITY_POLICY, confirmation_page
from shopcast.integrations.test_provider.protocol import CONFIRM_PATH, PROVIDER
from shopcast.kernel.errors import Language, NotFound
from shopcast.sales import PaymentProviders, PaymentsAway, ProviderUnreachable
from shopcast.web_support.deps import Injected

# "decision=approve" and what a browser may add.
FORM_LIMIT_BYTES = 1024


@get(CONFIRM_PATH + "{token:str}", operation_id="showTestProviderConfirmation", include_in_schema=False)
async def show_confirmation(
    token: FromPath[str], payments: Injected[PaymentProviders], language: Injected[Language]
) -> Response[str]:
    try:
        confirmation = await _test_provider(payments).confirmation(token)
    except ProviderUnreachable as error:
        raise PaymentsAway() from error
    headers = {"Content-Security-Policy": CONTENT_SECURITY_POLICY, "Cache-Control": "no-store"}
    return Response(confirmation_page(confirmation, language), media_type="text/html", headers=headers)


# The token in the path is the proof (32 random bytes, known to this buyer alone): there is no cookie to abuse here.
@post(
    CONFIRM_PATH + "{token:str}",
    operation_id="decideTestProviderConfirmation",
    include_in_schema=False,
    opt={"csrf_exempt": True},
    request_max_body_size=FORM_LIMIT_BYTES,
)
async def decide_confirmation(
    token: FromPath[str], request: Request[Any, Any, Any], payments: Injected[PaymentProviders]
) -> Redirect:
    form = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=5)
    try:
        return_url = await _test_provider(payments).decide(token, form.get("decision") == ["approve"])
    except ProviderUnreachable as error:
        raise PaymentsAway() from error
    return Redirect(return_url, status_code=303)


def _test_provider(payments: PaymentProviders) -> TestProvider:
    provider = payments.named(PROVIDER)
    if not isinstance(provider, TestProvider):
        raise NotFound("page")
    return provider


ROUTES: list[ControllerRouterHandler] = [show_confirmation, decide_confirmation]
