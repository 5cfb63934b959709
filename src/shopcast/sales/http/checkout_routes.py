"""Tap two: pay, ask how it went, try again."""

from litestar import get, post
from litestar.params import FromPath, JSONBody
from litestar.types import ASGIApp, ControllerRouterHandler

from shopcast.kernel.actions import Actions
from shopcast.kernel.config import Settings
from shopcast.kernel.errors import Language
from shopcast.kernel.ports import RateLimits
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.sales import links
from shopcast.sales.checkout.model import CheckoutStarted
from shopcast.sales.checkout.queries import checkout_view
from shopcast.sales.checkout.start_checkout import RetryPayment, StartCheckout
from shopcast.sales.errors import PaymentMethodMissing
from shopcast.sales.http.schemas import (
    CheckoutAnswer,
    CheckoutRequest,
    PaymentChoice,
    RetryRequest,
)
from shopcast.sales.payments.call_provider import charge
from shopcast.sales.ports import PaymentProvider, PaymentProviders
from shopcast.web_support.context import WebContext
from shopcast.web_support.deps import Injected, require_rate
from shopcast.web_support.lean import Asked, LeanDoor

# A payment attempt costs money and is what card testers want; people need a handful.
ATTEMPTS_PER_BUYER, ATTEMPTS_PER_ADDRESS, ATTEMPTS_PER_S = 12, 240, 60.0
# Providers' tokens are far shorter.
TOKEN_LIMIT = 255
_NO_CHOICE = PaymentChoice()


@post("/v1/checkouts", operation_id="start_checkout", status_code=200)
async def start_checkout(
    data: JSONBody[CheckoutRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    settings: Injected[Settings],
    payments: Injected[PaymentProviders],
    limits: Injected[RateLimits],
    address: Injected[str],
    language: Injected[Language],
    idempotency_key: Injected[str],
) -> CheckoutAnswer:
    """Pays for holds. Sent again with the same key, nothing is charged twice and the state now is answered."""
    return await _start(data, principal, actions, reads, settings, payments, limits, address, language, idempotency_key)


def checkout_door(app: ASGIApp, context: WebContext) -> ASGIApp:
    """The same in front of the application, for the minute in which a drop is paid."""

    async def answer(asked: Asked, data: CheckoutRequest) -> CheckoutAnswer:
        payments = context.ports["payments"]
        assert isinstance(payments, PaymentProviders)
        by = asked.principal
        return await _start(
            data,
            by,
            context.actions,
            context.reads,
            context.settings,
            payments,
            context.limits,
            asked.address,
            by.language,
            asked.idempotency_key,
        )

    return LeanDoor(app, context, "/v1/checkouts", CheckoutRequest, answer, 200)


async def _start(
    data: CheckoutRequest,
    principal: Principal,
    actions: Actions,
    reads: Reads,
    settings: Settings,
    payments: PaymentProviders,
    limits: RateLimits,
    address: str,
    language: Language,
    idempotency_key: str,
) -> CheckoutAnswer:
    _limit(limits, principal, address)
    choice = _checked(data.payment_method or _NO_CHOICE)
    salt = links.link_salt(principal.key, idempotency_key)
    command = StartCheckout(
        hold_ids=tuple(data.hold_ids),
        provider=payments.default.name,
        email=data.email,
        address=data.address,
        address_id=data.address_id,
        saved_method_id=choice.saved_id,
        has_token=choice.token is not None,
        save_method=choice.save,
        codes=None if data.codes is None else tuple(data.codes),
        currency=data.currency,
        expected_total_minor=data.expected_total_minor,
        return_path=data.return_path,
        link_salt=salt,
        link_digest=links.link_digest(settings.secret, salt),
    )
    started: CheckoutStarted = await actions.run(command, principal, idempotency_key=idempotency_key)
    await charge(actions, _provider(payments, started), settings, started, choice.token, language)
    return await _answer(reads, started.checkout_id, principal, settings, language)


@get("/v1/checkouts/{checkout_id:str}", operation_id="get_checkout")
async def get_checkout(
    checkout_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    settings: Injected[Settings],
    language: Injected[Language],
) -> CheckoutAnswer:
    return await _answer(reads, checkout_id, principal, settings, language)


@post("/v1/checkouts/{checkout_id:str}/retry", operation_id="retry_checkout", status_code=200)
async def retry_checkout(
    checkout_id: FromPath[str],
    data: JSONBody[RetryRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    settings: Injected[Settings],
    payments: Injected[PaymentProviders],
    limits: Injected[RateLimits],
    address: Injected[str],
    language: Injected[Language],
    idempotency_key: Injected[str],
) -> CheckoutAnswer:
    """Another attempt after one that failed, while the holds last."""
    _limit(limits, principal, address)
    choice = _checked(data.payment_method)
    command = RetryPayment(
        checkout_id=checkout_id,
        saved_method_id=choice.saved_id,
        has_token=choice.token is not None,
        save_method=choice.save,
    )
    started: CheckoutStarted = await actions.run(command, principal, idempotency_key=idempotency_key)
    await charge(actions, _provider(payments, started), settings, started, choice.token, language)
    return await _answer(reads, checkout_id, principal, settings, language)


async def _answer(
    reads: Reads, checkout_id: str, principal: Principal, settings: Settings, language: Language
) -> CheckoutAnswer:
    checkout = await reads.run(checkout_view, checkout_id, principal.key)
    return CheckoutAnswer.of(checkout, settings, language)


def _limit(limits: RateLimits, principal: Principal, address: str) -> None:
    require_rate(limits, f"payments:{principal.key}", ATTEMPTS_PER_BUYER, ATTEMPTS_PER_S)
    require_rate(limits, f"payments:{address}", ATTEMPTS_PER_ADDRESS, ATTEMPTS_PER_S)


def _checked(choice: PaymentChoice) -> PaymentChoice:
    if choice.token is not None and not 1 <= len(choice.token) <= TOKEN_LIMIT:
        raise PaymentMethodMissing()
    return choice


def _provider(payments: PaymentProviders, started: CheckoutStarted) -> PaymentProvider:
    return payments.named(started.provider) or payments.default


CHECKOUT_ROUTES: list[ControllerRouterHandler] = [
    start_checkout,
    get_checkout,
    retry_checkout,
]
