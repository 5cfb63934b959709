"""Reads promotions: those a cart may have, those a seller runs, those a buyer took."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, exists, func, or_, select

from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import NotFound
from shopcast.kernel.money import Money
from shopcast.sales.pricing.model import FundedBy, Lane, Needs, Promotion, Refusal
from shopcast.sales.promotions.model import CodeView, CouponView, PromotionState, PromotionView, Terms
from shopcast.sales.promotions.tables import claim, code, customer, promotion, terms

# A buyer's wallet on one page.
COUPONS_SHOWN = 100
# What a cart of many sellers is priced with at most; each seller runs far fewer (model.RUNNING_LIMIT).
_PROMOTIONS_READ = 500


def _whole(*more: Any) -> Select[Any]:
    """Promotions with the terms of their newest version."""
    newest = and_(terms.c.promotion_id == promotion.c.id, terms.c.version == promotion.c.version)
    told = [column for column in terms.c if column.name not in ("promotion_id", "version", "created_at", "created_by")]
    return select(promotion, *told, *more).join(terms, newest)


_IN_TIME = (
    promotion.c.state == PromotionState.ACTIVE.value,
    promotion.c.starts_at <= bindparam("now"),
    or_(promotion.c.ends_at.is_(None), promotion.c.ends_at > bindparam("now")),
    or_(promotion.c.usage_limit.is_(None), promotion.c.used < promotion.c.usage_limit),
)
_OF_SELLERS = or_(
    promotion.c.organisation_id.in_(bindparam("organisation_ids", expanding=True)), promotion.c.is_platform == 1
)
_CLAIMED = exists().where(claim.c.promotion_id == promotion.c.id, claim.c.buyer_key == bindparam("buyer_key"))
# Built once: they run for every cart that is looked at.
_BY_THEMSELVES = (
    _whole()
    .where(
        _OF_SELLERS,
        *_IN_TIME,
        or_(promotion.c.needs == Needs.NOTHING.value, and_(promotion.c.needs == Needs.CLAIM.value, _CLAIMED)),
    )
    .order_by(promotion.c.id)
    .limit(_PROMOTIONS_READ)
)
_ANY_RUN = (
    select(promotion.c.id)
    .where(_OF_SELLERS, *_IN_TIME, promotion.c.needs.in_((Needs.NOTHING.value, Needs.CLAIM.value)))
    .limit(1)
)
_BY_CODE = (
    _whole(
        code.c.code.label("typed"),
        code.c.usage_limit.label("code_limit"),
        code.c.used.label("code_used"),
        code.c.disabled_at,
    )
    .join(code, code.c.promotion_id == promotion.c.id)
    .where(code.c.code.in_(bindparam("codes", expanding=True)))
    .order_by(promotion.c.id, code.c.code)
    .limit(_PROMOTIONS_READ)
)
_USED_UP_BY = (
    select(customer.c.promotion_id, func.max(customer.c.used).label("used"))
    .where(
        customer.c.identity.in_(bindparam("identities", expanding=True)),
        customer.c.promotion_id.in_(bindparam("promotion_ids", expanding=True)),
    )
    .group_by(customer.c.promotion_id)
)
_CODES = select(func.count()).where(code.c.promotion_id == promotion.c.id).scalar_subquery().label("codes")
_ONE = _whole(_CODES).where(promotion.c.id == bindparam("promotion_id"))
_CLAIMED_BY = (
    _whole(claim.c.claimed_at)
    .join(claim, claim.c.promotion_id == promotion.c.id)
    .where(claim.c.buyer_key == bindparam("buyer_key"))
    .order_by(claim.c.claimed_at.desc(), promotion.c.id)
    .limit(COUPONS_SHOWN)
)


def promotions_for(
    conn: ReadConnection,
    organisation_ids: Collection[str],
    show_ids: Collection[str],
    buyer_key: str,
    codes: Sequence[str],
    now: datetime,
    identities: Collection[str] = (),
) -> tuple[Promotion, ...]:
    """Those of these sellers and of the platform that this buyer has now: running by themselves, taken on screen, or
    by a typed code. A typed code that can't be used is here too, with the reason; `price` needs it to say why.

    `identities` are further names of this customer, beside the buyer's key, whose uses count against limits.
    """
    parameters = {"organisation_ids": sorted(organisation_ids), "buyer_key": buyer_key, "now": now}
    free = [row for row in conn.execute(_BY_THEMSELVES, parameters) if _is_for(row, show_ids)]
    typed = _typed(conn, organisation_ids, codes)
    used = _used(conn, {f"buyer:{buyer_key}", *identities}, [*free, *typed])
    found = [
        _promotion(row, None, None)
        for row in free
        if row.per_customer_limit is None or used.get(row.id, 0) < row.per_customer_limit
    ]
    found += [_promotion(row, row.typed, _code_refusal(row, used)) for row in typed]
    return tuple(found)


def any_run(conn: ReadConnection, organisation_ids: Collection[str], now: datetime) -> bool:
    """Whether anything could be lowered by itself, or by what a buyer took, for anybody who buys of these sellers."""
    parameters = {"organisation_ids": sorted(organisation_ids), "now": now}
    return conn.execute(_ANY_RUN, parameters).first() is not None


def promotion_view(conn: ReadConnection, organisation_id: str, promotion_id: str) -> PromotionView:
    """Raises NotFound, also for another organisation's."""
    row = conn.execute(_ONE, {"promotion_id": promotion_id}).first()
    if row is None or row.organisation_id != organisation_id:
        raise NotFound("promotion")
    return _view(row)


