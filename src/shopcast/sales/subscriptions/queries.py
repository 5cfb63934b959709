"""Subscriptions as their people and their sellers see them."""

from shopcast import accounts
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import Language
from shopcast.kernel.money import Money
from shopcast.kernel.principal import Principal
from shopcast.sales.orders.change_order import ORDER_ROLES
from shopcast.sales.subscriptions import repository
from shopcast.sales.subscriptions.change_subscription import subscription_for
from shopcast.sales.subscriptions.model import (
    DeliveryView,
    SoldSubscription,
    SubscriptionState,
    SubscriptionView,
)
from shopcast.sales.subscriptions.repository import Delivery, Subscription
from shopcast.sales.subscriptions.words import reason_text

# Two years of fortnights; older ones are among the orders.
DELIVERIES_SHOWN = 52


def own_subscriptions(
    conn: ReadConnection, buyer_key: str, before_id: str | None, limit: int, language: Language
) -> list[SubscriptionView]:
    return [_view(conn, one, language) for one in repository.of_buyer(conn, buyer_key, before_id, limit)]


def subscription_view(
    conn: ReadConnection, subscription_id: str, by: Principal, token: str | None, language: Language
) -> SubscriptionView:
    """By its person, or by the link of a mail. Raises NotFound."""
    return _view(conn, subscription_for(conn, subscription_id, by, token), language)


def sold_subscriptions(
    conn: ReadConnection,
    by: Principal,
    organisation_id: str,
    state: SubscriptionState | None,
    before_id: str | None,
    limit: int,
) -> list[SoldSubscription]:
    accounts.require_role(conn, by, organisation_id, *ORDER_ROLES)
    return [
        SoldSubscription(
            id=one.id,
            state=one.state,
            pause_code=one.pause_code,
            product_id=one.product_id,
            variant_id=one.variant_id,
            title=one.title,
            variant_title=one.variant_title,
            quantity=one.quantity,
            interval_days=one.interval_days,
            discount_basis_points=one.discount_basis_points,
            last_total=one.total,
            buyer_name=one.address.name,
            email=one.email,
            deliveries_paid=one.deliveries_paid,
            next_at=one.next_at if one.state is SubscriptionState.ACTIVE else None,
            started_at=one.started_at,
            ended_at=one.ended_at,
        )
        for one in repository.of_organisation(conn, organisation_id, state, before_id, limit)
    ]


def _view(conn: ReadConnection, one: Subscription, language: Language) -> SubscriptionView:
    is_active = one.state is SubscriptionState.ACTIVE
    sellers = accounts.organisations_by_id(conn, {one.organisation_id})
    return SubscriptionView(
        id=one.id,
        state=one.state,
        pause_code=one.pause_code,
        pause_text=None if one.pause_code is None else reason_text(one.pause_code, language),
        product_id=one.product_id,
        variant_id=one.variant_id,
        seller_id=one.organisation_id,
        seller_name=sellers[one.organisation_id].name if one.organisation_id in sellers else "",
        title=one.title,
        variant_title=one.variant_title,
        quantity=one.quantity,
        interval_days=one.interval_days,
        discount_basis_points=one.discount_basis_points,
        unit_price=Money(one.unit_minor, one.currency),
        last_total=one.total,
        cap=one.cap,
        mandate_id=one.mandate_id,
        address=one.address,
        next_at=one.next_at if is_active else None,
        next_total=one.total if is_active and one.noticed_at is not None else None,
        noticed_at=one.noticed_at if is_active else None,
        being_paid=one.checkout_id is not None,
        started_at=one.started_at,
        ended_at=one.ended_at,
        consent_text=one.consent_text,
        deliveries=tuple(
            _delivery(delivery, one.currency, language)
            for delivery in repository.deliveries(conn, one.id, DELIVERIES_SHOWN)
        ),
    )


def _delivery(delivery: Delivery, currency: str, language: Language) -> DeliveryView:
    code = delivery.failure_code
    return DeliveryView(
        due_at=delivery.due_at,
        state=delivery.state,
        total=None if delivery.total_minor is None else Money(delivery.total_minor, currency),
        order_id=delivery.order_id,
        failure_code=code,
        failure_text=None if code is None else reason_text(code, language),
        at=delivery.at,
    )
