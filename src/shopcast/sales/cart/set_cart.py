"""SetCart: the buyer chooses codes, where it goes and what to pay in."""

from datetime import datetime

import msgspec

from shopcast import accounts
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Unauthenticated
from shopcast.kernel.money import minor_digits
from shopcast.kernel.principal import Principal
from shopcast.kernel.text import clean_line
from shopcast.sales.cart import repository
from shopcast.sales.cart.model import CartChoice
from shopcast.sales.checkout.address import PLACE_LIMIT
from shopcast.sales.promotions.model import clean_typed_codes


class SetCart(Command, frozen=True, kw_only=True):
    """What is unset stays; None takes it back."""

    codes: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    country: str | msgspec.UnsetType | None = msgspec.UNSET
    region: str | msgspec.UnsetType = msgspec.UNSET
    currency: str | msgspec.UnsetType | None = msgspec.UNSET


def set_cart(tx: Tx, command: SetCart, by: Principal, now: datetime) -> None:
    if by.person_id is None and by.guest_id is None:
        raise Unauthenticated()
    known = repository.choice_of(tx, by.key)
    choice = CartChoice(
        codes=known.codes if command.codes is msgspec.UNSET else clean_typed_codes(list(command.codes)),
        country=known.country if command.country is msgspec.UNSET else clean_country(command.country),
        region=known.region if command.region is msgspec.UNSET else clean_region(command.region),
        currency=known.currency if command.currency is msgspec.UNSET else clean_currency(command.currency),
    )
    repository.set_choice(tx, by.key, choice, now)


def clean_country(country: str | None) -> str | None:
    return accounts.clean_country(country) if country else None


def clean_region(region: str) -> str:
    return clean_line(region, PLACE_LIMIT, field="region") if region.strip() else ""


def clean_currency(currency: str | None) -> str | None:
    """Raises InvalidInput for one that is not on the list of ISO 4217."""
    if not currency:
        return None
    minor_digits(currency)
    return currency
