"""Carts and promotions for tests of prices: everything has a default, so that a test names only what it is about."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from shopcast.sales.pricing.model import Cart, CartLine, FundedBy, Lane, Needs, Pricing, Promotion
from shopcast.sales.pricing.price import price

NOW = datetime(2026, 11, 11, 20, 0, tzinfo=UTC)


def line(key: str = "a", unit: int = 1000, quantity: int = 1, **changes: Any) -> CartLine:
    product = changes.pop("product_id", f"prd_{key}")
    given: dict[str, Any] = {
        "organisation_id": "org_1",
        "product_id": product,
        "variant_id": f"var_{key}",
        "list_minor": unit,
        **changes,
    }
    return CartLine(key=key, quantity=quantity, unit_minor=unit, **given)


def cart(*lines: CartLine, codes: Sequence[str] = (), **changes: Any) -> Cart:
    return Cart(lines=lines, currency="EUR", codes=tuple(codes), **changes)


def promotion(id: str, lane: Lane, benefit: Any, **changes: Any) -> Promotion:
    """By itself, of the cart's seller; with `code` it needs that code, which was typed."""
    code = changes.get("code")
    given: dict[str, Any] = {
        "version": 1,
        "organisation_id": "org_1",
        "is_platform": False,
        "funded_by": FundedBy.PLATFORM if changes.get("is_platform") else FundedBy.SELLER,
        "label": id,
        "needs": Needs.NOTHING if code is None else Needs.CODE,
        "currency": "EUR",
        "starts_at": NOW,
        **changes,
    }
    return Promotion(id=id, lane=lane, benefit=benefit, **given)


def coupon(id: str, benefit: Any, code: str | None = None, **changes: Any) -> Promotion:
    """Typed as its id unless it says otherwise."""
    return promotion(id, Lane.COUPON, benefit, code=code or id, **changes)


def priced(of: Cart, *promotions: Promotion, now: datetime = NOW) -> Pricing:
    return price(of, promotions, now)


def discounts(pricing: Pricing) -> list[int]:
    return [one.discount_minor for one in pricing.lines]


def by_promotion(pricing: Pricing) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in pricing.adjustments:
        found[one.promotion_id] = found.get(one.promotion_id, 0) + one.amount_minor
    return found


def reasons(pricing: Pricing) -> dict[str, str]:
    return {one.code: one.reason.value for one in pricing.rejected_codes}
