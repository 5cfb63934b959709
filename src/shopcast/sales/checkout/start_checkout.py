"""Tap two: from holds to a payment attempt on record. The provider is called by the web process afterwards."""

from datetime import datetime, timedelta

import msgspec

from shopcast import accounts
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import InvalidInput, NotFound, Unauthenticated
from shopcast.kernel.ids import new_id
from shopcast.kernel.money import Money
from shopcast.kernel.principal import Principal
from shopcast.sales.checkout import repository
from shopcast.sales.checkout.address import PostalAddress, clean_address
from shopcast.sales.checkout.model import (
    ATTEMPTS_LIMIT,
    HOLDS_PER_CHECKOUT_LIMIT,
    CheckoutStarted,
    CheckoutState,
    is_safe_path,
)
from shopcast.sales.checkout.repository import Checkout
from shopcast.sales.errors import (
    AddressMissing,
    AlreadyPaid,
    DoesNotShip,
    EmailMissing,
    HoldInPayment,
    HoldOver,
    NotForSale,
    NothingToPay,
    OneSellerAtATime,
    PaymentMethodMissing,
    TooManyAttempts,
)
from shopcast.sales.holds import repository as holds
from shopcast.sales.holds.model import HoldState
from shopcast.sales.holds.repository import Hold
from shopcast.sales.payments import repository as payments
from shopcast.sales.policies.repository import policy_of
from shopcast.sales.quotes.model import PricedLine
from shopcast.sales.quotes.queries import totals_for

RESOLVE_JOB = "sales.resolve_payment"
# Longer than the web process waits for the provider, so that the job only meets attempts whose answer was lost.
RESOLVE_AFTER = timedelta(seconds=20)


