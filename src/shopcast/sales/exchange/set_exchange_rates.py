"""SetExchangeRates: the operator says what currencies are worth; from then on, for payments that start later."""

from datetime import datetime

import msgspec

from shopcast import accounts
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.money import minor_digits
from shopcast.kernel.principal import Principal
from shopcast.kernel.text import clean_line
from shopcast.sales.exchange import repository
from shopcast.sales.exchange.model import Rate, clean_rate

# Every pair of thirty currencies, both ways, in one go.
RATES_LIMIT = 900
SOURCE_LIMIT = 80


class NewRate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`rate`: one major unit of `base` in `quote`, as decimal text of up to twelve places."""

    base: str
    quote: str
    rate: str


class SetExchangeRates(Command, frozen=True, kw_only=True):
    rates: tuple[NewRate, ...]
    source: str


def set_exchange_rates(tx: Tx, command: SetExchangeRates, by: Principal, now: datetime) -> int:
    """How many; those not named stay as they are."""
    accounts.require_operator(by)
    if not 1 <= len(command.rates) <= RATES_LIMIT:
        raise InvalidInput("rates", "it is out of range")
    if len({(new.base, new.quote) for new in command.rates}) != len(command.rates):
        raise InvalidInput("rates", "it has the wrong form")
    source = clean_line(command.source, SOURCE_LIMIT, field="source")
    for new in command.rates:
        text = clean_rate(new.rate)
        minor_digits(new.base)
        minor_digits(new.quote)
        if text is None or new.base == new.quote:
            raise InvalidInput("rate", "it has the wrong form")
        repository.add_rate(tx, Rate(base=new.base, quote=new.quote, text=text, source=source, at=now), by.key, now)
    tx.audit(by, "sales.set_exchange_rates", source, {"rates": len(command.rates)})
    return len(command.rates)