def promotion_by_id(conn: ReadConnection, promotion_id: str) -> PromotionView:
    """Raises NotFound."""
    row = conn.execute(_ONE, {"promotion_id": promotion_id}).first()
    if row is None:
        raise NotFound("promotion")
    return _view(row)


def promotions_of(
    conn: ReadConnection, organisation_id: str, state: PromotionState | None, before_id: str | None, limit: int
) -> list[PromotionView]:
    """Newest first."""
    statement = _whole(_CODES).where(promotion.c.organisation_id == organisation_id)
    if state is not None:
        statement = statement.where(promotion.c.state == state.value)
    if before_id is not None:
        statement = statement.where(promotion.c.id < before_id)
    return [_view(row) for row in conn.execute(statement.order_by(promotion.c.id.desc()).limit(limit))]


def running_promotions(conn: ReadConnection, organisation_id: str, at: datetime) -> list[PromotionView]:
    """Those a preview tries: all that are not ended and not over, of the organisation and of the platform."""
    statement = (
        _whole(_CODES)
        .where(
            or_(promotion.c.organisation_id == organisation_id, promotion.c.is_platform == 1),
            promotion.c.state != PromotionState.ENDED.value,
            or_(promotion.c.ends_at.is_(None), promotion.c.ends_at > at),
        )
        .order_by(promotion.c.id)
        .limit(_PROMOTIONS_READ)
    )
    return [_view(row) for row in conn.execute(statement)]


def code_matches(
    conn: ReadConnection, organisation_ids: Collection[str], codes: Sequence[str]
) -> list[tuple[PromotionView, str, Refusal | None]]:
    """For typed codes: the promotion, the code, and what stands against the code itself."""
    rows = _typed(conn, organisation_ids, codes)
    return [(promotion_by_id(conn, row.id), row.typed, _code_refusal(row, {})) for row in rows]


def running_count(conn: ReadConnection, organisation_id: str, now: datetime) -> int:
    """Active and not over."""
    count: int = conn.execute(
        select(func.count()).where(
            promotion.c.organisation_id == organisation_id,
            promotion.c.state == PromotionState.ACTIVE.value,
            or_(promotion.c.ends_at.is_(None), promotion.c.ends_at > now),
        )
    ).scalar_one()
    return count


def codes_of(conn: ReadConnection, promotion_id: str, after: str | None, limit: int) -> list[CodeView]:
    statement = select(code).where(code.c.promotion_id == promotion_id)
    if after is not None:
        statement = statement.where(code.c.code > after)
    return [
        CodeView(
            code=row.code,
            usage_limit=row.usage_limit,
            used=row.used,
            disabled_at=row.disabled_at,
            created_at=row.created_at,
        )
        for row in conn.execute(statement.order_by(code.c.code).limit(limit))
    ]


def shared_code(conn: ReadConnection, promotion_id: str) -> str | None:
    """The one code everybody may type, to be shown on screen; None if there is none, or several."""
    statement = (
        select(code.c.code)
        .where(code.c.promotion_id == promotion_id, code.c.disabled_at.is_(None))
        .order_by(code.c.code)
        .limit(2)
    )
    found = list(conn.execute(statement).scalars())
    return found[0] if len(found) == 1 else None


def coupons_of(conn: ReadConnection, buyer_key: str, now: datetime) -> list[CouponView]:
    """Newest claim first."""
    rows = conn.execute(_CLAIMED_BY, {"buyer_key": buyer_key}).all()
    used = _used(conn, {f"buyer:{buyer_key}"}, rows)
    return [_coupon(row, _row_refusal(row, used, now)) for row in rows]


def coupon_of(conn: ReadConnection, promotion_id: str, buyer_key: str, now: datetime) -> CouponView:
    """One of theirs. Raises NotFound."""
    statement = _CLAIMED_BY.where(promotion.c.id == promotion_id)
    row = conn.execute(statement, {"buyer_key": buyer_key}).first()
    if row is None:
        raise NotFound("coupon")
    return _coupon(row, _row_refusal(row, _used(conn, {f"buyer:{buyer_key}"}, [row]), now))


