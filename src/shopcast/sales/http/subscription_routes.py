"""Subscriptions: the person's own with skip, stop, resume and change; the seller's offers and list."""

from typing import Annotated, TypeAlias

import msgspec
from litestar import get, post, put
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from shopcast.kernel.actions import Actions
from shopcast.kernel.clock import Clock
from shopcast.kernel.config import Settings
from shopcast.kernel.errors import Language
from shopcast.kernel.ports import RateLimits
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.sales.checkout.address import PostalAddress
from shopcast.sales.subscriptions import links
from shopcast.sales.subscriptions.change_subscription import (
    ChangeSubscription,
    ResumeSubscription,
    SkipDelivery,
    StopSubscription,
    Terms,
    preview_change,
)
from shopcast.sales.subscriptions.model import (
    Offer,
    SoldSubscription,
    SubscriptionPlan,
    SubscriptionState,
    SubscriptionView,
    SubscriptionWish,
)
from shopcast.sales.subscriptions.plan import plan_subscription
from shopcast.sales.subscriptions.queries import own_subscriptions, sold_subscriptions, subscription_view
from shopcast.sales.subscriptions.set_offer import SetSubscriptionOffer, public_offer, sellers_offer
from shopcast.sales.subscriptions.start_subscription import StartSubscription
from shopcast.web_support.deps import Injected, require_rate
from shopcast.web_support.pagination import Page, PageRequest, encode_cursor

Token: TypeAlias = Annotated[str | None, QueryParameter(name="token", max_length=links.TOKEN_LIMIT)]

STARTED, PREVIEWED, PER_S = 20, 120, 3600.0
# Guessing 256 bits is hopeless; this keeps the attempt out of the logs.
LOOKS_PER_ADDRESS, LOOKS_PER_S = 120, 60.0


class SubscriptionRequest(msgspec.Struct, frozen=True, kw_only=True):
    """`consent_text` is that of the preview, word by word."""

    wish: SubscriptionWish
    payment_method_id: str | None = None
    email: str | None = None
    consent_text: str


class SubscriptionTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be different; what is left out stays."""

    variant_id: str | None = None
    quantity: int | None = None
    interval_days: int | None = None
    address: PostalAddress | None = None
    address_id: str | None = None

    def terms(self) -> Terms:
        return Terms(
            variant_id=self.variant_id,
            quantity=self.quantity,
            interval_days=self.interval_days,
            address=self.address,
            address_id=self.address_id,
        )


class ChangeSubscriptionRequest(msgspec.Struct, frozen=True, kw_only=True):
    terms: SubscriptionTerms
    payment_method_id: str | None = None
    consent_text: str


class ResumeSubscriptionRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Empty, as long as the old agreement lasts and covers the price; else with the text of a change's preview."""

    payment_method_id: str | None = None
    consent_text: str = ""


class OfferRequest(msgspec.Struct, frozen=True, kw_only=True):
    interval_days: list[int]
    discount_basis_points: int = 0
    active: bool = True


@get("/v1/products/{product_id:str}/subscription-offer", operation_id="get_subscription_offer")
async def get_subscription_offer(product_id: FromPath[str], reads: Injected[Reads]) -> Offer | None:
    """What a shopper may subscribe to; null when the seller offers nothing."""
    return await reads.run(public_offer, product_id)


@get("/v1/subscriptions", operation_id="list_subscriptions")
async def list_subscriptions(
    principal: Injected[Principal], reads: Injected[Reads], page: Injected[PageRequest], language: Injected[Language]
) -> Page[SubscriptionView]:
    """The asker's own, newest first."""
    before = page.after(tuple[str])
    found = await reads.run(own_subscriptions, principal.key, before[0] if before else None, page.limit + 1, language)
    shown = found[: page.limit]
    return Page(items=shown, next_cursor=encode_cursor((shown[-1].id,)) if len(found) > page.limit else None)


@get("/v1/subscriptions/{subscription_id:str}", operation_id="get_subscription")
async def get_subscription(
    subscription_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    limits: Injected[RateLimits],
    address: Injected[str],
    language: Injected[Language],
    token: Token = None,
) -> SubscriptionView:
    """Also by the link of a mail."""
    require_rate(limits, f"subscriptions:{address}", LOOKS_PER_ADDRESS, LOOKS_PER_S)
    return await reads.run(subscription_view, subscription_id, principal, token or None, language)


@post("/v1/subscriptions/preview", operation_id="preview_subscription", status_code=200)
async def preview_subscription(
    data: JSONBody[SubscriptionWish],
    principal: Injected[Principal],
    reads: Injected[Reads],
    clock: Injected[Clock],
    limits: Injected[RateLimits],
) -> SubscriptionPlan:
    """What it would cost and the words to agree to. Changes nothing."""
    require_rate(limits, f"subscriptions.preview:{principal.key}", PREVIEWED, PER_S)
    return await reads.run(plan_subscription, data, principal, clock.now())


