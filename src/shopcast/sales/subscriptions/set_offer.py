"""What a seller offers as a subscription: which intervals, and how much off."""

from datetime import datetime

from shopcast import accounts, catalog
from shopcast.kernel.actions import Command, ReadConnection, Tx
from shopcast.kernel.errors import NotFound
from shopcast.kernel.principal import Principal
from shopcast.sales.subscriptions import repository
from shopcast.sales.subscriptions.errors import OfferInvalid
from shopcast.sales.subscriptions.model import (
    DISCOUNT_LIMIT_BASIS_POINTS,
    INTERVAL_DAYS,
    INTERVALS_LIMIT,
    Offer,
)


class SetSubscriptionOffer(Command, frozen=True, kw_only=True):
    """Who subscribed before keeps what they agreed to; `active` False only stops new ones."""

    organisation_id: str
    product_id: str
    interval_days: tuple[int, ...]
    discount_basis_points: int
    active: bool


def set_subscription_offer(tx: Tx, command: SetSubscriptionOffer, by: Principal, now: datetime) -> Offer:
    accounts.require_role(tx, by, command.organisation_id, *accounts.MANAGING_ROLES)
    _require_own(tx, command.organisation_id, command.product_id)
    days = tuple(sorted(set(command.interval_days)))
    shortest, longest = INTERVAL_DAYS
    in_range = all(shortest <= interval <= longest for interval in days)
    if not 1 <= len(days) <= INTERVALS_LIMIT or not in_range:
        raise OfferInvalid(limit=INTERVALS_LIMIT, shortest=shortest, longest=longest)
    if not 0 <= command.discount_basis_points <= DISCOUNT_LIMIT_BASIS_POINTS:
        raise OfferInvalid(limit=INTERVALS_LIMIT, shortest=shortest, longest=longest)
    offer = Offer(
        product_id=command.product_id,
        interval_days=days,
        discount_basis_points=command.discount_basis_points,
        active=command.active,
    )
    repository.put_offer(tx, command.organisation_id, offer, by.key, now)
    details = {"organisation_id": command.organisation_id, "active": command.active}
    tx.audit(by, "sales.subscription_offer_set", command.product_id, details)
    return offer


def sellers_offer(conn: ReadConnection, by: Principal, organisation_id: str, product_id: str) -> Offer | None:
    accounts.require_role(conn, by, organisation_id)
    _require_own(conn, organisation_id, product_id)
    return repository.offer(conn, product_id)


def public_offer(conn: ReadConnection, product_id: str) -> Offer | None:
    """None when there is none, or nobody new may subscribe. Raises NotFound for what is not for sale."""
    product = catalog.product(conn, product_id)
    if product.status != "active":
        raise NotFound("product")
    found = repository.offer(conn, product_id)
    return found if found is not None and found.active else None


def _require_own(conn: ReadConnection, organisation_id: str, product_id: str) -> None:
    if catalog.product(conn, product_id).organisation_id != organisation_id:
        raise NotFound("product")
