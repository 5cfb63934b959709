"""What promotions read and write over HTTP."""

from datetime import datetime

import msgspec
from msgspec import UNSET, UnsetType

from shopcast.kernel.errors import Language
from shopcast.kernel.money import Money
from shopcast.sales.pricing.model import (
    EVERYTHING,
    Adjustment,
    Benefit,
    FundedBy,
    Lane,
    Needs,
    Refusal,
    RejectedCode,
    Scope,
    Step,
    StepKind,
)
from shopcast.sales.pricing.words import LANE_NAMES, refusal_text, step_text
from shopcast.sales.promotions.model import CodeView, CouponView, PromotionView, RunState
from shopcast.sales.promotions.preview import Preview, PreviewLine


class PromotionRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`starts_at` null: now. `needs` says how a buyer comes by it; coupons need a code or a claim."""

    name: str
    lane: Lane
    needs: Needs = Needs.NOTHING
    benefit: Benefit
    scope: Scope = EVERYTHING
    currency: str | None = None
    minimum_minor: int = 0
    minimum_quantity: int = 0
    new_buyers_only: bool = False
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    usage_limit: int | None = None
    per_customer_limit: int | None = None


class PromotionChanges(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is left out stays. A change of what it takes off makes the next version, for carts to come."""

    version: int | None = None
    name: str | UnsetType = UNSET
    benefit: Benefit | UnsetType = UNSET
    scope: Scope | UnsetType = UNSET
    currency: str | UnsetType | None = UNSET
    minimum_minor: int | UnsetType = UNSET
    minimum_quantity: int | UnsetType = UNSET
    new_buyers_only: bool | UnsetType = UNSET
    starts_at: datetime | UnsetType = UNSET
    ends_at: datetime | UnsetType | None = UNSET
    usage_limit: int | UnsetType | None = UNSET
    per_customer_limit: int | UnsetType | None = UNSET


class PromotionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`state` is how it stands at `server_ms`; `left` null: no limit. `kind` is its benefit's type."""

    id: str
    organisation_id: str
    is_platform: bool
    funded_by: FundedBy
    name: str
    kind: str
    lane: Lane
    needs: Needs
    state: RunState
    version: int
    benefit: Benefit
    scope: Scope
    currency: str | None
    minimum_minor: int
    minimum_quantity: int
    new_buyers_only: bool
    starts_at: datetime
    ends_at: datetime | None
    usage_limit: int | None
    per_customer_limit: int | None
    used: int
    claimed: int
    left: int | None
    codes: int
    created_at: datetime
    server_ms: int

    @classmethod
    def of(cls, view: PromotionView, now: datetime) -> "PromotionAnswer":
        terms = view.terms
        return cls(
            id=view.id,
            organisation_id=view.organisation_id,
            is_platform=view.is_platform,
            funded_by=view.funded_by,
            name=terms.name,
            kind=str(terms.benefit.__struct_config__.tag),
            lane=view.lane,
            needs=view.needs,
            state=view.run_state(now),
            version=view.version,
            benefit=terms.benefit,
            scope=terms.scope,
            currency=terms.currency,
            minimum_minor=terms.minimum_minor,
            minimum_quantity=terms.minimum_quantity,
            new_buyers_only=terms.new_buyers_only,
            starts_at=view.starts_at,
            ends_at=view.ends_at,
            usage_limit=view.usage_limit,
            per_customer_limit=view.per_customer_limit,
            used=view.used,
            claimed=view.claimed,
            left=view.left,
            codes=view.codes,
            created_at=view.created_at,
            server_ms=int(now.timestamp() * 1000),
        )


class PromotionOnShow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    show_id: str


class CodesRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Either `code`, usable `usage_limit` times (null: as the promotion allows), or `count` codes that work once
    each, with `prefix` in front."""

    code: str | None = None
    usage_limit: int | None = None
    count: int | None = None
    prefix: str = ""


class CodesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Those just made."""

    codes: list[str]


class CodeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    usage_limit: int | None
    used: int
    disabled: bool
    created_at: datetime

    @classmethod
    def of(cls, view: CodeView) -> "CodeAnswer":
        return cls(
            code=view.code,
            usage_limit=view.usage_limit,
            used=view.used,
            disabled=view.disabled_at is not None,
            created_at=view.created_at,
        )


class CouponAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A coupon somebody took. `usable` false: `reason` and `reason_text` say why."""

    promotion_id: str
    seller_id: str
    seller_name: str
    is_platform: bool
    name: str
    kind: str
    benefit: Benefit
    scope: Scope
    minimum: Money | None
    minimum_quantity: int
    starts_at: datetime
    ends_at: datetime | None
    claimed_at: datetime
    usable: bool
    reason: Refusal | None
    reason_text: str | None

    @classmethod
    def of(cls, view: CouponView, seller_name: str, language: Language) -> "CouponAnswer":
        return cls(
            promotion_id=view.promotion_id,
            seller_id=view.seller_id,
            seller_name=seller_name,
            is_platform=view.is_platform,
            name=view.name,
            kind=str(view.benefit.__struct_config__.tag),
            benefit=view.benefit,
            scope=view.scope,
            minimum=view.minimum,
            minimum_quantity=view.minimum_quantity,
            starts_at=view.starts_at,
            ends_at=view.ends_at,
            claimed_at=view.claimed_at,
            usable=view.refusal is None,
            reason=view.refusal,
            reason_text=None if view.refusal is None else refusal_text(view.refusal, language),
        )


class PreviewLineRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`price_minor` null: what it costs now."""

    variant_id: str
    quantity: int = 1
    price_minor: int | None = None
    in_drop: bool = False


class PreviewRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The cart of somebody who took every coupon on screen and typed these codes."""

    lines: list[PreviewLineRequest]
    codes: list[str] = []
    show_id: str | None = None
    at: datetime | None = None
    country: str | None = None
    buyer_is_new: bool = False


class AdjustmentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    promotion_id: str
    version: int
    code: str | None
    lane: Lane
    funded_by: FundedBy
    label: str
    amount: Money

    @classmethod
    def of(cls, adjustment: Adjustment) -> "AdjustmentAnswer":
        return cls(
            promotion_id=adjustment.promotion_id,
            version=adjustment.version,
            code=adjustment.code,
            lane=adjustment.lane,
            funded_by=adjustment.funded_by,
            label=adjustment.label,
            amount=Money(adjustment.amount_minor, adjustment.currency),
        )


class PreviewLineAnswer(msgspec.Struct, frozen=True, kw_only=True):
    variant_id: str
    title: str
    variant_title: str
    quantity: int
    unit_price: Money
    lowest_30d: Money | None
    amount: Money
    discount: Money
    net: Money
    adjustments: list[AdjustmentAnswer]
    bundle_key: str | None

    @classmethod
    def of(cls, line: PreviewLine) -> "PreviewLineAnswer":
        currency = line.priced.currency
        return cls(
            variant_id=line.variant_id,
            title=line.title,
            variant_title=line.variant_title,
            quantity=line.quantity,
            unit_price=Money(line.unit_minor, currency),
            lowest_30d=line.lowest_30d,
            amount=Money(line.priced.amount_minor, currency),
            discount=Money(line.priced.discount_minor, currency),
            net=Money(line.priced.net_minor, currency),
            adjustments=[AdjustmentAnswer.of(one) for one in line.priced.adjustments],
            bundle_key=line.priced.bundle_key,
        )


class StepAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the reasoning. `before` and `after` are the goods' sum (or shipping's, in its lane) around it."""

    kind: StepKind
    lane: Lane | None
    lane_name: str | None
    promotion_id: str | None
    label: str
    before: Money
    amount: Money
    after: Money
    reason: Refusal | None
    text: str

    @classmethod
    def of(cls, step: Step, language: Language) -> "StepAnswer":
        taken = step.amount_minor if step.kind is StepKind.APPLIED else 0
        return cls(
            kind=step.kind,
            lane=step.lane,
            lane_name=None if step.lane is None else LANE_NAMES[step.lane][language],
            promotion_id=step.promotion_id,
            label=step.label,
            before=Money(step.left_minor + taken, step.currency),
            amount=Money(step.amount_minor, step.currency),
            after=Money(step.left_minor, step.currency),
            reason=step.refusal,
            text=step_text(step, language),
        )


class CodeJudged(msgspec.Struct, frozen=True, kw_only=True):
    """A typed code that lowers nothing, and why."""

    code: str
    reason: Refusal
    text: str

    @classmethod
    def of(cls, rejected: RejectedCode, language: Language) -> "CodeJudged":
        text = refusal_text(
            rejected.reason,
            language,
            missing_minor=rejected.missing_minor,
            missing_quantity=rejected.missing_quantity,
            currency=rejected.currency,
        )
        return cls(code=rejected.code, reason=rejected.reason, text=text)


class GiftAnswer(msgspec.Struct, frozen=True, kw_only=True):
    promotion_id: str
    label: str
    variant_id: str
    title: str
    quantity: int


class PreviewAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`shipping` null: the seller does not ship there. Tax that is not included in prices comes on top of `total`."""

    at: datetime
    country: str
    lines: list[PreviewLineAnswer]
    gifts: list[GiftAnswer]
    steps: list[StepAnswer]
    rejected_codes: list[CodeJudged]
    items: Money
    discount: Money
    net: Money
    shipping: Money | None
    shipping_discount: Money
    shipping_adjustments: list[AdjustmentAnswer]
    total: Money

    @classmethod
    def of(cls, preview: Preview, language: Language) -> "PreviewAnswer":
        currency, pricing = preview.currency, preview.pricing
        return cls(
            at=preview.at,
            country=preview.country,
            lines=[PreviewLineAnswer.of(line) for line in preview.lines],
            gifts=[
                GiftAnswer(
                    promotion_id=gift.promotion_id,
                    label=gift.label,
                    variant_id=gift.variant_id,
                    title=preview.gift_titles.get(gift.variant_id, ""),
                    quantity=gift.quantity,
                )
                for gift in pricing.gifts
            ],
            steps=[StepAnswer.of(step, language) for step in pricing.explanation],
            rejected_codes=[CodeJudged.of(rejected, language) for rejected in pricing.rejected_codes],
            items=Money(preview.items_minor, currency),
            discount=Money(preview.discount_minor, currency),
            net=Money(preview.items_minor - preview.discount_minor, currency),
            shipping=None if preview.shipping_minor is None else Money(preview.shipping_minor, currency),
            shipping_discount=Money(preview.shipping_discount_minor, currency),
            shipping_adjustments=[AdjustmentAnswer.of(one) for one in pricing.adjustments if one.line_key is None],
            total=Money(preview.total_minor, currency),
        )
