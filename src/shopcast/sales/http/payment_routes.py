"""The ways to pay a buyer keeps, and what they allow to be charged to them later."""

from litestar import delete, get, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from shopcast.kernel.actions import Actions
from shopcast.kernel.config import Settings
from shopcast.kernel.errors import InvalidInput, Language
from shopcast.kernel.ports import RateLimits
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.sales.checkout.model import is_safe_path
from shopcast.sales.errors import PaymentMethodMissing
from shopcast.sales.http.payment_schemas import (
    MandateAnswer,
    PaymentMethodsAnswer,
    SetupRequestBody,
    SetupStateAnswer,
)
from shopcast.sales.mandates.give_mandate import RevokeMandate
from shopcast.sales.mandates.repository import mandates_of
from shopcast.sales.payments.call_provider import set_up
from shopcast.sales.payments.methods.remove_payment_method import RemovePaymentMethod
from shopcast.sales.payments.methods.repository import method, methods_of
from shopcast.sales.payments.setups.repository import setup_of
from shopcast.sales.payments.setups.start_setup import SetupStarted, StartSetup
from shopcast.sales.ports import PaymentProviders
from shopcast.web_support.deps import Injected, require_rate
from shopcast.web_support.pagination import Page, PageRequest, encode_cursor

# Keeping a card is what card testers would love, for it is checked without a charge; people keep one or two.
SETUPS_PER_BUYER, SETUPS_PER_ADDRESS, SETUPS_PER_S = 6, 120, 60.0
# Providers' tokens are far shorter.
TOKEN_LIMIT = 255


@get("/v1/me/payment-methods", operation_id="list_payment_methods")
async def list_payment_methods(
    principal: Injected[Principal], reads: Injected[Reads], payments: Injected[PaymentProviders]
) -> PaymentMethodsAnswer:
    """Those kept, last used first, and how to pay with another."""
    provider = payments.default
    saved = await reads.run(methods_of, principal.key, provider.name)
    return PaymentMethodsAnswer.of(provider.name, provider.sheet(), saved, list(provider.offered()))


@post("/v1/me/payment-methods", operation_id="keep_payment_method", status_code=200)
async def keep_payment_method(
    data: JSONBody[SetupRequestBody],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    settings: Injected[Settings],
    payments: Injected[PaymentProviders],
    limits: Injected[RateLimits],
    address: Injected[str],
    language: Injected[Language],
    idempotency_key: Injected[str],
) -> SetupStateAnswer:
    """Keeps a card for later without charging it. Sent again with the same key, it is kept once."""
    require_rate(limits, f"setups:{principal.key}", SETUPS_PER_BUYER, SETUPS_PER_S)
    require_rate(limits, f"setups:{address}", SETUPS_PER_ADDRESS, SETUPS_PER_S)
    if not 1 <= len(data.token) <= TOKEN_LIMIT:
        raise PaymentMethodMissing()
    path = data.return_path or "/account"
    if not is_safe_path(path):
        raise InvalidInput("return_path", "it has the wrong form")
    provider = payments.default
    command = StartSetup(provider=provider.name)
    started: SetupStarted = await actions.run(command, principal, idempotency_key=idempotency_key)
    separator = "&" if "?" in path else "?"
    return_url = f"{settings.public_url}{path}{separator}setup={started.setup_id}"
    await set_up(actions, provider, started, data.token, return_url, language)
    return await _setup(reads, started.setup_id, principal, language)


@get("/v1/me/payment-methods/setups/{setup_id:str}", operation_id="get_payment_method_setup")
async def get_payment_method_setup(
    setup_id: FromPath[str], principal: Injected[Principal], reads: Injected[Reads], language: Injected[Language]
) -> SetupStateAnswer:
    return await _setup(reads, setup_id, principal, language)


@delete("/v1/me/payment-methods/{method_id:str}", operation_id="remove_payment_method", status_code=204)
async def remove_payment_method(
    method_id: FromPath[str], principal: Injected[Principal], actions: Injected[Actions]
) -> None:
    """Ends the mandates on it too."""
    await actions.run(RemovePaymentMethod(method_id=method_id), principal)


@get("/v1/me/mandates", operation_id="list_mandates")
async def list_mandates(
    principal: Injected[Principal], reads: Injected[Reads], page: Injected[PageRequest]
) -> Page[MandateAnswer]:
    """What may be charged later: up to how much, for what, until when."""
    rows = await reads.run(mandates_of, principal.key, page.after(str), page.limit + 1)
    shown = rows[: page.limit]
    cursor = encode_cursor(shown[-1].id) if len(rows) > page.limit else None
    return Page(items=[MandateAnswer.of(mandate) for mandate in shown], next_cursor=cursor)


@delete("/v1/me/mandates/{mandate_id:str}", operation_id="revoke_mandate", status_code=204)
async def revoke_mandate(mandate_id: FromPath[str], principal: Injected[Principal], actions: Injected[Actions]) -> None:
    await actions.run(RevokeMandate(mandate_id=mandate_id), principal)


async def _setup(reads: Reads, setup_id: str, principal: Principal, language: Language) -> SetupStateAnswer:
    setup = await reads.run(setup_of, setup_id, principal.key)
    kept = None if setup.method_id is None else await reads.run(method, setup.method_id)
    return SetupStateAnswer.of(setup, kept, language)


PAYMENT_ROUTES: list[ControllerRouterHandler] = [
    list_payment_methods,
    keep_payment_method,
    get_payment_method_setup,
    remove_payment_method,
    list_mandates,
    revoke_mandate,
]
