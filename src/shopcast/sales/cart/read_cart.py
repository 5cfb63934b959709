"""The cart's page: open holds with what they cost now, what was applied and why not, and what can't be bought."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shopcast import accounts, catalog
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import NotFound
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
    Obstacle,
)
from shopcast.sales.cart.price_cart import Destination, PricedHolds, SellerPrice, price_holds
from shopcast.sales.checkout import repository as checkouts
from shopcast.sales.checkout.combined import combined_totals
from shopcast.sales.drops.queries import price_now
from shopcast.sales.errors import NoExchangeRate
from shopcast.sales.exchange.model import presented
from shopcast.sales.exchange.repository import rate_between
from shopcast.sales.holds import repository as holds
from shopcast.sales.holds.model import OPEN_HOLDS_PER_BUYER_LIMIT, HoldState
from shopcast.sales.holds.repository import Hold
from shopcast.sales.orders.repository import has_bought
from shopcast.sales.pricing.model import Adjustment, Lane, Pricing
from shopcast.sales.promotions.queries import promotions_for
from shopcast.sales.quotes.model import Totals, delivery_window


@dataclass(frozen=True, slots=True)
class _Wish:
    """A line with today's price; `before` is the hold as it was put into the cart."""

    hold: Hold
    before: Hold
    variant: catalog.Variant | None


def read_cart(
    conn: ReadConnection, buyer_key: str, hold_ids: Collection[str] | None, choice: CartChoice, now: datetime
) -> CartView:
    """`hold_ids`: only these of the buyer's own, for a page that sells one thing. Raises NotFound for others'."""
    found = [hold for hold in holds.open_of_buyer(conn, buyer_key, OPEN_HOLDS_PER_BUYER_LIMIT) if not hold.gift]
    if hold_ids is not None:
        known = {hold.id for hold in found}
        if not known.issuperset(hold_ids):
            raise NotFound("hold")
        found = [hold for hold in found if hold.id in hold_ids]
    wishes = _wishes(conn, found, now)
    obstacles = {wish.hold.id: _obstacle(conn, wish, now) for wish in wishes}
    buyable = [wish.hold for wish in wishes if obstacles[wish.hold.id] is None]
    promotions = promotions_for(
        conn,
        {hold.organisation_id for hold in buyable},
        {hold.show_id for hold in buyable if hold.show_id is not None},
        buyer_key,
        choice.codes,
        now,
    )
    is_new = any(one.new_buyers_only for one in promotions) and not has_bought(conn, buyer_key)
    to = Destination(choice.country, choice.region)
    priced = price_holds(conn, buyable, to, choice.codes, promotions, is_new, now)
    currency = choice.currency or (priced.sellers[0].currency if priced.sellers else None)
    sellers = _sellers(conn, priced, currency, now)
    stuck = {line.hold_id for seller in priced.sellers if seller.taxed is None for line in seller.priced.lines}
    return CartView(
        choice=choice,
        currency=currency,
        lines=tuple(
            _line(wish, priced, obstacles[wish.hold.id] or (Obstacle.DOES_NOT_SHIP if wish.hold.id in stuck else None))
            for wish in wishes
        ),
        sellers=sellers,
        adjustments=tuple(_adjustment(one) for one in priced.pricing.adjustments),
        gifts=_gifts(conn, priced.pricing),
        codes=_codes(choice.codes, priced.pricing),
        best_coupon=_best_coupon(priced.pricing),
        totals=_totals(sellers, currency),
    )


def _wishes(conn: ReadConnection, found: Sequence[Hold], now: datetime) -> list[_Wish]:
    variants = catalog.variants_by_id(conn, {hold.variant_id for hold in found})
    return [_Wish(_today(conn, hold, variants, now), hold, variants.get(hold.variant_id)) for hold in found]


def _today(conn: ReadConnection, hold: Hold, variants: Mapping[str, catalog.Variant], now: datetime) -> Hold:
    """A hold keeps its price; what is only wanted costs what it costs now."""
    variant = variants.get(hold.variant_id)
    if hold.state is not HoldState.WANTED or variant is None:
        return hold
    unit = price_now(conn, hold.show_id, hold.variant_id, now)
    return replace(hold, price_minor=unit.amount_minor, list_price_minor=variant.price_minor, currency=unit.currency)


def _obstacle(conn: ReadConnection, wish: _Wish, now: datetime) -> Obstacle | None:
    hold = wish.hold
    if hold.checkout_id is not None and checkouts.in_payment(conn, hold.checkout_id):
        return Obstacle.IN_PAYMENT
    if hold.expires_at <= now:
        return Obstacle.OVER
    if hold.state is HoldState.WANTED:
        if wish.variant is None or wish.variant.product_status != "active":
            return Obstacle.NOT_FOR_SALE
        if wish.variant.left < hold.quantity:
            return Obstacle.SOLD_OUT
    return None


