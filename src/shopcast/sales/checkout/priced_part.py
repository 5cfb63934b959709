"""What was decided about one seller's share of a checkout when payment started; never worked out again afterwards."""

import msgspec


class PartLine(msgspec.Struct, frozen=True, kw_only=True):
    """One hold: `net_minor` = `amount_minor` - `discount_minor`; `tax_minor` is in it or comes on top, as the totals
    tell."""

    hold_id: str
    amount_minor: int
    discount_minor: int
    net_minor: int
    tax_minor: int
    tax_rate_basis_points: int
    bundle_key: str | None = None


class PartAdjustment(msgspec.Struct, frozen=True, kw_only=True):
    """What one rule took off one line, or off the shipping (`hold_id` None)."""

    promotion_id: str
    code: str | None
    lane: str
    funded_by: str
    label: str
    hold_id: str | None
    amount_minor: int


class PricedPart(msgspec.Struct, frozen=True, kw_only=True):
    lines: tuple[PartLine, ...]
    adjustments: tuple[PartAdjustment, ...] = ()

    @property
    def uses_promotions(self) -> bool:
        """A gift is a line at no price, with or without adjustments beside it."""
        return bool(self.adjustments) or any(line.amount_minor == 0 for line in self.lines)

    def line_of(self, hold_id: str) -> PartLine:
        return next(line for line in self.lines if line.hold_id == hold_id)