class MethodChoice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kept method's id, or a provider's token (checked by the provider, never stored by us)."""

    saved_id: str | None = None
    token: str | None = None
    save: bool = False


class StartCheckout(Command, frozen=True, kw_only=True):
    """Without address, e-mail and method: one tap, with those of last time."""

    hold_ids: tuple[str, ...]
    provider: str
    email: str | None = None
    address: PostalAddress | None = None
    address_id: str | None = None
    # The token itself stays outside: a command may be stored.
    saved_method_id: str | None = None
    has_token: bool = False
    save_method: bool = False
    return_path: str | None = None
    link_salt: str
    link_digest: str


class RetryPayment(Command, frozen=True, kw_only=True):
    checkout_id: str
    saved_method_id: str | None = None
    has_token: bool = False
    save_method: bool = False


class ResolvePayment(msgspec.Struct, frozen=True):
    payment_id: str


def start_checkout(tx: Tx, command: StartCheckout, by: Principal, now: datetime) -> CheckoutStarted:
    if by.person_id is None and by.guest_id is None:
        raise Unauthenticated()
    held = _payable_holds(tx, command.hold_ids, by, now)
    address = _address(tx, command, by)
    checkout = _new_checkout(tx, command, by, held, address, now)
    reference = _method_reference(tx, by, command.provider, command.saved_method_id, command.has_token, now)
    repository.insert_checkout(tx, checkout)
    holds.attach(tx, command.hold_ids, checkout.id)
    return _attempt(tx, checkout, command.provider, 1, reference, command.save_method, held, now)


def retry_payment(tx: Tx, command: RetryPayment, by: Principal, now: datetime) -> CheckoutStarted:
    checkout = repository.checkout(tx, command.checkout_id)
    if checkout is None or checkout.buyer_key != by.key:
        raise NotFound("checkout")
    if checkout.order_id is not None:
        raise AlreadyPaid()
    attempts = payments.payments_of(tx, checkout.id)
    if checkout.state is not CheckoutState.FAILED:
        raise HoldInPayment()
    if len(attempts) >= ATTEMPTS_LIMIT:
        raise TooManyAttempts(limit=ATTEMPTS_LIMIT)
    held = holds.holds_of_checkout(tx, checkout.id)
    _check_open(held, now)
    provider = attempts[-1].provider
    reference = _method_reference(tx, by, provider, command.saved_method_id, command.has_token, now)
    repository.set_state(tx, checkout.id, CheckoutState.PROCESSING, None, None)
    return _attempt(tx, checkout, provider, len(attempts) + 1, reference, command.save_method, held, now)


def _payable_holds(tx: Tx, hold_ids: tuple[str, ...], by: Principal, now: datetime) -> list[Hold]:
    if not 1 <= len(set(hold_ids)) <= HOLDS_PER_CHECKOUT_LIMIT or len(set(hold_ids)) != len(hold_ids):
        raise NothingToPay(limit=HOLDS_PER_CHECKOUT_LIMIT)
    held = [hold for hold in holds.holds(tx, hold_ids) if hold.buyer_key == by.key]
    if len(held) != len(hold_ids):
        raise NotFound("hold")
    if len({(hold.organisation_id, hold.currency) for hold in held}) != 1:
        raise OneSellerAtATime()
    for hold in held:
        if hold.checkout_id is not None and repository.in_payment(tx, hold.checkout_id):
            raise HoldInPayment()
    _check_open(held, now)
    return held


def _check_open(held: list[Hold], now: datetime) -> None:
    if any(hold.state is HoldState.CLAIMED for hold in held):
        raise AlreadyPaid()
    for hold in held:
        # Time decides, not the sweeper: the page's countdown has reached zero.
        if hold.state is not HoldState.HELD or hold.expires_at <= now:
            raise HoldOver(title=hold.title)
    if not held:
        raise NothingToPay(limit=HOLDS_PER_CHECKOUT_LIMIT)


def _address(tx: Tx, command: StartCheckout, by: Principal) -> PostalAddress:
    if command.address is not None:
        return clean_address(command.address)
    if by.person_id is not None:
        if command.address_id is not None:
            return clean_address(_postal(accounts.address_of(tx, by.person_id, command.address_id)))
        filed = accounts.addresses_of(tx, by.person_id)
        if filed:
            return clean_address(_postal(filed[0]))
    elif command.address_id is not None:
        raise NotFound("address")
    last = repository.latest_paid_of(tx, by.key)
    if last is None:
        raise AddressMissing()
    return last.address


def _postal(address: accounts.Address) -> PostalAddress:
    return PostalAddress(
        name=address.name,
        line1=address.line1,
        line2=address.line2,
        city=address.city,
        region=address.region,
        postal_code=address.postal_code,
        country=address.country,
        phone=address.phone,
    )


def _email(tx: Tx, command: StartCheckout, by: Principal) -> str:
    if command.email is not None and command.email.strip():
        return accounts.clean_email(command.email)
    if by.person_id is not None:
        return accounts.person(tx, by.person_id).email
    last = repository.latest_paid_of(tx, by.key)
    if last is None:
        raise EmailMissing()
    return last.email


def _new_checkout(
    tx: Tx, command: StartCheckout, by: Principal, held: list[Hold], address: PostalAddress, now: datetime
) -> Checkout:
    policy = policy_of(tx, held[0].organisation_id)
    taxed = totals_for(priced(held), held[0].currency, policy, address.country, address.region)
    if taxed is None:
        raise DoesNotShip(country=address.country)
    if taxed.totals.total.amount_minor == 0:
        # Giving things away needs no payment and is a feature of its own; no provider takes a charge of nothing.
        raise NotForSale()
    path = command.return_path or "/orders"
    if not is_safe_path(path):
        raise InvalidInput("return_path", "it has the wrong form")
    return Checkout(
        id=new_id("chk"),
        buyer_key=by.key,
        organisation_id=held[0].organisation_id,
        email=_email(tx, command, by),
        language=by.language,
        address=address,
        totals=taxed.totals,
        terms_version=policy.terms_version,
        state=CheckoutState.PROCESSING,
        failure_code=None,
        next_action_url=None,
        order_id=None,
        return_path=path,
        link_salt=command.link_salt,
        link_digest=command.link_digest,
        created_at=now,
    )


def priced(held: list[Hold]) -> list[PricedLine]:
    return [PricedLine(show_id=hold.show_id, price_minor=hold.price_minor, quantity=hold.quantity) for hold in held]


def _method_reference(
    tx: Tx, by: Principal, provider: str, saved_id: str | None, has_token: bool, now: datetime
) -> str | None:
    """The provider's reference of a kept method, or None for a token. Somebody else's method does not exist."""
    if has_token and saved_id is None:
        return None
    kept = payments.methods_of(tx, by.key, provider)
    chosen = next((method for method in kept if saved_id in (None, method.id)), None)
    if chosen is None or has_token:
        raise PaymentMethodMissing()
    payments.used_method(tx, chosen.id, now)
    return chosen.reference


def _attempt(
    tx: Tx,
    checkout: Checkout,
    provider: str,
    attempt: int,
    reference: str | None,
    save_method: bool,
    held: list[Hold],
    now: datetime,
) -> CheckoutStarted:
    payment_id = new_id("pay")
    amount: Money = checkout.total
    payments.insert_payment(tx, payment_id, checkout.id, provider, attempt, amount, save_method, now)
    tx.enqueue(RESOLVE_JOB, ResolvePayment(payment_id=payment_id), run_at=now + RESOLVE_AFTER, key=payment_id)
    return CheckoutStarted(
        checkout_id=checkout.id,
        payment_id=payment_id,
        provider=provider,
        amount=amount,
        method_reference=reference,
        save_method=save_method,
        description=describe(held),
        return_path=checkout.return_path,
    )


def describe(held: list[Hold]) -> str:
    """What a bank statement or confirmation page can show; no personal data."""
    first = held[0].title[:60]
    return first if len(held) == 1 else f"{first} +{len(held) - 1}"
