"""A writer that knows only promotions, in a process of its own for races over real sockets; and what must hold there.

The verbs of a payment are small commands here, so that a race is about redeeming alone.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from shopcast.backends.sqlite.writer import run_writer
from shopcast.kernel.actions import ActionSpec, Command, Tx
from shopcast.kernel.clock import SystemClock
from shopcast.kernel.config import Settings
from shopcast.kernel.principal import Principal
from shopcast.kernel.registry import Registry
from shopcast.sales.pricing.model import (
    EVERYTHING,
    Adjustment,
    FundedBy,
    GiftLine,
    Lane,
    Needs,
    PercentOff,
    Pricing,
)
from shopcast.sales.promotions import repository
from shopcast.sales.promotions.claim_coupon import ClaimCoupon, claim_coupon, claim_coupons
from shopcast.sales.promotions.model import PromotionState, Terms
from shopcast.sales.promotions.redeem import give_back, redeem, settle
from tests.factories import TestBackend

# Long before any clock a test uses.
BEGAN = datetime(2020, 1, 1, tzinfo=UTC)


class PutPromotion(Command, frozen=True, kw_only=True):
    """A promotion with no more to it than what is counted."""

    id: str
    usage_limit: int | None = None
    per_customer_limit: int | None = None
    needs: Needs = Needs.NOTHING
    code: str | None = None
    code_limit: int | None = None
    ends_at: datetime | None = None


class Redeem(Command, frozen=True, kw_only=True):
    """`codes` by promotion id; what is named in `gifts` gave a gift instead of lowering a price."""

    checkout_id: str
    promotions: tuple[str, ...]
    codes: dict[str, str] = {}
    identities: tuple[str, ...] = ()
    gifts: tuple[str, ...] = ()
    sellers: tuple[str, ...] = ("org_1",)


class GiveBack(Command, frozen=True, kw_only=True):
    checkout_id: str
    organisation_id: str | None = None


class Settle(Command, frozen=True, kw_only=True):
    checkout_id: str


class Pause(Command, frozen=True, kw_only=True):
    id: str


def _put(tx: Tx, command: PutPromotion, by: Principal, now: datetime) -> None:
    draft = repository.Draft(
        id=command.id,
        organisation_id="org_1",
        is_platform=False,
        lane=Lane.COUPON,
        needs=command.needs,
        starts_at=BEGAN,
        ends_at=command.ends_at,
        usage_limit=command.usage_limit,
        per_customer_limit=command.per_customer_limit,
    )
    repository.add(tx, draft, by.key, now)
    terms = Terms(
        name=f"Offer {command.id}",
        benefit=PercentOff(basis_points=1000),
        scope=EVERYTHING,
        currency=None,
        minimum_minor=0,
        minimum_quantity=0,
        new_buyers_only=False,
    )
    repository.add_terms(tx, command.id, 1, terms, FundedBy.SELLER, by.key, now)
    if command.code is not None:
        repository.add_codes(tx, "org_1", command.id, [command.code], command.code_limit, now)


def _redeem(tx: Tx, command: Redeem, by: Principal, now: datetime) -> None:
    redeem(tx, command.checkout_id, command.identities, pricing_of(command), now)


def _give_back(tx: Tx, command: GiveBack, by: Principal, now: datetime) -> None:
    give_back(tx, command.checkout_id, now, command.organisation_id)


def _settle(tx: Tx, command: Settle, by: Principal, now: datetime) -> None:
    settle(tx, command.checkout_id, now)


def _pause(tx: Tx, command: Pause, by: Principal, now: datetime) -> None:
    repository.set_state(tx, command.id, PromotionState.PAUSED, {PromotionState.ACTIVE})


def pricing_of(command: Redeem) -> Pricing:
    return Pricing(
        lines=(),
        shipping_discounts={},
        adjustments=tuple(
            Adjustment(
                promotion_id=id,
                version=1,
                code=command.codes.get(id),
                lane=Lane.COUPON,
                funded_by=FundedBy.SELLER,
                label=id,
                line_key=line_key,
                organisation_id=seller,
                amount_minor=50,
                currency="EUR",
            )
            for id in command.promotions
            for seller in command.sellers
            for line_key in ("a", "b")
        ),
        gifts=tuple(
            GiftLine(
                promotion_id=id,
                version=1,
                code=None,
                organisation_id="org_1",
                funded_by=FundedBy.SELLER,
                label=id,
                variant_id="var_gift",
                quantity=1,
                show_id=None,
                line_keys=("a",),
            )
            for id in command.gifts
        ),
        rejected_codes=(),
        explanation=(),
    )


ACTIONS = (
    ActionSpec("test.put_promotion", PutPromotion, _put),
    ActionSpec("test.redeem", Redeem, _redeem),
    ActionSpec("test.give_back", GiveBack, _give_back),
    ActionSpec("test.settle", Settle, _settle),
    ActionSpec("test.pause", Pause, _pause),
    ActionSpec("sales.claim_coupon", ClaimCoupon, claim_coupon, bool, claim_coupons),
)

_STANDING = "SELECT count(*) FROM sales_promotion_redemption r WHERE r.state IN ('reserved', 'settled')"
_CHECKS = {
    "used more often than promised": (
        "SELECT id FROM sales_promotion WHERE used > usage_limit OR claimed > usage_limit OR used < 0 OR claimed < 0"
    ),
    "a code used more often than promised": (
        "SELECT code FROM sales_promotion_code WHERE used > usage_limit OR used < 0"
    ),
    "a customer had more than one may have": (
        "SELECT c.identity FROM sales_promotion_customer c JOIN sales_promotion p ON p.id = c.promotion_id"
        " WHERE c.used > p.per_customer_limit OR c.used < 0"
    ),
    "the count of uses is not that of redemptions": (
        f"SELECT p.id FROM sales_promotion p WHERE p.used <> ({_STANDING} AND r.promotion_id = p.id)"
    ),
    "the count of a code is not that of its redemptions": (
        f"SELECT c.code FROM sales_promotion_code c WHERE c.used <> ({_STANDING} AND r.code = c.code)"
    ),
    "the count of claims is not that of claims": (
        "SELECT p.id FROM sales_promotion p WHERE p.claimed <>"
        " (SELECT count(*) FROM sales_promotion_claim c WHERE c.promotion_id = p.id)"
    ),
    "the count of a customer is not that of their redemptions": (
        "SELECT c.identity FROM sales_promotion_customer c WHERE c.used <> (SELECT count(*)"
        " FROM sales_promotion_redemption_identity i JOIN sales_promotion_redemption r"
        " ON r.checkout_id = i.checkout_id AND r.promotion_id = i.promotion_id"
        " WHERE i.identity = c.identity AND i.promotion_id = c.promotion_id AND r.state IN ('reserved', 'settled'))"
    ),
}


def promotion_violations(backend: TestBackend) -> list[str]:
    """One line per broken rule, read from the rows alone; empty when all is well."""
    return [f"{name}: {row[0]}" for name, statement in _CHECKS.items() for row in backend.rows(statement)]


def promotion_registry() -> Registry:
    return Registry(actions=list(ACTIONS))


def main(data_dir: str) -> None:
    run_writer(Settings(data_dir=Path(data_dir)), promotion_registry(), SystemClock())


if __name__ == "__main__":
    main(sys.argv[1])
