"""Owns what goes into a price and what comes out of it. Knows no table, no clock and no page."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec


class Lane(StrEnum):
    """The one stacking order. A later lane lowers what the earlier ones left; inside a lane the best one wins."""

    TIER = "tier"  # more of the same: quantity tiers, buy x get y
    BUNDLE = "bundle"  # things that cost less together
    GIFT = "gift"  # something on top, at no price
    COUPON = "coupon"  # one per seller, or one of the platform for all
    ORDER = "order"  # the whole order reached a sum or a number of units
    SHIPPING = "shipping"  # what the parcel costs


LANES: tuple[Lane, ...] = tuple(Lane)


class FundedBy(StrEnum):
    """Who bears it: their share of the order shrinks by the amount."""

    SELLER = "seller"
    PLATFORM = "platform"
    HOST = "host"


class Needs(StrEnum):
    """How a buyer comes by it."""

    NOTHING = "nothing"  # applies by itself
    CODE = "code"  # a code is typed
    CLAIM = "claim"  # taken on screen before, then applies by itself


class Refusal(StrEnum):
    """Why a promotion does not lower this cart."""

    UNKNOWN = "unknown"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    NOT_ACTIVE = "not_active"  # paused or ended by who made it
    USED_UP = "used_up"
    CUSTOMER_LIMIT = "customer_limit"
    NEW_BUYERS_ONLY = "new_buyers_only"
    WRONG_SELLER = "wrong_seller"
    CURRENCY = "currency"
    NOT_THESE_ITEMS = "not_these_items"
    MINIMUM_NOT_REACHED = "minimum_not_reached"
    ALREADY_BETTER = "already_better"
    NOTHING_TO_LOWER = "nothing_to_lower"  # what it could lower is at its lowest already


class PercentOff(msgspec.Struct, frozen=True, kw_only=True, tag="percent", forbid_unknown_fields=True):
    """Of the sum of what it may lower; rounded once, half up, then spread over the lines."""

    basis_points: int
    cap_minor: int | None = None


class AmountOff(msgspec.Struct, frozen=True, kw_only=True, tag="amount", forbid_unknown_fields=True):
    """Once, spread over the lines."""

    amount_minor: int


class AmountOffEach(msgspec.Struct, frozen=True, kw_only=True, tag="amount_each", forbid_unknown_fields=True):
    """Of every unit."""

    amount_minor: int


class SpendStep(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of the two is above zero."""

    from_minor: int
    basis_points: int = 0
    amount_minor: int = 0


class SpendSteps(msgspec.Struct, frozen=True, kw_only=True, tag="spend_steps", forbid_unknown_fields=True):
    """The highest step reached counts."""

    steps: tuple[SpendStep, ...]


