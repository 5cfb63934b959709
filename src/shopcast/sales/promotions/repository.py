"""SQL of promotions. Every counting statement carries its condition, and a CHECK of its table stands behind it.

Driver text on purpose where it runs at every payment: a statement that is compiled already costs SQLAlchemy four times
what SQLite needs to run it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import bindparam, func, insert, select, text, update

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.tables import to_microseconds
from shopcast.sales.pricing.model import FundedBy, Lane, Needs
from shopcast.sales.promotions.model import PromotionState, RedemptionState, Terms
from shopcast.sales.promotions.tables import code, promotion, redemption, redemption_identity, screen, terms

TAKE = (
    "UPDATE sales_promotion SET used = used + 1 WHERE id = :promotion_id AND state = 'active' AND starts_at <= :now"
    " AND (ends_at IS NULL OR ends_at > :now) AND (usage_limit IS NULL OR used + 1 <= usage_limit)"
)
GIVE = "UPDATE sales_promotion SET used = used - 1 WHERE id = :promotion_id AND used > 0"
TAKE_CODE = (
    "UPDATE sales_promotion_code SET used = used + 1 WHERE organisation_id = :organisation_id AND code = :code"
    " AND promotion_id = :promotion_id AND disabled_at IS NULL AND (usage_limit IS NULL OR used + 1 <= usage_limit)"
)
GIVE_CODE = (
    "UPDATE sales_promotion_code SET used = used - 1"
    " WHERE organisation_id = :organisation_id AND code = :code AND used > 0"
)
TAKE_CUSTOMER = (
    "INSERT INTO sales_promotion_customer (promotion_id, identity, used, usage_limit)"
    " VALUES (:promotion_id, :identity, 1, :limit) ON CONFLICT (promotion_id, identity) DO UPDATE"
    " SET used = sales_promotion_customer.used + 1, usage_limit = :limit"
    " WHERE sales_promotion_customer.used + 1 <= :limit"
)
GIVE_CUSTOMER = (
    "UPDATE sales_promotion_customer SET used = used - 1"
    " WHERE promotion_id = :promotion_id AND identity = :identity AND used > 0"
)
CLAIM = (
    "UPDATE sales_promotion SET claimed = claimed + 1 WHERE id = :promotion_id AND needs = 'claim'"
    " AND state = 'active' AND starts_at <= :now AND (ends_at IS NULL OR ends_at > :now)"
    " AND (usage_limit IS NULL OR claimed + 1 <= usage_limit)"
)
CLAIMED = "SELECT 1 FROM sales_promotion_claim WHERE promotion_id = :promotion_id AND buyer_key = :buyer_key"
SHOWS = "SELECT show_id FROM sales_promotion_screen WHERE promotion_id = :promotion_id ORDER BY show_id"
ADD_CLAIM = (
    "INSERT INTO sales_promotion_claim (promotion_id, buyer_key, claimed_at) VALUES (:promotion_id, :buyer_key, :now)"
    " ON CONFLICT (promotion_id, buyer_key) DO NOTHING"
)
ADD_REDEMPTION = (
    "INSERT INTO sales_promotion_redemption (checkout_id, promotion_id, version, code, state, amount_minor,"
    " sellers, redeemed_at)"
    " VALUES (:checkout_id, :promotion_id, :version, :code, 'reserved', :amount_minor, :sellers, :now)"
    " ON CONFLICT (checkout_id, promotion_id) DO UPDATE SET state = 'reserved', version = :version, code = :code,"
    " amount_minor = :amount_minor, sellers = :sellers, redeemed_at = :now, ended_at = NULL"
    " WHERE sales_promotion_redemption.state = 'given_back'"
)
SETTLE = (
    "UPDATE sales_promotion_redemption SET state = 'settled', ended_at = :now"
    " WHERE checkout_id = :checkout_id AND state = 'reserved'"
)
UNSETTLE = (
    "UPDATE sales_promotion_redemption SET state = 'reserved', ended_at = NULL"
    " WHERE checkout_id = :checkout_id AND state = 'settled'"
)
ADD_IDENTITY = (
    "INSERT INTO sales_promotion_redemption_identity (checkout_id, promotion_id, identity)"
    " VALUES (:checkout_id, :promotion_id, :identity) ON CONFLICT DO NOTHING"
)
FORGET_IDENTITY = (
    "DELETE FROM sales_promotion_redemption_identity"
    " WHERE checkout_id = :checkout_id AND promotion_id = :promotion_id AND identity = :identity"
)
GIVE_BACK = (
    "UPDATE sales_promotion_redemption SET state = CASE state WHEN 'settled' THEN 'returned' ELSE 'given_back' END,"
    " ended_at = :now"
    " WHERE checkout_id = :checkout_id AND promotion_id = :promotion_id AND state IN ('reserved', 'settled')"
)
UNDO_REDEMPTION = (
    "UPDATE sales_promotion_redemption SET state = 'given_back', ended_at = :now"
    " WHERE checkout_id = :checkout_id AND promotion_id = :promotion_id"
)
DELETE_REDEMPTION = (
    "DELETE FROM sales_promotion_redemption WHERE checkout_id = :checkout_id AND promotion_id = :promotion_id"
)
FORGET_IDENTITIES = (
    "DELETE FROM sales_promotion_redemption_identity WHERE checkout_id = :checkout_id AND promotion_id = :promotion_id"
)
_REDEMPTIONS = (
    select(redemption).where(redemption.c.checkout_id == bindparam("checkout_id")).order_by(redemption.c.promotion_id)
)
_IDENTITIES = (
    select(redemption_identity.c.identity)
    .where(
        redemption_identity.c.checkout_id == bindparam("checkout_id"),
        redemption_identity.c.promotion_id == bindparam("promotion_id"),
    )
    .order_by(redemption_identity.c.identity)
)
_LIMITS = select(
    promotion.c.organisation_id,
    promotion.c.starts_at,
    promotion.c.ends_at,
    promotion.c.usage_limit,
    promotion.c.per_customer_limit,
    promotion.c.used,
    promotion.c.state,
    terms.c.name,
).where(
    promotion.c.id == bindparam("promotion_id"),
    terms.c.promotion_id == promotion.c.id,
    terms.c.version == promotion.c.version,
)
# A guest who makes an account: what both have had is added up, never above the limit it was counted under.
FOLLOW = tuple(
    text(statement)
    for statement in (
        "INSERT INTO sales_promotion_claim (promotion_id, buyer_key, claimed_at) SELECT promotion_id, :person_id,"
        " claimed_at FROM sales_promotion_claim WHERE buyer_key = :guest_key"
        " ON CONFLICT (promotion_id, buyer_key) DO NOTHING",
        "DELETE FROM sales_promotion_claim WHERE buyer_key = :guest_key",
        "INSERT INTO sales_promotion_customer (promotion_id, identity, used, usage_limit) SELECT promotion_id, :person,"
        " used, usage_limit FROM sales_promotion_customer WHERE identity = :guest"
        " ON CONFLICT (promotion_id, identity) DO UPDATE SET used = CASE WHEN sales_promotion_customer.used"
        " + excluded.used > sales_promotion_customer.usage_limit THEN sales_promotion_customer.usage_limit"
        " ELSE sales_promotion_customer.used + excluded.used END",
        "DELETE FROM sales_promotion_customer WHERE identity = :guest",
        "INSERT INTO sales_promotion_redemption_identity (checkout_id, promotion_id, identity) SELECT checkout_id,"
        " promotion_id, :person FROM sales_promotion_redemption_identity WHERE identity = :guest"
        " ON CONFLICT (checkout_id, promotion_id, identity) DO NOTHING",
        "DELETE FROM sales_promotion_redemption_identity WHERE identity = :guest",
    )
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A promotion's row without its counters."""

    id: str
    organisation_id: str
    is_platform: bool
    lane: Lane
    needs: Needs
    starts_at: datetime
    ends_at: datetime | None
    usage_limit: int | None
    per_customer_limit: int | None


