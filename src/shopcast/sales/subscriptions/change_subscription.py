"""Skip, stop, resume and change: each one call. Skipping and stopping also work by the link in every mail."""

from datetime import datetime, timedelta

from shopcast import catalog
from shopcast.kernel.actions import Command, ReadConnection, Tx
from shopcast.kernel.errors import NotFound
from shopcast.kernel.principal import Principal
from shopcast.sales.addresses import buyers_address
from shopcast.sales.checkout.address import PostalAddress
from shopcast.sales.contacts import language_of
from shopcast.sales.mandates import repository as mandates
from shopcast.sales.mandates.give_mandate import give_mandate, revoke
from shopcast.sales.standing.errors import ConsentChanged
from shopcast.sales.subscriptions import repository
from shopcast.sales.subscriptions.errors import (
    AgreeAnew,
    NoSubscriptionOffer,
    SubscriptionBusy,
    SubscriptionStopped,
)
from shopcast.sales.subscriptions.links import opens
from shopcast.sales.subscriptions.model import (
    MANDATE_LASTS,
    NOTICE,
    DeliveryState,
    SubscriptionPlan,
    SubscriptionState,
    after,
)
from shopcast.sales.subscriptions.notify import mail
from shopcast.sales.subscriptions.plan import Planned, planned_with
from shopcast.sales.subscriptions.repository import Subscription


class SkipDelivery(Command, frozen=True, kw_only=True):
    subscription_id: str
    token: str | None = None


class StopSubscription(Command, frozen=True, kw_only=True):
    subscription_id: str
    token: str | None = None


class Terms(Command, frozen=True, kw_only=True):
    """What is to be different; None stays as it is."""

    variant_id: str | None = None
    quantity: int | None = None
    interval_days: int | None = None
    address: PostalAddress | None = None
    address_id: str | None = None


class ChangeSubscription(Command, frozen=True, kw_only=True):
    """`consent_text` is that of the preview: new terms are agreed to as the old ones were."""

    subscription_id: str
    terms: Terms
    saved_method_id: str | None = None
    consent_text: str


class ResumeSubscription(Command, frozen=True, kw_only=True):
    """Without a text: on the old agreement, as long as that lasts."""

    subscription_id: str
    saved_method_id: str | None = None
    consent_text: str = ""


def skip_delivery(tx: Tx, command: SkipDelivery, by: Principal, now: datetime) -> None:
    one = subscription_for(tx, command.subscription_id, by, command.token)
    _require_idle(one)
    if one.state is SubscriptionState.STOPPED:
        raise SubscriptionStopped()
    following = after(one.next_at, one.interval_days, now)
    repository.add_delivery(tx, one, DeliveryState.SKIPPED, now)
    repository.next_delivery(tx, one.id, following, following - NOTICE)
    tx.audit(by, "sales.delivery_skipped", one.id, {})


def stop_subscription(tx: Tx, command: StopSubscription, by: Principal, now: datetime) -> None:
    """Again is no error. A delivery that is being paid this moment goes on; it can be cancelled as an order."""
    one = subscription_for(tx, command.subscription_id, by, command.token)
    if repository.stop(tx, one.id, None, now):
        revoke(tx, one.mandate_id, now)
        tx.audit(by, "sales.subscription_stopped", one.id, {})
        mail(tx, one.id, "stopped", now)


def change_subscription(tx: Tx, command: ChangeSubscription, by: Principal, now: datetime) -> None:
    """Raises ConsentChanged, SubscriptionBusy, SubscriptionStopped, and what a plan raises."""
    one = subscription_for(tx, command.subscription_id, by, None)
    _require_open(one)
    found = changed_plan(tx, one, command.terms, by)
    if command.consent_text != found.plan.consent_text:
        raise ConsentChanged()
    _agree(tx, one, found, command.saved_method_id, command.consent_text, now)
    interval = timedelta(days=found.plan.interval_days - one.interval_days)
    next_at = max(one.next_at + interval, now + NOTICE) if interval else max(one.next_at, now)
    if one.state is SubscriptionState.ACTIVE:
        # Told anew: what the last notice said no longer holds.
        repository.next_delivery(tx, one.id, next_at, next_at - NOTICE)
    tx.audit(by, "sales.subscription_changed", one.id, {})


