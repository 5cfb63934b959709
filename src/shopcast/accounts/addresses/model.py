"""Owns what a delivery address is."""

import msgspec

from shopcast.accounts.organisations.model import clean_country
from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.text import clean_line

# A home, an office, the parents; twenty is a company that should have an organisation.
ADDRESSES_LIMIT = 20
_LIMITS = {"name": 80, "line1": 120, "line2": 120, "city": 80, "region": 80, "postal_code": 16, "phone": 32}
_REQUIRED = ("name", "line1", "city")


class AddressDraft(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    line1: str
    line2: str = ""
    city: str
    region: str = ""
    # Some countries have none.
    postal_code: str = ""
    country: str
    phone: str = ""


class Address(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    line1: str
    line2: str
    city: str
    region: str
    postal_code: str
    country: str
    phone: str
    is_default: bool


def clean_address(draft: AddressDraft) -> AddressDraft:
    """Raises InvalidInput, CountryUnknown."""
    lines = {name: _clean(name, getattr(draft, name)) for name in _LIMITS}
    return AddressDraft(country=clean_country(draft.country), **lines)


def _clean(name: str, text: str) -> str:
    if not text.strip() and name not in _REQUIRED:
        return ""
    if not isinstance(text, str):
        raise InvalidInput(name, "it has the wrong form")
    return clean_line(text, _LIMITS[name], name)
