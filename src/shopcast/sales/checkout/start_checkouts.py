"""Many payments beginning at once, as after a drop: those of the plain kind, where held things are paid with a token at
their own price, are written together. All others, and whatever is refused, are begun one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from shopcast import accounts
from shopcast.kernel.actions import ALONE, Alone, Tx
from shopcast.kernel.errors import ShopcastError
from shopcast.kernel.ids import new_id
from shopcast.kernel.money import Money
from shopcast.kernel.principal import Principal
from shopcast.sales.cart.price_cart import Destination, price_holds
from shopcast.sales.cart.repository import have_chosen
from shopcast.sales.checkout import repository
from shopcast.sales.checkout.address import PostalAddress, clean_address
from shopcast.sales.checkout.identities import identities_of
from shopcast.sales.checkout.model import HOLDS_PER_CHECKOUT_LIMIT, CheckoutStarted, is_safe_path
from shopcast.sales.checkout.repository import Checkout, Part
from shopcast.sales.checkout.start_checkout import (
    RESOLVE_AFTER,
    RESOLVE_JOB,
    ResolvePayment,
    StartCheckout,
    check_total,
    new_checkout,
    parts_of_price,
    started,
)
from shopcast.sales.drops.limits import check_identities_each
from shopcast.sales.holds import repository as hold_rows
from shopcast.sales.holds.model import HoldState
from shopcast.sales.holds.repository import Hold
from shopcast.sales.payments import repository as payments
from shopcast.sales.payments.repository import NewAttempt
from shopcast.sales.policies.model import SellingPolicy
from shopcast.sales.policies.repository import policy_of
from shopcast.sales.promotions.queries import any_run
from shopcast.sales.restrictions.check import restricted_among

# About 0.4 ms each; with what surrounds them they stay below the 20 ms that an action may take.
STARTED_AT_ONCE = 30


@dataclass(frozen=True, slots=True)
class _Start:
    """Checked and priced; nothing is written yet."""

    command: StartCheckout
    held: Sequence[Hold]
    identities: Sequence[str]
    checkout: Checkout
    parts: Sequence[Part]


def start_checkouts(
    tx: Tx, commands: Sequence[tuple[StartCheckout, Principal]], now: datetime
) -> list[CheckoutStarted | Alone]:
    """Nothing of those that are left alone was changed."""
    plain = [(command, by) for command, by in commands if _is_plain(command, by)]
    chosen = have_chosen(tx, {by.key for _, by in plain}) if plain else set()
    plain = [(command, by) for command, by in plain if by.key not in chosen]
    held = _held(tx, plain, now)
    policies = _policies(tx, plain, held, now)
    starts: dict[int, _Start] = {}
    for command, by in plain:
        own = held.get(id(command), [])
        if own and all(hold.organisation_id in policies for hold in own):
            try:
                starts[id(command)] = _start(tx, command, by, own, policies, now)
            except ShopcastError:
                # It is told by the single handler, which does the same and raises the same.
                continue
    begun = _begin(tx, starts, now)
    return [begun.get(id(command), ALONE) for command, _ in commands]


def _is_plain(command: StartCheckout, by: Principal) -> bool:
    """All is given: nothing of last time is needed, nothing kept is used, no code was typed."""
    return (
        (by.person_id is not None or by.guest_id is not None)
        and command.address is not None
        and command.email is not None
        and bool(command.email.strip())
        and command.has_token
        and command.saved_method_id is None
        and not command.codes
        and 1 <= len(set(command.hold_ids)) == len(command.hold_ids) <= HOLDS_PER_CHECKOUT_LIMIT
        and is_safe_path(command.return_path or "/orders")
    )


def _held(tx: Tx, plain: Sequence[tuple[StartCheckout, Principal]], now: datetime) -> dict[int, list[Hold]]:
    """By command, its holds in the order of their ids, when they are all the buyer's, held, and in no payment."""
    known = {hold.id: hold for hold in hold_rows.holds(tx, {id for command, _ in plain for id in command.hold_ids})}
    used: set[str] = set()
    found: dict[int, list[Hold]] = {}
    for command, by in plain:
        own = [known[id] for id in sorted(command.hold_ids) if id in known]
        # The second payment for one hold must see the first.
        if len(own) == len(command.hold_ids) and used.isdisjoint(command.hold_ids):
            used.update(command.hold_ids)
            if all(_is_payable(hold, by.key, now) for hold in own):
                found[id(command)] = own
    return found