def _line(wish: _Wish, priced: PricedHolds, obstacle: Obstacle | None) -> CartLineView:
    hold, currency = wish.hold, wish.hold.currency
    paid = next((line for line in priced.pricing.lines if line.key == hold.id), None)
    amount = hold.price * hold.quantity
    before = wish.before.price
    return CartLineView(
        hold_id=hold.id,
        seller_id=hold.organisation_id,
        show_id=hold.show_id,
        item_id=hold.item_id,
        item_number=hold.item_number,
        product_id=hold.product_id,
        variant_id=hold.variant_id,
        title=hold.title,
        variant_title=hold.variant_title,
        image_url="" if wish.variant is None else wish.variant.image_url,
        quantity=hold.quantity,
        unit=hold.price,
        unit_before=None if before == hold.price else before,
        list_price=Money(hold.list_price_minor, currency),
        amount=amount,
        discount=Money(0 if paid is None else paid.discount_minor, currency),
        net=amount if paid is None else Money(paid.net_minor, currency),
        drop_id=hold.drop_id,
        state=hold.state,
        expires_at=hold.expires_at,
        obstacle=obstacle,
    )


def _sellers(
    conn: ReadConnection, priced: PricedHolds, currency: str | None, now: datetime
) -> tuple[CartSellerView, ...]:
    names = accounts.organisations_by_id(conn, [seller.organisation_id for seller in priced.sellers])
    return tuple(
        _seller(conn, seller, names[seller.organisation_id].name, currency or seller.currency, now)
        for seller in priced.sellers
    )


def _seller(conn: ReadConnection, seller: SellerPrice, name: str, currency: str, now: datetime) -> CartSellerView:
    totals = None if seller.taxed is None else seller.taxed.totals
    window = None if seller.zone is None else delivery_window(now, seller.zone.days_min, seller.zone.days_max)
    return CartSellerView(
        seller_id=seller.organisation_id,
        seller_name=name,
        ships=totals is not None,
        ships_from=seller.policy.ships_from,
        country=seller.country,
        totals=totals,
        presentment=None if totals is None else _presented(conn, totals.total, currency, now),
        delivery_from=None if window is None else window[0],
        delivery_to=None if window is None else window[1],
        return_days=seller.policy.return_days,
        hold_ids=tuple(line.hold_id for line in seller.priced.lines),
    )


def _presented(conn: ReadConnection, total: Money, currency: str, now: datetime) -> Money | None:
    try:
        return presented(total, rate_between(conn, total.currency, currency, now))
    except NoExchangeRate:
        return None


def _adjustment(one: Adjustment) -> CartAdjustmentView:
    return CartAdjustmentView(
        promotion_id=one.promotion_id,
        label=one.label,
        code=one.code,
        lane=one.lane.value,
        funded_by=one.funded_by.value,
        seller_id=one.organisation_id,
        hold_id=one.line_key,
        amount=Money(one.amount_minor, one.currency),
    )


def _gifts(conn: ReadConnection, pricing: Pricing) -> tuple[CartGiftView, ...]:
    variants = catalog.variants_by_id(conn, {gift.variant_id for gift in pricing.gifts})
    return tuple(
        CartGiftView(
            promotion_id=gift.promotion_id,
            label=gift.label,
            seller_id=gift.organisation_id,
            variant_id=gift.variant_id,
            product_id=variants[gift.variant_id].product_id,
            title=variants[gift.variant_id].product_title,
            variant_title=variants[gift.variant_id].title,
            image_url=variants[gift.variant_id].image_url,
            quantity=gift.quantity,
            available=variants[gift.variant_id].left >= gift.quantity,
        )
        for gift in pricing.gifts
        if gift.variant_id in variants
    )


def _codes(typed: Sequence[str], pricing: Pricing) -> tuple[CartCodeView, ...]:
    rejected = {one.code: one for one in pricing.rejected_codes}
    views = []
    for code in typed:
        one = rejected.get(code)
        if one is None:
            views.append(CartCodeView(code=code, is_applied=True))
            continue
        views.append(
            CartCodeView(
                code=code,
                is_applied=False,
                reason=one.reason.value,
                missing=Money(one.missing_minor, one.currency) if one.missing_minor else None,
                missing_quantity=one.missing_quantity,
                label=one.label,
            )
        )
    return tuple(views)


def _best_coupon(pricing: Pricing) -> BestCouponView | None:
    """Of several sellers' coupons the one worth most, in the currency most of them are in."""
    sums: dict[str, int] = {}
    first: dict[str, Adjustment] = {}
    for one in pricing.adjustments:
        if one.lane is Lane.COUPON:
            first.setdefault(one.promotion_id, one)
            sums[one.promotion_id] = sums.get(one.promotion_id, 0) + one.amount_minor
    if not sums:
        return None
    best = first[max(sums, key=lambda promotion_id: (sums[promotion_id], promotion_id))]
    return BestCouponView(
        promotion_id=best.promotion_id,
        label=best.label,
        code=best.code,
        amount=Money(sums[best.promotion_id], best.currency),
    )


def _totals(sellers: Sequence[CartSellerView], currency: str | None) -> Totals | None:
    parts = [
        (seller.totals, seller.presentment)
        for seller in sellers
        if seller.totals is not None and seller.presentment is not None
    ]
    if currency is None or not parts or len(parts) < len(sellers):
        return None
    total = Money(sum(paid.amount_minor for _, paid in parts), currency)
    return combined_totals(total, parts)
