"""Amounts between ISO 4217's minor units, which are ours, and the integers Stripe's API takes for the same currency."""

from shopcast.kernel.money import Money, minor_digits

# docs.stripe.com/currencies: "zero-decimal currencies". MGA has two digits in ISO 4217, and none here.
_NO_DIGITS = frozenset("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split())
# Three-decimal currencies take amounts that end in 0 only.
_THREE_DIGITS = frozenset("BHD JOD KWD OMR TND".split())
# Everything else has two; that includes ISK and UGX, which have none in ISO 4217: the last two digits must be 00.
_WHOLE_IN_PAYOUTS = frozenset("HUF ISK TWD UGX".split())


class AmountNotPossible(Exception):
    """Stripe has no integer for this amount, or we have no minor unit for its."""


def to_stripe(money: Money) -> int:
    """Raises AmountNotPossible, InvalidInput for a currency nobody knows."""
    digits, ours = _digits(money.currency), minor_digits(money.currency)
    if digits >= ours:
        amount = money.amount_minor * _power_of_ten(digits - ours)
    else:
        amount, rest = divmod(money.amount_minor, _power_of_ten(ours - digits))
        if rest:
            raise AmountNotPossible(f"Stripe takes {money.currency} in whole units, not {money.amount_minor} minor")
    if digits == 3 and amount % 10:
        raise AmountNotPossible(f"Stripe takes {money.currency} with two decimals, not {money.amount_minor} minor")
    return amount


def from_stripe(amount: int, currency: str) -> Money:
    """`currency` in either case. Raises AmountNotPossible."""
    code = currency.upper()
    digits, ours = _digits(code), minor_digits(code)
    if ours >= digits:
        return Money(amount * _power_of_ten(ours - digits), code)
    minor, rest = divmod(amount, _power_of_ten(digits - ours))
    if rest:
        raise AmountNotPossible(f"{amount} of {code} at Stripe is a fraction of its smallest unit")
    return Money(minor, code)


def payable(money: Money) -> tuple[Money, Money]:
    """What of it can be paid out, and what must wait for more: some currencies leave Stripe in whole units only."""
    unit = _power_of_ten(minor_digits(money.currency)) if money.currency in _WHOLE_IN_PAYOUTS else 1
    kept = money.amount_minor % unit
    return Money(money.amount_minor - kept, money.currency), Money(kept, money.currency)


def _power_of_ten(exponent: int) -> int:
    # With an exponent that may be negative, the type checker can't know that this stays a whole number.
    return int("1" + "0" * exponent)


def _digits(currency: str) -> int:
    if currency in _NO_DIGITS:
        return 0
    return 3 if currency in _THREE_DIGITS else 2