def as_promotion(view: PromotionView, *, code: str | None = None, refusal: Refusal | None = None) -> Promotion:
    """As it would stand for a buyer who has it."""
    told = view.terms
    return Promotion(
        id=view.id,
        version=view.version,
        organisation_id=view.organisation_id,
        is_platform=view.is_platform,
        funded_by=view.funded_by,
        label=told.name,
        lane=view.lane,
        needs=view.needs,
        benefit=told.benefit,
        scope=told.scope,
        currency=told.currency,
        minimum_minor=told.minimum_minor,
        minimum_quantity=told.minimum_quantity,
        new_buyers_only=told.new_buyers_only,
        starts_at=view.starts_at,
        ends_at=view.ends_at,
        code=code,
        claimed=view.needs is Needs.CLAIM,
        refusal=refusal,
    )


def _typed(conn: ReadConnection, organisation_ids: Collection[str], codes: Sequence[str]) -> list[Row[Any]]:
    """Those of the cart's sellers and the platform; for a code none of them has, somebody else's, once."""
    if not codes:
        return []
    rows = conn.execute(_BY_CODE, {"codes": list(codes)}).all()
    fitting = [row for row in rows if row.is_platform or row.organisation_id in organisation_ids]
    known = {row.typed for row in fitting}
    strange: dict[str, Row[Any]] = {}
    for row in rows:
        if row.typed not in known:
            strange.setdefault(row.typed, row)
    return [*fitting, *strange.values()]


def _used(conn: ReadConnection, identities: Collection[str], rows: Iterable[Row[Any]]) -> dict[str, int]:
    limited = sorted({row.id for row in rows if row.per_customer_limit is not None})
    if not limited:
        return {}
    parameters = {"identities": sorted(identities), "promotion_ids": limited}
    return {row.promotion_id: row.used for row in conn.execute(_USED_UP_BY, parameters)}


def _is_for(row: Row[Any], show_ids: Collection[str]) -> bool:
    return not row.scope.show_ids or any(show_id in show_ids for show_id in row.scope.show_ids)


def _code_refusal(row: Row[Any], used: dict[str, int]) -> Refusal | None:
    if row.disabled_at is not None or row.state != PromotionState.ACTIVE.value:
        return Refusal.NOT_ACTIVE
    if row.code_limit is not None and row.code_used >= row.code_limit:
        return Refusal.USED_UP
    return _limit_refusal(row, used)


def _limit_refusal(row: Row[Any], used: dict[str, int]) -> Refusal | None:
    if row.usage_limit is not None and row.used >= row.usage_limit:
        return Refusal.USED_UP
    if row.per_customer_limit is not None and used.get(row.id, 0) >= row.per_customer_limit:
        return Refusal.CUSTOMER_LIMIT
    return None


def _row_refusal(row: Row[Any], used: dict[str, int], now: datetime) -> Refusal | None:
    limit = _limit_refusal(row, used)
    # What somebody has used they see as used, whatever else became of it.
    if limit is Refusal.CUSTOMER_LIMIT or row.state != PromotionState.ACTIVE.value:
        return limit or Refusal.NOT_ACTIVE
    if row.ends_at is not None and now >= row.ends_at:
        return Refusal.EXPIRED
    return Refusal.NOT_YET if now < row.starts_at else limit


def _promotion(row: Row[Any], typed: str | None, refusal: Refusal | None) -> Promotion:
    return Promotion(
        id=row.id,
        version=row.version,
        organisation_id=row.organisation_id,
        is_platform=bool(row.is_platform),
        funded_by=FundedBy(row.funded_by),
        label=row.name,
        lane=Lane(row.lane),
        needs=Needs(row.needs),
        benefit=row.benefit,
        scope=row.scope,
        currency=row.currency,
        minimum_minor=row.minimum_minor,
        minimum_quantity=row.minimum_quantity,
        new_buyers_only=bool(row.new_buyers_only),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        code=typed,
        claimed=typed is None and row.needs == Needs.CLAIM.value,
        refusal=refusal,
    )


def _view(row: Row[Any]) -> PromotionView:
    return PromotionView(
        id=row.id,
        organisation_id=row.organisation_id,
        is_platform=bool(row.is_platform),
        funded_by=FundedBy(row.funded_by),
        lane=Lane(row.lane),
        needs=Needs(row.needs),
        state=PromotionState(row.state),
        version=row.version,
        terms=Terms(
            name=row.name,
            benefit=row.benefit,
            scope=row.scope,
            currency=row.currency,
            minimum_minor=row.minimum_minor,
            minimum_quantity=row.minimum_quantity,
            new_buyers_only=bool(row.new_buyers_only),
        ),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        usage_limit=row.usage_limit,
        per_customer_limit=row.per_customer_limit,
        used=row.used,
        claimed=row.claimed,
        codes=row.codes,
        created_at=row.created_at,
    )


def _coupon(row: Row[Any], refusal: Refusal | None) -> CouponView:
    return CouponView(
        promotion_id=row.id,
        seller_id=row.organisation_id,
        is_platform=bool(row.is_platform),
        name=row.name,
        benefit=row.benefit,
        scope=row.scope,
        minimum=Money(row.minimum_minor, row.currency) if row.minimum_minor and row.currency else None,
        minimum_quantity=row.minimum_quantity,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        claimed_at=row.claimed_at,
        refusal=refusal,
    )
