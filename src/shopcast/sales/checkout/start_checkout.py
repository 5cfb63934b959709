"""Tap two: from holds to a payment attempt on record. The provider is called afterwards, outside of the transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec

from shopcast import accounts
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import InvalidInput, Language, NotFound, Unauthenticated
from shopcast.kernel.ids import new_id, new_token
from shopcast.kernel.money import Money, minor_digits
from shopcast.kernel.principal import Principal
from shopcast.sales.cart.model import CartChoice
from shopcast.sales.cart.price_cart import Destination, PricedHolds, SellerPrice, price_holds
from shopcast.sales.cart.repository import choice_of
from shopcast.sales.checkout import repository
from shopcast.sales.checkout.address import PostalAddress, clean_address
from shopcast.sales.checkout.gifts import hold_gifts, let_go_of_gifts
from shopcast.sales.checkout.identities import identities_of
from shopcast.sales.checkout.model import (
    ATTEMPTS_LIMIT,
    HOLDS_PER_CHECKOUT_LIMIT,
    CheckoutStarted,
    CheckoutState,
    is_safe_path,
)
from shopcast.sales.checkout.repository import Checkout, Part
from shopcast.sales.drops.limits import check_identities
from shopcast.sales.errors import (
    AddressMissing,
    AlreadyPaid,
    CodeRefused,
    DoesNotShip,
    EmailMissing,
    HoldInPayment,
    HoldOver,
    NothingToCharge,
    NothingToPay,
    PaymentMethodMissing,
    TooManyAttempts,
    TotalChanged,
)
from shopcast.sales.exchange.model import presentment
from shopcast.sales.exchange.repository import rate_between
from shopcast.sales.holds import repository as hold_rows
from shopcast.sales.holds.fix_wanted import fix_wanted
from shopcast.sales.holds.model import HoldState
from shopcast.sales.holds.repository import Hold
from shopcast.sales.orders.repository import has_bought
from shopcast.sales.payments import repository as payments
from shopcast.sales.payments.methods import repository as kept_methods
from shopcast.sales.payments.methods.repository import StoredMethod
from shopcast.sales.pricing.model import Pricing, Refusal, RejectedCode
from shopcast.sales.pricing.words import refusal_text
from shopcast.sales.promotions.model import clean_typed_codes
from shopcast.sales.promotions.queries import promotions_for
from shopcast.sales.promotions.redeem import redeem
from shopcast.sales.restrictions.check import require_unrestricted

RESOLVE_JOB = "sales.resolve_payment"
# Longer than the web process waits for the provider, so that the job only meets attempts whose answer was lost.
RESOLVE_AFTER = timedelta(seconds=20)
_OPEN = (HoldState.WANTED, HoldState.HELD)


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
    # None: those kept in the cart, as far as they apply. One given here that does not apply is told instead.
    codes: tuple[str, ...] | None = None
    # What the buyer pays in; None: the cart's, else what the goods are priced in, or the first seller's.
    currency: str | None = None
    # What the buyer's page showed; a different total now is told instead of charged.
    expected_total_minor: int | None = None
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
    """Raises SoldOut, PriceChanged, TotalChanged, LimitReached, DoesNotShip and what holds, address, e-mail and method
    lack; then nothing has changed."""
    if by.person_id is None and by.guest_id is None:
        raise Unauthenticated()
    held = _payable_holds(tx, command.hold_ids, by.key, now)
    path = command.return_path or "/orders"
    if not is_safe_path(path):
        raise InvalidInput("return_path", "it has the wrong form")
    method = _method(tx, by.key, command.provider, command.saved_method_id, command.has_token, now)
    all_given = None not in (command.codes, command.currency)
    chosen = CartChoice() if all_given else choice_of(tx, by.key)
    typed = None if command.codes is None else clean_typed_codes(list(command.codes))
    return begin(
        tx,
        buyer_key=by.key,
        language=by.language,
        holds=held,
        address=_address(tx, command, by),
        email=_email(tx, command, by),
        provider=command.provider,
        method_reference=None if method is None else method.reference,
        method_fingerprint=None if method is None else method.fingerprint,
        save_method=command.save_method,
        codes=chosen.codes if typed is None else typed,
        codes_must_apply=typed is not None,
        currency=command.currency or chosen.currency,
        expected_total_minor=command.expected_total_minor,
        return_path=path,
        link_salt=command.link_salt,
        link_digest=command.link_digest,
        now=now,
    )


def begin(
    tx: Tx,
    *,
    buyer_key: str,
    language: str,
    holds: Sequence[Hold],
    address: PostalAddress,
    email: str,
    provider: str,
    method_reference: str | None,
    method_fingerprint: str | None = None,
    save_method: bool = False,
    mandate_id: str | None = None,
    codes: Sequence[str] = (),
    codes_must_apply: bool = False,
    currency: str | None = None,
    expected_total_minor: int | None = None,
    return_path: str = "/orders",
    link_salt: str = "",
    link_digest: str = "",
    now: datetime,
) -> CheckoutStarted:
    """The steps every payment starts with, whoever taps. The holds are the buyer's own and open; address and e-mail are
    clean. Without `link_digest`, because nobody with the installation's secret is there, the first mail seals the
    link. Raises what `start_checkout` raises; then nothing of it may be committed."""
    checkout_id = new_id("chk")
    for organisation_id in sorted({hold.organisation_id for hold in holds}):
        require_unrestricted(tx, buyer_key, organisation_id, "checkout")
    identities = identities_of(buyer_key, email, address, method_fingerprint)
    held = fix_wanted(tx, holds, now, price_agreed=expected_total_minor is not None)
    check_identities(tx, held, identities, now)
    let_go_of_gifts(tx, held, now)
    to = Destination(address.country, address.region)
    held, priced = _priced(tx, checkout_id, buyer_key, held, to, codes, identities, now)
    if codes_must_apply:
        _check_codes(priced.pricing)
    parts = parts_of_price(tx, checkout_id, priced, currency, now)
    total = Money(sum(part.presentment_minor for part in parts), parts[0].rate.quote)
    check_total(total, expected_total_minor)
    checkout = new_checkout(
        checkout_id,
        buyer_key=buyer_key,
        language=language,
        address=address,
        email=email,
        total=total,
        codes=codes,
        mandate_id=mandate_id,
        return_path=return_path,
        link_salt=link_salt,
        link_digest=link_digest,
        now=now,
    )
    repository.insert_checkout(tx, checkout)
    for part in parts:
        repository.insert_part(tx, part)
    hold_rows.attach(tx, [hold.id for hold in held], checkout.id)
    if priced.pricing.adjustments or priced.pricing.gifts:
        redeem(tx, checkout_id, identities, priced.pricing, now)
    return _attempt(tx, checkout, provider, 1, method_reference, save_method, held, now)


def new_checkout(
    checkout_id: str,
    *,
    buyer_key: str,
    language: str,
    address: PostalAddress,
    email: str,
    total: Money,
    codes: Sequence[str],
    mandate_id: str | None,
    return_path: str,
    link_salt: str,
    link_digest: str,
    now: datetime,
) -> Checkout:
    return Checkout(
        id=checkout_id,
        buyer_key=buyer_key,
        email=email,
        language=language,
        address=address,
        total=total,
        codes=tuple(codes),
        mandate_id=mandate_id,
        state=CheckoutState.PROCESSING,
        failure_code=None,
        next_action_url=None,
        return_path=return_path,
        link_salt=link_salt or new_token(),
        link_digest=link_digest,
        created_at=now,
    )


def retry_payment(tx: Tx, command: RetryPayment, by: Principal, now: datetime) -> CheckoutStarted:
    checkout = repository.checkout(tx, command.checkout_id)
    if checkout is None or checkout.buyer_key != by.key:
        raise NotFound("checkout")
    if checkout.is_done:
        raise AlreadyPaid()
    attempts = payments.payments_of(tx, checkout.id)
    if checkout.state is not CheckoutState.FAILED:
        raise HoldInPayment()
    if len(attempts) >= ATTEMPTS_LIMIT:
        raise TooManyAttempts(limit=ATTEMPTS_LIMIT)
    held = _whole(tx, checkout)
    for organisation_id in sorted({hold.organisation_id for hold in held}):
        require_unrestricted(tx, by.key, organisation_id, "checkout")
    _check_open(held, now)
    provider = attempts[-1].provider
    method = _method(tx, by.key, provider, command.saved_method_id, command.has_token, now)
    repository.set_state(tx, checkout.id, CheckoutState.PROCESSING, None, None)
    reference = None if method is None else method.reference
    return _attempt(tx, checkout, provider, len(attempts) + 1, reference, command.save_method, held, now)


def _payable_holds(tx: Tx, hold_ids: tuple[str, ...], buyer_key: str, now: datetime) -> list[Hold]:
    if not 1 <= len(set(hold_ids)) <= HOLDS_PER_CHECKOUT_LIMIT or len(set(hold_ids)) != len(hold_ids):
        raise NothingToPay(limit=HOLDS_PER_CHECKOUT_LIMIT)
    held = [hold for hold in hold_rows.holds(tx, hold_ids) if hold.buyer_key == buyer_key]
    if len(held) != len(hold_ids):
        raise NotFound("hold")
    for hold in held:
        if hold.checkout_id is not None and repository.in_payment(tx, hold.checkout_id):
            raise HoldInPayment()
    _check_open(held, now)
    return held


def _whole(tx: Tx, checkout: Checkout) -> list[Hold]:
    """All that the total is for. Raises HoldOver when some of it is in another payment: the price was for all."""
    parts = repository.parts_of(tx, checkout)
    held = hold_rows.holds(tx, [line.hold_id for part in parts for line in part.priced.lines])
    for hold in held:
        if hold.checkout_id != checkout.id:
            raise HoldOver(title=hold.title)
    return held


def _check_open(held: list[Hold], now: datetime) -> None:
    if any(hold.state is HoldState.CLAIMED for hold in held):
        raise AlreadyPaid()
    for hold in held:
        # Time decides, not the sweeper: the page's countdown has reached zero.
        if hold.state not in _OPEN or hold.expires_at <= now:
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


def _priced(
    tx: Tx,
    checkout_id: str,
    buyer_key: str,
    held: list[Hold],
    to: Destination,
    codes: Sequence[str],
    identities: Sequence[str],
    now: datetime,
) -> tuple[list[Hold], PricedHolds]:
    """What is paid for, gifts included, with its prices; a gift that is gone is left out of both."""
    promotions = promotions_for(
        tx,
        {hold.organisation_id for hold in held},
        {hold.show_id for hold in held if hold.show_id is not None},
        buyer_key,
        codes,
        now,
        identities,
    )
    # Asked only where it matters: this runs for every payment.
    is_new = any(one.new_buyers_only for one in promotions) and not has_bought(tx, buyer_key)
    priced = price_holds(tx, held, to, codes, promotions, is_new, now)
    if not priced.pricing.gifts:
        return held, priced
    got = hold_gifts(tx, buyer_key, checkout_id, priced.pricing.gifts, held, now)
    whole = [*held, *got.values()]
    priced = price_holds(tx, whole, to, codes, promotions, is_new, now)
    return whole, replace(priced, pricing=msgspec.structs.replace(priced.pricing, gifts=tuple(got)))


def _check_codes(pricing: Pricing) -> None:
    """A code that would have worked, had there been no better one, is no reason to stop."""
    for one in pricing.rejected_codes:
        if one.reason not in (Refusal.ALREADY_BETTER, Refusal.NOTHING_TO_LOWER):
            why: dict[Language, str] = {"en": _why(one, "en"), "zh": _why(one, "zh")}
            raise CodeRefused(one.code, one.reason.value, why)


def _why(one: RejectedCode, language: Language) -> str:
    return refusal_text(
        one.reason,
        language,
        missing_minor=one.missing_minor,
        missing_quantity=one.missing_quantity,
        currency=one.currency,
    )


def parts_of_price(tx: Tx, checkout_id: str, priced: PricedHolds, currency: str | None, now: datetime) -> list[Part]:
    paid_in = currency or priced.sellers[0].currency
    minor_digits(paid_in)
    return [_part(tx, checkout_id, seller, paid_in, now) for seller in priced.sellers]


def check_total(total: Money, expected_minor: int | None) -> None:
    if expected_minor not in (None, total.amount_minor):
        raise TotalChanged(total_minor=total.amount_minor, currency=total.currency)
    if total.amount_minor == 0:
        # Giving things away needs no payment and is a feature of its own; no provider takes a charge of nothing.
        raise NothingToCharge()


def _part(tx: Tx, checkout_id: str, seller: SellerPrice, currency: str, now: datetime) -> Part:
    if seller.taxed is None:
        raise DoesNotShip(country=seller.country)
    rate = rate_between(tx, seller.currency, currency, now)
    totals = seller.taxed.totals
    return Part(
        checkout_id=checkout_id,
        organisation_id=seller.organisation_id,
        totals=totals,
        terms_version=seller.policy.terms_version,
        priced=seller.priced,
        presentment_minor=presentment(totals.total.amount_minor, rate),
        rate=rate,
        order_id=None,
    )


def _method(
    tx: Tx, buyer_key: str, provider: str, saved_id: str | None, has_token: bool, now: datetime
) -> StoredMethod | None:
    """A kept method, or None for a token. Somebody else's method does not exist."""
    if has_token and saved_id is None:
        return None
    kept = kept_methods.methods_of(tx, buyer_key, provider)
    chosen = next((method for method in kept if saved_id in (None, method.id)), None)
    if chosen is None or has_token:
        raise PaymentMethodMissing()
    kept_methods.used_method(tx, chosen.id, now)
    return chosen


