"""Starts a subscription on exactly the words the person agreed to; the first delivery is charged at once."""

from datetime import datetime

from shopcast import accounts, catalog
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Unauthenticated
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import Principal
from shopcast.sales.contacts import contact_of
from shopcast.sales.errors import EmailMissing, PaymentMethodMissing
from shopcast.sales.mandates.give_mandate import give_mandate
from shopcast.sales.restrictions.check import require_unrestricted
from shopcast.sales.standing.errors import ConsentChanged
from shopcast.sales.subscriptions import repository
from shopcast.sales.subscriptions.errors import TooManySubscriptions
from shopcast.sales.subscriptions.model import MANDATE_LASTS, OPEN_PER_PERSON, SubscriptionState, SubscriptionWish
from shopcast.sales.subscriptions.notify import CONTINUE_JOB, ContinueDue, mail
from shopcast.sales.subscriptions.plan import planned
from shopcast.sales.subscriptions.repository import Subscription


class StartSubscription(Command, frozen=True, kw_only=True):
    wish: SubscriptionWish
    saved_method_id: str | None
    email: str | None = None
    consent_text: str
    link_salt: str
    link_digest: str


def start_subscription(tx: Tx, command: StartSubscription, by: Principal, now: datetime) -> str:
    """Raises ConsentChanged, TooManySubscriptions, PaymentMethodMissing, EmailMissing, SoldOut, and what a plan
    raises."""
    if by.person_id is None and by.guest_id is None:
        raise Unauthenticated()
    found = planned(tx, command.wish, by)
    variant, plan = found.variant, found.plan
    require_unrestricted(tx, by.key, variant.organisation_id, "checkout")
    if command.consent_text != plan.consent_text:
        raise ConsentChanged()
    if command.saved_method_id is None:
        raise PaymentMethodMissing()
    if repository.open_count(tx, by.key) >= OPEN_PER_PERSON:
        raise TooManySubscriptions(limit=OPEN_PER_PERSON)
    left = catalog.left_for(tx, variant.id, None)
    if left < plan.quantity:
        raise catalog.SoldOut(variant.id, left)
    email = _email(tx, command, by)
    mandate = give_mandate(
        tx,
        buyer_key=by.key,
        method_id=command.saved_method_id,
        cap=plan.cap,
        purpose="subscription",
        expires_at=now + MANDATE_LASTS,
        consent_text=command.consent_text,
        now=now,
    )
    one = Subscription(
        id=new_id("sub"),
        buyer_key=by.key,
        organisation_id=variant.organisation_id,
        product_id=variant.product_id,
        variant_id=variant.id,
        title=plan.title,
        variant_title=plan.variant_title,
        quantity=plan.quantity,
        interval_days=plan.interval_days,
        discount_basis_points=plan.discount_basis_points,
        unit_minor=plan.unit_price.amount_minor,
        total_minor=plan.total.amount_minor,
        cap_minor=plan.cap.amount_minor,
        currency=variant.currency,
        state=SubscriptionState.ACTIVE,
        pause_code=None,
        mandate_id=mandate.id,
        method_id=command.saved_method_id,
        email=email,
        language=by.language,
        address=found.address,
        consent_text=command.consent_text,
        consent_at=now,
        started_at=now,
        ended_at=None,
        deliveries_paid=0,
        next_at=now,
        act_at=now,
        # The person is looking at the price: this is the first one's notice.
        noticed_at=now,
        payment_tries=0,
        stock_tries=0,
        hold_id=None,
        checkout_id=None,
        reserved_minor=0,
        link_salt=command.link_salt,
        link_digest=command.link_digest,
    )
    repository.insert_subscription(tx, one)
    tx.audit(by, "sales.subscription_started", one.id, {})
    tx.enqueue(CONTINUE_JOB, ContinueDue(one.id), key=one.id)
    mail(tx, one.id, "started", now)
    return one.id


def _email(tx: Tx, command: StartSubscription, by: Principal) -> str:
    if command.email is not None and command.email.strip():
        return accounts.clean_email(command.email)
    known = contact_of(tx, by.key)
    if known is None:
        raise EmailMissing()
    return known.email
