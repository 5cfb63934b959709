"""A seller, or the platform's operators, offer something off."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from shopcast import accounts, catalog, shows
from shopcast.kernel.actions import Command, ReadConnection, Tx
from shopcast.kernel.errors import InvalidInput, NotFound
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import Principal
from shopcast.kernel.text import clean_line
from shopcast.sales.pricing.model import Benefit, BundlePrice, FundedBy, Gift, Lane, Needs, Scope
from shopcast.sales.promotions import repository
from shopcast.sales.promotions.errors import NotYourGoods, PromotionMisfit, TooManyPromotions
from shopcast.sales.promotions.model import (
    NAME_LIMIT,
    RUNNING_LIMIT,
    USAGE_LIMIT,
    PromotionView,
    Terms,
    check_terms,
)
from shopcast.sales.promotions.queries import promotion_view, running_count
from shopcast.sales.promotions.repository import Draft

PROMOTION_ROLES: tuple[accounts.Role, ...] = accounts.MANAGING_ROLES
# A promotion that lasts longer is a mistyped year.
_LONGEST = timedelta(days=3 * 366)
# How far ahead people plan.
_FURTHEST = timedelta(days=2 * 366)


class CreatePromotion(Command, frozen=True, kw_only=True):
    """`starts_at` None: now."""

    organisation_id: str
    name: str
    lane: Lane
    needs: Needs
    benefit: Benefit
    scope: Scope = Scope()
    currency: str | None = None
    minimum_minor: int = 0
    minimum_quantity: int = 0
    new_buyers_only: bool = False
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    usage_limit: int | None = None
    per_customer_limit: int | None = None


def create_promotion(tx: Tx, command: CreatePromotion, by: Principal, now: datetime) -> PromotionView:
    """It runs from `starts_at` on; one with codes once it has some."""
    owner = owner_of(tx, by, command.organisation_id)
    terms = _terms(command)
    is_platform = owner.kind == "platform"
    check_terms(command.lane, command.needs, terms, is_platform=is_platform)
    check_goods(tx, command.organisation_id, terms, is_platform=is_platform)
    if running_count(tx, command.organisation_id, now) >= RUNNING_LIMIT:
        raise TooManyPromotions(limit=RUNNING_LIMIT)
    starts_at, ends_at = checked_window(command.starts_at or now, command.ends_at, now)
    usage_limit, per_customer_limit = checked_limits(command.needs, command.usage_limit, command.per_customer_limit)
    draft = Draft(
        id=new_id("pro"),
        organisation_id=command.organisation_id,
        is_platform=is_platform,
        lane=command.lane,
        needs=command.needs,
        starts_at=starts_at,
        ends_at=ends_at,
        usage_limit=usage_limit,
        per_customer_limit=per_customer_limit,
    )
    repository.add(tx, draft, by.key, now)
    funded_by = FundedBy.PLATFORM if is_platform else FundedBy.SELLER
    repository.add_terms(tx, draft.id, 1, terms, funded_by, by.key, now)
    details = {"organisation_id": command.organisation_id, "name": terms.name, "lane": command.lane.value}
    tx.audit(by, "sales.promotion_created", draft.id, details)
    return promotion_view(tx, command.organisation_id, draft.id)


def owner_of(conn: ReadConnection, by: Principal, organisation_id: str) -> accounts.Organisation:
    """The organisation, if this person may run its promotions. An agency sells nothing, so it has none."""
    accounts.require_role(conn, by, organisation_id, *PROMOTION_ROLES)
    owner = accounts.organisation(conn, organisation_id)
    if owner.kind == "agency":
        raise NotFound("organisation")
    return owner


def checked_window(starts_at: datetime, ends_at: datetime | None, now: datetime) -> tuple[datetime, datetime | None]:
    if starts_at - now > _FURTHEST:
        raise InvalidInput("starts_at", "it is out of range")
    if ends_at is not None and not (max(starts_at, now) < ends_at <= starts_at + _LONGEST):
        raise InvalidInput("ends_at", "it is out of range")
    return starts_at, ends_at


def checked_limits(
    needs: Needs, usage_limit: int | None, per_customer_limit: int | None
) -> tuple[int | None, int | None]:
    """Each who takes a coupon on screen has it once: what is left there is what can be had."""
    if usage_limit is not None and not 1 <= usage_limit <= USAGE_LIMIT:
        raise InvalidInput("usage_limit", "it is out of range")
    if per_customer_limit is not None and not 1 <= per_customer_limit <= USAGE_LIMIT:
        raise InvalidInput("per_customer_limit", "it is out of range")
    if needs is Needs.CLAIM:
        if per_customer_limit not in (None, 1):
            raise PromotionMisfit("claim_is_once")
        return usage_limit, 1
    return usage_limit, per_customer_limit


def check_goods(conn: ReadConnection, organisation_id: str, terms: Terms, *, is_platform: bool) -> None:
    """What is named must be the organisation's; the platform may name anybody's. Raises NotYourGoods."""
    products, variants = _named(terms)
    of_products, of_variants = catalog.products_by_id(conn, products), catalog.variants_by_id(conn, variants)
    owners = [
        *(of_products[named].organisation_id if named in of_products else None for named in products),
        *(of_variants[named].organisation_id if named in of_variants else None for named in variants),
        *(_owner_of_show(conn, show_id) for show_id in terms.scope.show_ids),
    ]
    if any(owner is None or (not is_platform and owner != organisation_id) for owner in owners):
        raise NotYourGoods()
    _check_overlap(conn, terms)


def cleaned(terms: Terms, name: str) -> Terms:
    scope = replace(
        terms.scope,
        show_ids=_each_once(terms.scope.show_ids),
        product_ids=_each_once(terms.scope.product_ids),
        variant_ids=_each_once(terms.scope.variant_ids),
        tags=_each_once(terms.scope.tags),
    )
    return replace(terms, name=clean_line(name, NAME_LIMIT, "name"), scope=scope)


def _terms(command: CreatePromotion) -> Terms:
    terms = Terms(
        name="",
        benefit=command.benefit,
        scope=command.scope,
        currency=command.currency,
        minimum_minor=command.minimum_minor,
        minimum_quantity=command.minimum_quantity,
        new_buyers_only=command.new_buyers_only,
    )
    return cleaned(terms, command.name)


def _each_once(named: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(named)))


def _named(terms: Terms) -> tuple[list[str], list[str]]:
    products, variants = list(terms.scope.product_ids), list(terms.scope.variant_ids)
    if isinstance(terms.benefit, BundlePrice):
        products += [part.product_id for part in terms.benefit.parts if part.product_id is not None]
        variants += [part.variant_id for part in terms.benefit.parts if part.variant_id is not None]
    if isinstance(terms.benefit, Gift):
        variants.append(terms.benefit.variant_id)
    return products, variants


def _owner_of_show(conn: ReadConnection, show_id: str) -> str | None:
    try:
        return shows.show(conn, show_id).organisation_id
    except NotFound:
        return None


def _check_overlap(conn: ReadConnection, terms: Terms) -> None:
    """A unit can't be two parts of one bundle: no part may be a variant of another part's product."""
    if not isinstance(terms.benefit, BundlePrice):
        return
    products, variants = _named(replace(terms, scope=Scope()))
    inside = {variant.product_id for variant in catalog.variants_by_id(conn, variants).values()}
    if inside & set(products):
        raise PromotionMisfit("bundle_parts_overlap")