def resume_subscription(tx: Tx, command: ResumeSubscription, by: Principal, now: datetime) -> None:
    """Raises AgreeAnew where the old agreement no longer covers it, and ConsentChanged."""
    one = subscription_for(tx, command.subscription_id, by, None)
    _require_open(one)
    if one.state is SubscriptionState.ACTIVE:
        return
    found = changed_plan(tx, one, Terms(), by)
    if command.consent_text:
        if command.consent_text != found.plan.consent_text:
            raise ConsentChanged()
        _agree(tx, one, found, command.saved_method_id, command.consent_text, now)
    elif not _covered(tx, one, found, now):
        raise AgreeAnew()
    next_at = max(one.next_at, now + NOTICE)
    repository.resume(tx, one.id, next_at, next_at - NOTICE)
    tx.audit(by, "sales.subscription_resumed", one.id, {})


def preview_change(conn: ReadConnection, subscription_id: str, terms: Terms, by: Principal) -> SubscriptionPlan:
    one = subscription_for(conn, subscription_id, by, None)
    if one.state is SubscriptionState.STOPPED:
        raise SubscriptionStopped()
    return changed_plan(conn, one, terms, by).plan


def changed_plan(conn: ReadConnection, one: Subscription, terms: Terms, by: Principal) -> Planned:
    """What was agreed with changes; the discount stays, an interval must be one the seller offers or the old one."""
    variant = catalog.variant(conn, terms.variant_id or one.variant_id)
    if variant.product_id != one.product_id:
        raise NotFound("variant")
    interval_days = terms.interval_days or one.interval_days
    offer = repository.offer(conn, one.product_id)
    if interval_days != one.interval_days and (offer is None or interval_days not in offer.interval_days):
        raise NoSubscriptionOffer()
    moves = terms.address is not None or terms.address_id is not None
    address = buyers_address(conn, by, terms.address, terms.address_id) if moves else one.address
    quantity = one.quantity if terms.quantity is None else terms.quantity
    return planned_with(
        conn, variant, quantity, interval_days, one.discount_basis_points, address, language_of(one.language), True
    )


def subscription_for(conn: ReadConnection, subscription_id: str, by: Principal, token: str | None) -> Subscription:
    """The person's own, or that of whoever holds the link. Raises NotFound."""
    one = repository.subscription(conn, subscription_id)
    if one is None or not (one.buyer_key == by.key or (token is not None and opens(token, one.link_digest))):
        raise NotFound("subscription")
    return one


def _agree(
    tx: Tx, one: Subscription, found: Planned, saved_method_id: str | None, consent_text: str, now: datetime
) -> None:
    plan = found.plan
    method_id = saved_method_id or one.method_id
    mandate = give_mandate(
        tx,
        buyer_key=one.buyer_key,
        method_id=method_id,
        cap=plan.cap,
        purpose="subscription",
        expires_at=now + MANDATE_LASTS,
        consent_text=consent_text,
        now=now,
    )
    agreed = repository.agree(
        tx,
        one.id,
        variant_id=found.variant.id,
        variant_title=plan.variant_title,
        title=plan.title,
        quantity=plan.quantity,
        interval_days=plan.interval_days,
        unit_minor=plan.unit_price.amount_minor,
        total_minor=plan.total.amount_minor,
        cap_minor=plan.cap.amount_minor,
        address=found.address,
        mandate_id=mandate.id,
        method_id=method_id,
        consent_text=consent_text,
        consent_at=now,
    )
    if not agreed:
        raise SubscriptionBusy()
    # After the row names the new one: its end must not be taken for the person's word.
    revoke(tx, one.mandate_id, now)


def _covered(tx: Tx, one: Subscription, found: Planned, now: datetime) -> bool:
    mandate = mandates.mandate(tx, one.mandate_id)
    lasts = mandate is not None and mandate.state == "active" and mandate.expires_at > now + NOTICE
    return lasts and found.plan.total.amount_minor <= one.cap_minor


def _require_idle(one: Subscription) -> None:
    if one.checkout_id is not None:
        raise SubscriptionBusy()


def _require_open(one: Subscription) -> None:
    _require_idle(one)
    if one.state is SubscriptionState.STOPPED:
        raise SubscriptionStopped()
