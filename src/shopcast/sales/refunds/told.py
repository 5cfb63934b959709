"""Lines of an order as events carry them, cut to the units and amounts in question. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from shopcast.kernel.money import Money
from shopcast.sales.events import OrderLineTold, RefundLineTold
from shopcast.sales.orders.model import OrderLineView
from shopcast.sales.orders.repository import lines_told
from shopcast.sales.refunds.model import LinePart


def units_told(lines: Sequence[OrderLineView], units: Mapping[str, int]) -> tuple[OrderLineTold, ...]:
    """Some units of some lines. Amounts stay those of the whole line: what goes back is told by the refund."""
    told = lines_told([line for line in lines if units.get(line.id)])
    return tuple(replace(line, quantity=units[line.line_id]) for line in told)


def parts_told(lines: Sequence[OrderLineView], parts: Iterable[LinePart]) -> tuple[OrderLineTold, ...]:
    """The lines a refund is for, with the units and the money that went back."""
    by_line = {part.line_id: part for part in parts}
    told = lines_told([line for line in lines if line.id in by_line])
    return tuple(
        replace(
            line,
            quantity=by_line[line.line_id].units,
            amount=Money(by_line[line.line_id].goods_minor, line.amount.currency),
            tax=Money(by_line[line.line_id].tax_minor, line.tax.currency),
        )
        for line in told
    )


def refund_lines_told(
    parts: Iterable[LinePart], currency: str, tax_included: bool, causes: Mapping[str, str | None]
) -> tuple[RefundLineTold, ...]:
    return tuple(
        RefundLineTold(
            line_id=part.line_id,
            quantity=part.units,
            goods=Money(part.goods_minor - (part.tax_minor if tax_included else 0), currency),
            tax=Money(part.tax_minor, currency),
            cause=causes.get(part.line_id),
        )
        for part in parts
    )
