"""The sums of a payment over several sellers in the buyer's currency: for the eye, and exact in its total."""

from collections.abc import Callable, Sequence

from shopcast.kernel.money import Money
from shopcast.sales.quotes.model import Totals, half_up


def combined_totals(total: Money, parts: Sequence[tuple[Totals, Money]]) -> Totals:
    """Each part's totals with what of the payment it is. One seller paid in their own currency stays as it is; else
    `total` is what is paid, and the sums above it are converted one by one, so that they may miss it by a coin."""
    if len(parts) == 1 and parts[0][0].total.currency == total.currency:
        return parts[0][0]

    def summed(of: Callable[[Totals], Money]) -> Money:
        return Money(sum(_converted(of(totals), totals.total, paid) for totals, paid in parts), total.currency)

    duties = [totals.duties_estimate for totals, _ in parts]
    return Totals(
        items=summed(lambda totals: totals.items),
        discount=summed(lambda totals: totals.discount),
        shipping=summed(lambda totals: totals.shipping),
        shipping_discount=summed(lambda totals: totals.shipping_discount),
        tax=summed(lambda totals: totals.tax),
        tax_included=all(totals.tax_included for totals, _ in parts),
        # Each seller's receipt has its own.
        tax_lines=(),
        total=total,
        duties_estimate=summed(lambda totals: totals.duties_estimate or Money(0, totals.total.currency))
        if any(duties)
        else None,
    )


def _converted(money: Money, whole: Money, paid: Money) -> int:
    return half_up(money.amount_minor * paid.amount_minor, whole.amount_minor) if whole.amount_minor else 0