def _attempt(
    tx: Tx,
    checkout: Checkout,
    provider: str,
    attempt: int,
    method_reference: str | None,
    save_method: bool,
    held: list[Hold],
    now: datetime,
) -> CheckoutStarted:
    payment_id = new_id("pay")
    # A further attempt is made by the buyer, who is there to confirm it.
    mandate_id = checkout.mandate_id if attempt == 1 else None
    payments.insert_payment(
        tx,
        payment_id,
        checkout.id,
        provider,
        attempt,
        checkout.total,
        save_method,
        now,
        off_session=mandate_id is not None,
        mandate_id=mandate_id,
    )
    tx.enqueue(RESOLVE_JOB, ResolvePayment(payment_id=payment_id), run_at=now + RESOLVE_AFTER, key=payment_id)
    return started(checkout, payment_id, provider, method_reference, save_method, held, mandate_id)


def started(
    checkout: Checkout,
    payment_id: str,
    provider: str,
    method_reference: str | None,
    save_method: bool,
    held: Sequence[Hold],
    mandate_id: str | None,
) -> CheckoutStarted:
    return CheckoutStarted(
        checkout_id=checkout.id,
        payment_id=payment_id,
        provider=provider,
        amount=checkout.total,
        method_reference=method_reference,
        save_method=save_method,
        description=describe(held),
        return_path=checkout.return_path,
        mandate_id=mandate_id,
    )


def describe(held: Sequence[Hold]) -> str:
    """What a bank statement or confirmation page can show; no personal data."""
    first = held[0].title[:60]
    return first if len(held) == 1 else f"{first} +{len(held) - 1}"
