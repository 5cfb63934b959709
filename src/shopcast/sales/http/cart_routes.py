"""The buyer's cart over several sellers, and what currencies are worth."""

from datetime import datetime
from typing import Annotated

from litestar import get, put
from litestar.params import JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from shopcast.accounts import require_operator
from shopcast.kernel.actions import Actions, ReadConnection
from shopcast.kernel.clock import Clock
from shopcast.kernel.errors import Language
from shopcast.kernel.ports import RateLimits
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.sales.cart.model import CartChoice, CartView
from shopcast.sales.cart.read_cart import read_cart
from shopcast.sales.cart.repository import choice_of
from shopcast.sales.cart.set_cart import SetCart, clean_country, clean_currency, clean_region
from shopcast.sales.exchange.model import Rate
from shopcast.sales.exchange.repository import newest_rates
from shopcast.sales.exchange.set_exchange_rates import RATES_LIMIT, NewRate, SetExchangeRates
from shopcast.sales.http.cart_schemas import CartAnswer, CartRequest, ExchangeRatesRequest
from shopcast.sales.http.schemas import milliseconds
from shopcast.sales.promotions.model import clean_typed_codes
from shopcast.web_support.deps import Injected, require_rate
from shopcast.web_support.pagination import Page

# Trying codes is guessing them: a person tries a handful, and looks at the cart at every change.
CARTS_PER_BUYER, CARTS_PER_ADDRESS, CARTS_PER_S = 120, 1200, 60.0
# Twenty ids and their commas.
IDS_LIMIT = 20 * 32


@get("/v1/cart", operation_id="get_cart")
async def get_cart(
    principal: Injected[Principal],
    reads: Injected[Reads],
    clock: Injected[Clock],
    limits: Injected[RateLimits],
    address: Injected[str],
    language: Injected[Language],
    hold_ids: Annotated[str | None, QueryParameter(name="hold_ids", max_length=IDS_LIMIT)] = None,
    codes: Annotated[str | None, QueryParameter(name="codes", max_length=400)] = None,
    country: Annotated[str | None, QueryParameter(name="country", max_length=2)] = None,
    region: Annotated[str | None, QueryParameter(name="region", max_length=100)] = None,
    currency: Annotated[str | None, QueryParameter(name="currency", max_length=3)] = None,
) -> CartAnswer:
    """What is set aside and wanted, over all sellers, and what it costs now. Country, region, currency and codes
    (separated by commas) given here count instead of the chosen ones, and are not kept."""
    _limit(limits, principal, address)
    wanted = None if hold_ids is None else frozenset(part for part in hold_ids.split(",") if part)
    tried = None if codes is None else clean_typed_codes(codes.split(","))
    place = None if country is None else (clean_country(country), clean_region(region or ""))
    cart = await reads.run(_cart, principal, wanted, tried, place, clean_currency(currency), clock.now())
    return CartAnswer.of(cart, language, milliseconds(clock.now()))


@put("/v1/cart", operation_id="set_cart")
async def set_cart(
    data: JSONBody[CartRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    clock: Injected[Clock],
    limits: Injected[RateLimits],
    address: Injected[str],
    language: Injected[Language],
) -> CartAnswer:
    """Keeps codes, country, region and currency for this buyer."""
    _limit(limits, principal, address)
    command = SetCart(
        codes=tuple(data.codes) if isinstance(data.codes, list) else data.codes,
        country=data.country,
        region=data.region,
        currency=data.currency,
    )
    await actions.run(command, principal)
    cart = await reads.run(_cart, principal, None, None, None, None, clock.now())
    return CartAnswer.of(cart, language, milliseconds(clock.now()))


@get("/v1/operator/exchange-rates", operation_id="list_exchange_rates")
async def list_exchange_rates(
    principal: Injected[Principal], reads: Injected[Reads], clock: Injected[Clock]
) -> Page[Rate]:
    """Those in force: what one major unit of `base` is in `quote`."""
    require_operator(principal)
    return Page(items=await reads.run(newest_rates, clock.now(), RATES_LIMIT))


@put("/v1/operator/exchange-rates", operation_id="set_exchange_rates")
async def set_exchange_rates(
    data: JSONBody[ExchangeRatesRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    clock: Injected[Clock],
) -> Page[Rate]:
    """From now on; orders keep the rate they were placed with."""
    new = tuple(NewRate(base=rate.base, quote=rate.quote, rate=rate.rate) for rate in data.rates)
    await actions.run(SetExchangeRates(rates=new, source=data.source), principal)
    return Page(items=await reads.run(newest_rates, clock.now(), RATES_LIMIT))


def _cart(
    conn: ReadConnection,
    by: Principal,
    hold_ids: frozenset[str] | None,
    codes: tuple[str, ...] | None,
    place: tuple[str | None, str] | None,
    currency: str | None,
    now: datetime,
) -> CartView:
    kept = choice_of(conn, by.key)
    country, region = (kept.country, kept.region) if place is None else place
    choice = CartChoice(
        codes=kept.codes if codes is None else codes,
        country=country,
        region=region,
        currency=currency or kept.currency,
    )
    return read_cart(conn, by.key, hold_ids, choice, now)


def _limit(limits: RateLimits, principal: Principal, address: str) -> None:
    require_rate(limits, f"carts:{principal.key}", CARTS_PER_BUYER, CARTS_PER_S)
    require_rate(limits, f"carts:{address}", CARTS_PER_ADDRESS, CARTS_PER_S)


CART_ROUTES: list[ControllerRouterHandler] = [get_cart, set_cart, list_exchange_rates, set_exchange_rates]