@dataclass(frozen=True, slots=True)
class Limits:
    organisation_id: str
    name: str
    starts_at: datetime
    ends_at: datetime | None
    usage_limit: int | None
    per_customer_limit: int | None
    used: int
    state: PromotionState


@dataclass(frozen=True, slots=True)
class Redemption:
    checkout_id: str
    promotion_id: str
    version: int
    code: str | None
    state: RedemptionState
    amount_minor: int
    sellers: tuple[str, ...]


def add(tx: Tx, draft: Draft, created_by: str, now: datetime) -> None:
    tx.execute(
        insert(promotion).values(
            id=draft.id,
            organisation_id=draft.organisation_id,
            is_platform=int(draft.is_platform),
            lane=draft.lane.value,
            needs=draft.needs.value,
            state=PromotionState.ACTIVE.value,
            version=1,
            starts_at=draft.starts_at,
            ends_at=draft.ends_at,
            usage_limit=draft.usage_limit,
            per_customer_limit=draft.per_customer_limit,
            used=0,
            claimed=0,
            created_at=now,
            created_by=created_by,
        )
    )


def add_terms(
    tx: Tx, promotion_id: str, version: int, told: Terms, funded_by: FundedBy, created_by: str, now: datetime
) -> None:
    tx.execute(
        insert(terms).values(
            promotion_id=promotion_id,
            version=version,
            name=told.name,
            funded_by=funded_by.value,
            benefit=told.benefit,
            scope=told.scope,
            currency=told.currency,
            minimum_minor=told.minimum_minor,
            minimum_quantity=told.minimum_quantity,
            new_buyers_only=int(told.new_buyers_only),
            created_at=now,
            created_by=created_by,
        )
    )