def _is_payable(hold: Hold, buyer_key: str, now: datetime) -> bool:
    return (
        hold.buyer_key == buyer_key
        and hold.state is HoldState.HELD
        and hold.expires_at > now
        and hold.checkout_id is None
        and not hold.gift
    )


def _policies(
    tx: Tx,
    plain: Sequence[tuple[StartCheckout, Principal]],
    held: dict[int, list[Hold]],
    now: datetime,
) -> dict[str, SellingPolicy]:
    """Of the sellers where nothing runs that could change a price; who is restricted there is taken out of `held`."""
    buyers: dict[str, dict[str, int]] = {}
    for command, by in plain:
        for hold in held.get(id(command), []):
            buyers.setdefault(hold.organisation_id, {})[by.key] = id(command)
    policies: dict[str, SellingPolicy] = {}
    for seller_id, keys in sorted(buyers.items()):
        if not any_run(tx, [seller_id], now):
            policies[seller_id] = policy_of(tx, seller_id)
        restricted = restricted_among(tx, keys, seller_id, "checkout")
        for command, by in plain:
            if by.key in restricted:
                held.pop(id(command), None)
    return policies


def _start(
    tx: Tx,
    command: StartCheckout,
    by: Principal,
    held: Sequence[Hold],
    policies: Mapping[str, SellingPolicy],
    now: datetime,
) -> _Start:
    assert command.address is not None
    address: PostalAddress = clean_address(command.address)
    email = accounts.clean_email(command.email or "")
    checkout_id = new_id("chk")
    own = {hold.organisation_id: policies[hold.organisation_id] for hold in held}
    priced = price_holds(tx, held, Destination(address.country, address.region), (), (), False, now, own)
    parts = parts_of_price(tx, checkout_id, priced, command.currency, now)
    total = Money(sum(part.presentment_minor for part in parts), parts[0].rate.quote)
    check_total(total, command.expected_total_minor)
    checkout = new_checkout(
        checkout_id,
        buyer_key=by.key,
        language=by.language,
        address=address,
        email=email,
        total=total,
        codes=(),
        mandate_id=None,
        return_path=command.return_path or "/orders",
        link_salt=command.link_salt,
        link_digest=command.link_digest,
        now=now,
    )
    return _Start(command, held, identities_of(by.key, email, address, None), checkout, parts)


def _begin(tx: Tx, starts: Mapping[int, _Start], now: datetime) -> dict[int, CheckoutStarted]:
    fits = check_identities_each(tx, [(start.held, start.identities) for start in starts.values()])
    begun = [(key, start, new_id("pay")) for (key, start), fit in zip(starts.items(), fits, strict=True) if fit]
    if not begun:
        return {}
    repository.insert_checkouts(tx, [start.checkout for _, start, _ in begun])
    repository.insert_parts(tx, [part for _, start, _ in begun for part in start.parts])
    hold_rows.attach_each(tx, [(start.checkout.id, hold.id) for _, start, _ in begun for hold in start.held])
    attempts = [
        NewAttempt(
            payment_id, start.checkout.id, start.command.provider, 1, start.checkout.total, start.command.save_method
        )
        for _, start, payment_id in begun
    ]
    payments.insert_payments(tx, attempts, now)
    results: dict[int, CheckoutStarted] = {}
    for key, start, payment_id in begun:
        job = ResolvePayment(payment_id=payment_id)
        tx.enqueue(RESOLVE_JOB, job, run_at=now + RESOLVE_AFTER, key=payment_id)
        command = start.command
        results[key] = started(
            start.checkout, payment_id, command.provider, None, command.save_method, start.held, None
        )
    return results
