"""Pure arithmetic of exchange rates: exact decimals of twelve places, one rounding per sum, half up."""

import re
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

import msgspec

from shopcast.kernel.money import Money, minor_digits
from shopcast.sales.quotes.model import half_up

PLACES = 12
_UNIT = 10**PLACES
# Wider than the weakest currency against the strongest (about 1 to 400,000), both ways.
RATE_LIMIT = 10**9
_RATE = re.compile(r"(\d{1,9})(?:\.(\d{1,12}))?", re.ASCII)


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """What one major unit of `base` is in `quote`; `text` has twelve places. Where both are the same, it is "1"."""

    base: str
    quote: str
    text: str
    source: str | None
    at: datetime | None

    @property
    def is_one(self) -> bool:
        return self.base == self.quote


def same(currency: str) -> Rate:
    return Rate(base=currency, quote=currency, text="1", source=None, at=None)


def clean_rate(text: str) -> str | None:
    """With all its twelve places, or None for what is no rate above zero."""
    match = _RATE.fullmatch(text.strip())
    if match is None:
        return None
    fraction = (match[2] or "").ljust(PLACES, "0")
    scaled = int(match[1] + fraction)
    return _text(scaled) if 0 < scaled <= RATE_LIMIT * _UNIT else None


def inverse(text: str) -> str | None:
    """Rounded half up to twelve places; None when that leaves nothing."""
    scaled = int((Decimal(_UNIT) * _UNIT / _scaled(text)).to_integral_value(ROUND_HALF_UP))
    return _text(scaled) if scaled else None


def presented(money: Money, rate: Rate) -> Money:
    """`money` in the rate's other currency: multiplied exactly, rounded once. A refund never goes through here by
    itself: see `presentment_target`."""
    return Money(presentment(money.amount_minor, rate), rate.quote)


def presentment(amount_minor: int, rate: Rate) -> int:
    if rate.is_one:
        return amount_minor
    upper = amount_minor * _scaled(rate.text) * 10 ** minor_digits(rate.quote)
    lower: int = _UNIT * 10 ** minor_digits(rate.base)
    return half_up(upper, lower)


def presentment_target(refunded_minor: int, total_minor: int, presentment_total_minor: int) -> int:
    """What must have gone back of what the card paid, once `refunded_minor` of `total_minor` went back: any sequence
    of refunds ends at exactly what was paid. A refund is this target less what went back before."""
    if total_minor == 0:
        return 0
    if not 0 <= refunded_minor <= total_minor:
        raise ValueError("a refund lies between nothing and the whole")
    return half_up(presentment_total_minor * refunded_minor, total_minor)


def _scaled(text: str) -> int:
    whole, _, fraction = text.partition(".")
    return int(whole + fraction.ljust(PLACES, "0"))


def _text(scaled: int) -> str:
    whole, fraction = divmod(scaled, _UNIT)
    return f"{whole}.{fraction:0{PLACES}d}"