@post("/v1/subscriptions", operation_id="start_subscription", status_code=201)
async def start_subscription(
    data: JSONBody[SubscriptionRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    settings: Injected[Settings],
    limits: Injected[RateLimits],
    language: Injected[Language],
    idempotency_key: Injected[str],
) -> SubscriptionView:
    """The first delivery is charged at once."""
    require_rate(limits, f"subscriptions:{principal.key}", STARTED, PER_S)
    salt = links.link_salt(principal.key, idempotency_key)
    command = StartSubscription(
        wish=data.wish,
        saved_method_id=data.payment_method_id,
        email=data.email,
        consent_text=data.consent_text,
        link_salt=salt,
        link_digest=links.link_digest(settings.secret, salt),
    )
    subscription_id: str = await actions.run(command, principal, idempotency_key=idempotency_key)
    return await reads.run(subscription_view, subscription_id, principal, None, language)


@post("/v1/subscriptions/{subscription_id:str}/skip", operation_id="skip_delivery", status_code=200)
async def skip_delivery(
    subscription_id: FromPath[str],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    limits: Injected[RateLimits],
    address: Injected[str],
    language: Injected[Language],
    idempotency_key: Injected[str],
    token: Token = None,
) -> SubscriptionView:
    """Leaves out the next delivery; also by the link of a mail."""
    require_rate(limits, f"subscriptions:{address}", LOOKS_PER_ADDRESS, LOOKS_PER_S)
    command = SkipDelivery(subscription_id=subscription_id, token=token or None)
    await actions.run(command, principal, idempotency_key=idempotency_key)
    return await reads.run(subscription_view, subscription_id, principal, token or None, language)


@post("/v1/subscriptions/{subscription_id:str}/stop", operation_id="stop_subscription", status_code=200)
async def stop_subscription(
    subscription_id: FromPath[str],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    limits: Injected[RateLimits],
    address: Injected[str],
    language: Injected[Language],
    token: Token = None,
) -> SubscriptionView:
    """Ends it, without a reason; also by the link of a mail. Again is no error."""
    require_rate(limits, f"subscriptions:{address}", LOOKS_PER_ADDRESS, LOOKS_PER_S)
    await actions.run(StopSubscription(subscription_id=subscription_id, token=token or None), principal)
    return await reads.run(subscription_view, subscription_id, principal, token or None, language)


@post("/v1/subscriptions/{subscription_id:str}/resume", operation_id="resume_subscription", status_code=200)
async def resume_subscription(
    subscription_id: FromPath[str],
    data: JSONBody[ResumeSubscriptionRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    language: Injected[Language],
) -> SubscriptionView:
    """409 sales.agree_anew: preview a change without terms, and send its text."""
    command = ResumeSubscription(
        subscription_id=subscription_id,
        saved_method_id=data.payment_method_id,
        consent_text=data.consent_text,
    )
    await actions.run(command, principal)
    return await reads.run(subscription_view, subscription_id, principal, None, language)


@post(
    "/v1/subscriptions/{subscription_id:str}/change/preview",
    operation_id="preview_subscription_change",
    status_code=200,
)
async def preview_subscription_change(
    subscription_id: FromPath[str],
    data: JSONBody[SubscriptionTerms],
    principal: Injected[Principal],
    reads: Injected[Reads],
    limits: Injected[RateLimits],
) -> SubscriptionPlan:
    require_rate(limits, f"subscriptions.preview:{principal.key}", PREVIEWED, PER_S)
    return await reads.run(preview_change, subscription_id, data.terms(), principal)


@post("/v1/subscriptions/{subscription_id:str}/change", operation_id="change_subscription", status_code=200)
async def change_subscription(
    subscription_id: FromPath[str],
    data: JSONBody[ChangeSubscriptionRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    language: Injected[Language],
) -> SubscriptionView:
    """Variant, quantity, interval, address or card, on a new agreement."""
    command = ChangeSubscription(
        subscription_id=subscription_id,
        terms=data.terms.terms(),
        saved_method_id=data.payment_method_id,
        consent_text=data.consent_text,
    )
    await actions.run(command, principal)
    return await reads.run(subscription_view, subscription_id, principal, None, language)


@get(
    "/v1/organisations/{organisation_id:str}/products/{product_id:str}/subscription-offer",
    operation_id="get_own_subscription_offer",
)
async def get_own_subscription_offer(
    organisation_id: FromPath[str], product_id: FromPath[str], principal: Injected[Principal], reads: Injected[Reads]
) -> Offer | None:
    return await reads.run(sellers_offer, principal, organisation_id, product_id)


@put(
    "/v1/organisations/{organisation_id:str}/products/{product_id:str}/subscription-offer",
    operation_id="set_subscription_offer",
)
async def set_subscription_offer(
    organisation_id: FromPath[str],
    product_id: FromPath[str],
    data: JSONBody[OfferRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
) -> Offer:
    """Who subscribed before keeps what they agreed to."""
    command = SetSubscriptionOffer(
        organisation_id=organisation_id,
        product_id=product_id,
        interval_days=tuple(data.interval_days),
        discount_basis_points=data.discount_basis_points,
        active=data.active,
    )
    offer: Offer = await actions.run(command, principal)
    return offer


@get("/v1/organisations/{organisation_id:str}/subscriptions", operation_id="list_sold_subscriptions")
async def list_sold_subscriptions(
    organisation_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    page: Injected[PageRequest],
    subscription_state: Annotated[SubscriptionState | None, QueryParameter(name="state")] = None,
) -> Page[SoldSubscription]:
    before = page.after(tuple[str])
    found = await reads.run(
        sold_subscriptions,
        principal,
        organisation_id,
        subscription_state,
        before[0] if before else None,
        page.limit + 1,
    )
    shown = found[: page.limit]
    return Page(items=shown, next_cursor=encode_cursor((shown[-1].id,)) if len(found) > page.limit else None)


SUBSCRIPTION_ROUTES: list[ControllerRouterHandler] = [
    get_subscription_offer,
    list_subscriptions,
    get_subscription,
    preview_subscription,
    start_subscription,
    skip_delivery,
    stop_subscription,
    resume_subscription,
    preview_subscription_change,
    change_subscription,
    get_own_subscription_offer,
    set_subscription_offer,
    list_sold_subscriptions,
]
