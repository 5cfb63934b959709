"""What the cart's page reads and writes."""

import msgspec

from shopcast.kernel.errors import Language
from shopcast.kernel.money import Money
from shopcast.sales.cart.model import (
    BestCouponView,
    CartAdjustmentView,
    CartChoice,
    CartCodeView,
    CartGiftView,
    CartLineView,
    CartSellerView,
    CartView,
)
from shopcast.sales.orders.order_again import LineAgain
from shopcast.sales.pricing.model import Refusal
from shopcast.sales.pricing.words import refusal_text
from shopcast.sales.quotes.model import Totals


class CartRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What is left out stays as it is; null takes it back."""

    codes: list[str] | msgspec.UnsetType = msgspec.UNSET
    country: str | msgspec.UnsetType | None = msgspec.UNSET
    region: str | msgspec.UnsetType = msgspec.UNSET
    currency: str | msgspec.UnsetType | None = msgspec.UNSET


class CartCodeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    state: str
    reason: str | None
    message: str | None

    @classmethod
    def of(cls, view: CartCodeView, language: Language) -> "CartCodeAnswer":
        if view.reason is None:
            return cls(code=view.code, state="applied", reason=None, message=None)
        missing = view.missing or Money(0, "")
        message = refusal_text(
            Refusal(view.reason),
            language,
            missing_minor=missing.amount_minor,
            missing_quantity=view.missing_quantity,
            currency=missing.currency,
        )
        return cls(code=view.code, state="rejected", reason=view.reason, message=message)


class CartAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`server_ms` lets the page count down without trusting its own clock. `totals` is in `currency`; its total is what
    a payment charges, and what `expected_total_minor` must say."""

    choice: CartChoice
    currency: str | None
    lines: list[CartLineView]
    sellers: list[CartSellerView]
    adjustments: list[CartAdjustmentView]
    gifts: list[CartGiftView]
    codes: list[CartCodeAnswer]
    best_coupon: BestCouponView | None
    totals: Totals | None
    presentment: Money | None
    server_ms: int

    @classmethod
    def of(cls, cart: CartView, language: Language, server_ms: int) -> "CartAnswer":
        return cls(
            choice=cart.choice,
            currency=cart.currency,
            lines=list(cart.lines),
            sellers=list(cart.sellers),
            adjustments=list(cart.adjustments),
            gifts=list(cart.gifts),
            codes=[CartCodeAnswer.of(code, language) for code in cart.codes],
            best_coupon=cart.best_coupon,
            totals=cart.totals,
            presentment=None if cart.totals is None else cart.totals.total,
            server_ms=server_ms,
        )


class ExchangeRateRequest(msgspec.Struct, frozen=True, kw_only=True):
    """`rate`: what one major unit of `base` is in `quote`, as decimal text of up to twelve places."""

    base: str
    quote: str
    rate: str


class ExchangeRatesRequest(msgspec.Struct, frozen=True, kw_only=True):
    source: str
    rates: list[ExchangeRateRequest]


class AgainAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Pay for `hold_ids`, and nothing else is asked of somebody who bought before."""

    lines: list[LineAgain]
    hold_ids: list[str]