class TierStep(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From so many units on; one of the two is above zero. `each_minor` is off every unit."""

    from_quantity: int
    basis_points: int = 0
    each_minor: int = 0


class Counted(StrEnum):
    """What is counted together to reach a tier."""

    VARIANT = "variant"
    PRODUCT = "product"
    TOGETHER = "together"  # everything the promotion is for


class QuantityTiers(msgspec.Struct, frozen=True, kw_only=True, tag="quantity_tiers", forbid_unknown_fields=True):
    """The highest step reached counts, for all units."""

    steps: tuple[TierStep, ...]
    counted: Counted = Counted.PRODUCT


class BuyXGetY(msgspec.Struct, frozen=True, kw_only=True, tag="buy_x_get_y", forbid_unknown_fields=True):
    """Of every `buy + get` units the cheapest `get` cost less, at most `times_limit` times."""

    buy: int
    get: int
    basis_points: int = 10_000
    times_limit: int | None = None


class BundlePart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number of units of a product in any variant, or of one variant."""

    product_id: str | None = None
    variant_id: str | None = None
    quantity: int = 1


class BundlePrice(msgspec.Struct, frozen=True, kw_only=True, tag="bundle", forbid_unknown_fields=True):
    """All parts together at this price, at most `times_limit` times."""

    parts: tuple[BundlePart, ...]
    price_minor: int
    times_limit: int | None = None


class Gift(msgspec.Struct, frozen=True, kw_only=True, tag="gift", forbid_unknown_fields=True):
    """Given once for each time the minimum is reached, at most `times_limit` times."""

    variant_id: str
    quantity: int = 1
    times_limit: int = 1


Benefit = (
    PercentOff | AmountOff | AmountOffEach | SpendSteps | QuantityTiers | BuyXGetY | BundlePrice | Gift
)  # fmt: skip


class Scope(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What it is for. Nothing named: everything. A line must be in the named shows, and in any of the other three."""

    show_ids: tuple[str, ...] = ()
    product_ids: tuple[str, ...] = ()
    variant_ids: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    # The price of a drop is lowered already.
    includes_drops: bool = False


EVERYTHING = Scope()


class Promotion(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a promotion as it stands for one buyer.

    `code` is the one this buyer typed, in its clean form; `claimed` that they took it on screen. `refusal` is what
    the tables know against it (used up, paused, …): it lowers nothing, and its code is rejected for that reason.
    `currency` None is for benefits without amounts, and fits every line.
    """

    id: str
    version: int
    organisation_id: str
    is_platform: bool
    funded_by: FundedBy
    label: str
    lane: Lane
    needs: Needs
    benefit: Benefit
    scope: Scope = EVERYTHING
    currency: str | None = None
    minimum_minor: int = 0
    minimum_quantity: int = 0
    new_buyers_only: bool = False
    starts_at: datetime
    ends_at: datetime | None = None
    code: str | None = None
    claimed: bool = False
    refusal: Refusal | None = None


class CartLine(msgspec.Struct, frozen=True, kw_only=True):
    """`unit_minor` is what one unit costs before promotions (a drop's price if it is in one), `list_minor` the
    catalogue's. No promotion takes a unit below `minimum_minor`. `currency` None: the cart's."""

    key: str
    organisation_id: str
    product_id: str
    variant_id: str
    quantity: int
    unit_minor: int
    list_minor: int
    show_id: str | None = None
    item_id: str | None = None
    in_drop: bool = False
    tags: tuple[str, ...] = ()
    currency: str | None = None
    minimum_minor: int = 0


class Cart(msgspec.Struct, frozen=True, kw_only=True):
    """`codes` as cleaned by `promotions.model.clean_code`; `shipping_minor` by seller, in the currency of the seller's
    lines. Lines may have several currencies: each is priced by itself."""

    lines: tuple[CartLine, ...]
    currency: str
    codes: tuple[str, ...] = ()
    shipping_minor: Mapping[str, int] = {}
    buyer_is_new: bool = False


# `gc=False` on what one price makes by the hundred: they hold texts, numbers and each other, never a circle.
class Adjustment(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One promotion's part of one line, or of one seller's shipping (`line_key` None). Always above zero."""

    promotion_id: str
    version: int
    code: str | None
    lane: Lane
    funded_by: FundedBy
    label: str
    line_key: str | None
    organisation_id: str
    amount_minor: int
    currency: str


class PricedCartLine(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`amount - discount = net`, and `discount` is the sum of the adjustments. `bundle_key` is the promotion whose
    bundle some of its units are in."""

    key: str
    organisation_id: str
    currency: str
    amount_minor: int
    discount_minor: int
    net_minor: int
    adjustments: tuple[Adjustment, ...]
    bundle_key: str | None = None


class GiftLine(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """To be added at no price while stock lasts. `line_keys` are what it comes with: return them, return it."""

    promotion_id: str
    version: int
    code: str | None
    organisation_id: str
    funded_by: FundedBy
    label: str
    variant_id: str
    quantity: int
    show_id: str | None
    line_keys: tuple[str, ...]


class RejectedCode(msgspec.Struct, frozen=True, kw_only=True):
    """`missing_minor` is what the goods lack to a minimum, `missing_quantity` likewise in units."""

    code: str
    reason: Refusal
    label: str = ""
    missing_minor: int = 0
    missing_quantity: int = 0
    currency: str = ""


class StepKind(StrEnum):
    GOODS = "goods"  # what the goods cost before promotions
    APPLIED = "applied"
    GIVEN = "given"  # a gift
    PASSED = "passed"  # not applied, for the refusal named
    NET = "net"  # what the goods cost in the end
    PARCELS = "parcels"  # what shipping costs in the end


class Step(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One line of the explanation; `words.step_text` says it. `left_minor` is the goods' (or shipping's) sum after it.
    `other` is the label of what was better."""

    kind: StepKind
    currency: str
    amount_minor: int = 0
    left_minor: int = 0
    lane: Lane | None = None
    promotion_id: str | None = None
    label: str = ""
    refusal: Refusal | None = None
    missing_minor: int = 0
    missing_quantity: int = 0
    quantity: int = 0
    other: str = ""


class Pricing(msgspec.Struct, frozen=True, kw_only=True):
    """`lines` in the cart's order. `shipping_discounts` by seller, never more than what shipping costs."""

    lines: tuple[PricedCartLine, ...]
    shipping_discounts: Mapping[str, int]
    adjustments: tuple[Adjustment, ...]
    gifts: tuple[GiftLine, ...]
    rejected_codes: tuple[RejectedCode, ...]
    explanation: tuple[Step, ...]

    @property
    def discount_minor(self) -> int:
        """Of the goods; means something when all lines have one currency."""
        return sum(line.discount_minor for line in self.lines)