def set_version(tx: Tx, promotion_id: str, was: int, version: int) -> bool:
    """False if somebody else made a version meanwhile."""
    changed = tx.execute(
        update(promotion).where(promotion.c.id == promotion_id, promotion.c.version == was).values(version=version)
    )
    return changed.rowcount == 1


def set_window(tx: Tx, promotion_id: str, starts_at: datetime, ends_at: datetime | None) -> None:
    tx.execute(update(promotion).where(promotion.c.id == promotion_id).values(starts_at=starts_at, ends_at=ends_at))


def set_limits(tx: Tx, promotion_id: str, usage_limit: int | None, per_customer_limit: int | None) -> bool:
    """False if more are used or taken already."""
    fits = (promotion.c.used <= usage_limit, promotion.c.claimed <= usage_limit) if usage_limit is not None else ()
    changed = tx.execute(
        update(promotion)
        .where(promotion.c.id == promotion_id, *fits)
        .values(usage_limit=usage_limit, per_customer_limit=per_customer_limit)
    )
    return changed.rowcount == 1


def set_state(tx: Tx, promotion_id: str, state: PromotionState, before: Collection[PromotionState]) -> bool:
    changed = tx.execute(
        update(promotion)
        .where(promotion.c.id == promotion_id, promotion.c.state.in_([one.value for one in before]))
        .values(state=state.value)
    )
    return changed.rowcount == 1


def known_codes(conn: ReadConnection, organisation_id: str, codes: Iterable[str]) -> set[str]:
    wanted = list(codes)
    rows = conn.execute(select(code.c.code).where(code.c.organisation_id == organisation_id, code.c.code.in_(wanted)))
    return set(rows.scalars())


def add_codes(
    tx: Tx, organisation_id: str, promotion_id: str, codes: Sequence[str], usage_limit: int | None, now: datetime
) -> None:
    tx.execute(
        insert(code),
        [
            {
                "organisation_id": organisation_id,
                "code": one,
                "promotion_id": promotion_id,
                "usage_limit": usage_limit,
                "used": 0,
                "created_at": now,
            }
            for one in codes
        ],
    )


