"""What a subscription would cost and mean today; pure reading, the same for the preview and for the verb."""

from dataclasses import dataclass
from datetime import datetime

from shopcast import accounts, catalog
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import InvalidInput, Language
from shopcast.kernel.money import Money
from shopcast.kernel.principal import Principal
from shopcast.sales.addresses import buyers_address
from shopcast.sales.checkout.address import PostalAddress
from shopcast.sales.errors import DoesNotShip, NotForSale
from shopcast.sales.holds.model import QUANTITY_LIMIT
from shopcast.sales.policies.repository import policy_of
from shopcast.sales.quotes.model import PricedLine, Totals
from shopcast.sales.quotes.queries import totals_for
from shopcast.sales.receipts.words import money_text, rate_text
from shopcast.sales.standing.words import what_text
from shopcast.sales.subscriptions import repository
from shopcast.sales.subscriptions.errors import NoSubscriptionOffer
from shopcast.sales.subscriptions.model import (
    NOTICE,
    SubscriptionPlan,
    SubscriptionWish,
    cap_minor,
    discounted_minor,
)
from shopcast.sales.subscriptions.words import CHANGE_CONSENT, CONSENT, DISCOUNT


@dataclass(frozen=True, slots=True)
class Planned:
    plan: SubscriptionPlan
    variant: catalog.Variant
    address: PostalAddress


def plan_subscription(conn: ReadConnection, wish: SubscriptionWish, by: Principal, now: datetime) -> SubscriptionPlan:
    return planned(conn, wish, by).plan


def planned(conn: ReadConnection, wish: SubscriptionWish, by: Principal) -> Planned:
    """Raises NotFound, NotForSale, NoSubscriptionOffer, AddressMissing, DoesNotShip."""
    variant = catalog.variant(conn, wish.variant_id)
    offer = repository.offer(conn, variant.product_id)
    if offer is None or not offer.active or wish.interval_days not in offer.interval_days:
        raise NoSubscriptionOffer()
    address = buyers_address(conn, by, wish.address, wish.address_id)
    return planned_with(
        conn, variant, wish.quantity, wish.interval_days, offer.discount_basis_points, address, by.language, False
    )


def planned_with(
    conn: ReadConnection,
    variant: catalog.Variant,
    quantity: int,
    interval_days: int,
    discount_basis_points: int,
    address: PostalAddress,
    language: Language,
    is_change: bool,
) -> Planned:
    if variant.product_status != "active":
        raise NotForSale()
    if not 1 <= quantity <= QUANTITY_LIMIT:
        raise InvalidInput("quantity", "it is out of range")
    unit_minor = discounted_minor(variant.price_minor, discount_basis_points)
    if unit_minor <= 0:
        raise NotForSale()
    totals = totals_at(conn, variant, unit_minor, quantity, address)
    cap = Money(cap_minor(totals.total.amount_minor), variant.currency)
    seller = accounts.organisation(conn, variant.organisation_id)
    percent = rate_text(discount_basis_points)
    words = CHANGE_CONSENT if is_change else CONSENT
    text = words[language].format(
        quantity=quantity,
        what=what_text(variant.product_title, variant.title),
        days=interval_days,
        seller=seller.name,
        discount=DISCOUNT[language].format(percent=percent) if discount_basis_points else "",
        total=money_text(totals.total),
        cap=money_text(cap),
        notice=NOTICE.days,
    )
    plan = SubscriptionPlan(
        title=variant.product_title,
        variant_title=variant.title,
        quantity=quantity,
        interval_days=interval_days,
        seller_name=seller.name,
        list_price=Money(variant.price_minor, variant.currency),
        unit_price=Money(unit_minor, variant.currency),
        discount_basis_points=discount_basis_points,
        items=totals.items,
        shipping=totals.shipping,
        tax=totals.tax,
        tax_included=totals.tax_included,
        total=totals.total,
        cap=cap,
        notice_days=NOTICE.days,
        consent_text=text,
    )
    return Planned(plan=plan, variant=variant, address=address)


def totals_at(
    conn: ReadConnection, variant: catalog.Variant, unit_minor: int, quantity: int, address: PostalAddress
) -> Totals:
    line = PricedLine(show_id=None, price_minor=unit_minor, quantity=quantity, weight_grams=variant.weight_grams or 0)
    policy = policy_of(conn, variant.organisation_id)
    taxed = totals_for([line], variant.currency, policy, address.country, address.region)
    if taxed is None:
        raise DoesNotShip(country=address.country)
    return taxed.totals