def disable_code(tx: Tx, promotion_id: str, wanted: str, now: datetime) -> bool:
    changed = tx.execute(
        update(code)
        .where(code.c.promotion_id == promotion_id, code.c.code == wanted, code.c.disabled_at.is_(None))
        .values(disabled_at=now)
    )
    return changed.rowcount == 1


def take(tx: Tx, promotion_id: str, now: datetime) -> bool:
    return _one(tx, TAKE, {"promotion_id": promotion_id, "now": to_microseconds(now)})


def give(tx: Tx, promotion_id: str) -> None:
    _one(tx, GIVE, {"promotion_id": promotion_id})


def take_code(tx: Tx, organisation_id: str, wanted: str, promotion_id: str) -> bool:
    return _one(tx, TAKE_CODE, {"organisation_id": organisation_id, "code": wanted, "promotion_id": promotion_id})


def give_code(tx: Tx, organisation_id: str, wanted: str) -> None:
    _one(tx, GIVE_CODE, {"organisation_id": organisation_id, "code": wanted})


def take_customer(tx: Tx, promotion_id: str, identity: str, limit: int) -> bool:
    # The first use is inserted without a condition, so a limit below one must not get here.
    if limit < 1:
        return False
    return _one(tx, TAKE_CUSTOMER, {"promotion_id": promotion_id, "identity": identity, "limit": limit})


def give_customer(tx: Tx, promotion_id: str, identity: str) -> None:
    _one(tx, GIVE_CUSTOMER, {"promotion_id": promotion_id, "identity": identity})


def count_claim(tx: Tx, promotion_id: str, now: datetime) -> bool:
    return _one(tx, CLAIM, {"promotion_id": promotion_id, "now": to_microseconds(now)})


def add_claim(tx: Tx, promotion_id: str, buyer_key: str, now: datetime) -> bool:
    """False if this buyer has it already."""
    return _one(tx, ADD_CLAIM, {"promotion_id": promotion_id, "buyer_key": buyer_key, "now": to_microseconds(now)})


def add_redemption(tx: Tx, redeemed: Redemption, identities: Sequence[str], now: datetime) -> bool:
    """False if this checkout has it already."""
    added = _one(
        tx,
        ADD_REDEMPTION,
        {
            "checkout_id": redeemed.checkout_id,
            "promotion_id": redeemed.promotion_id,
            "version": redeemed.version,
            "code": redeemed.code,
            "amount_minor": redeemed.amount_minor,
            "sellers": msgspec.json.encode(redeemed.sellers).decode(),
            "now": to_microseconds(now),
        },
    )
    if added:
        # Redeemed a second time, it counts for whoever it is now.
        tx.exec_driver_sql(
            FORGET_IDENTITIES, {"checkout_id": redeemed.checkout_id, "promotion_id": redeemed.promotion_id}
        )
    if added and identities:
        tx.execute(
            insert(redemption_identity),
            [
                {"checkout_id": redeemed.checkout_id, "promotion_id": redeemed.promotion_id, "identity": identity}
                for identity in identities
            ],
        )
    return added


def settle(tx: Tx, checkout_id: str, now: datetime) -> None:
    tx.exec_driver_sql(SETTLE, {"checkout_id": checkout_id, "now": to_microseconds(now)})


def unsettle(tx: Tx, checkout_id: str) -> None:
    tx.exec_driver_sql(UNSETTLE, {"checkout_id": checkout_id})


def add_identity(tx: Tx, known: Redemption, identity: str) -> bool:
    """False if it is counted already."""
    return _one(tx, ADD_IDENTITY, _identity(known, identity))


def forget_identity(tx: Tx, known: Redemption, identity: str) -> None:
    tx.exec_driver_sql(FORGET_IDENTITY, _identity(known, identity))


def _identity(known: Redemption, identity: str) -> dict[str, object]:
    return {"checkout_id": known.checkout_id, "promotion_id": known.promotion_id, "identity": identity}


def end_redemption(tx: Tx, checkout_id: str, promotion_id: str, now: datetime) -> bool:
    """True for the one caller that gave it back."""
    return _one(tx, GIVE_BACK, {"checkout_id": checkout_id, "promotion_id": promotion_id, "now": to_microseconds(now)})


def keep_sellers(tx: Tx, known: Redemption, sellers: tuple[str, ...]) -> None:
    tx.execute(
        update(redemption)
        .where(redemption.c.checkout_id == known.checkout_id, redemption.c.promotion_id == known.promotion_id)
        .values(sellers=sellers)
    )


def undo_redemption(tx: Tx, redeemed: Redemption, *, existed: bool, now: datetime) -> None:
    """As it was before `add_redemption`."""
    names = {"checkout_id": redeemed.checkout_id, "promotion_id": redeemed.promotion_id}
    if existed:
        tx.exec_driver_sql(UNDO_REDEMPTION, {**names, "now": to_microseconds(now)})
    else:
        tx.exec_driver_sql(FORGET_IDENTITIES, names)
        tx.exec_driver_sql(DELETE_REDEMPTION, names)


def redemptions_of(conn: ReadConnection, checkout_id: str) -> list[Redemption]:
    """By promotion id, so that rows are always touched in one order."""
    return [
        Redemption(
            checkout_id=row.checkout_id,
            promotion_id=row.promotion_id,
            version=row.version,
            code=row.code,
            state=RedemptionState(row.state),
            amount_minor=row.amount_minor,
            sellers=row.sellers,
        )
        for row in conn.execute(_REDEMPTIONS, {"checkout_id": checkout_id})
    ]


def identities_of(conn: ReadConnection, checkout_id: str, promotion_id: str) -> list[str]:
    rows = conn.execute(_IDENTITIES, {"checkout_id": checkout_id, "promotion_id": promotion_id})
    return list(rows.scalars())


def limits_of(conn: ReadConnection, promotion_id: str) -> Limits | None:
    row = conn.execute(_LIMITS, {"promotion_id": promotion_id}).first()
    if row is None:
        return None
    return Limits(
        organisation_id=row.organisation_id,
        name=row.name,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        usage_limit=row.usage_limit,
        per_customer_limit=row.per_customer_limit,
        used=row.used,
        state=PromotionState(row.state),
    )


def put_on_screen(tx: Tx, promotion_id: str, show_id: str, now: datetime) -> None:
    known = tx.execute(select(screen).where(screen.c.promotion_id == promotion_id, screen.c.show_id == show_id)).first()
    if known is None:
        tx.execute(insert(screen).values(promotion_id=promotion_id, show_id=show_id, shown_at=now))


def on_screen_count(conn: ReadConnection, show_id: str) -> int:
    count: int = conn.execute(select(func.count()).where(screen.c.show_id == show_id)).scalar_one()
    return count


def shows_of(conn: ReadConnection, promotion_id: str) -> list[str]:
    return list(conn.exec_driver_sql(SHOWS, {"promotion_id": promotion_id}).scalars())


def has_claimed(conn: ReadConnection, promotion_id: str, buyer_key: str) -> bool:
    found = conn.exec_driver_sql(CLAIMED, {"promotion_id": promotion_id, "buyer_key": buyer_key}).first()
    return found is not None


def follow(tx: Tx, guest_key: str, person_id: str) -> None:
    """What was claimed and used as a guest counts for the account."""
    for statement in FOLLOW:
        names = statement.compile().params.keys()
        values = {
            "guest_key": guest_key,
            "person_id": person_id,
            "guest": f"buyer:{guest_key}",
            "person": f"buyer:{person_id}",
        }
        tx.execute(statement, {name: values[name] for name in names})


def _one(tx: Tx, statement: str, parameters: dict[str, object]) -> bool:
    return tx.exec_driver_sql(statement, parameters).rowcount == 1
