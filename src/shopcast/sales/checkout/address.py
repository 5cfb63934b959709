"""What a postal address is and when one can be delivered to; every script is welcome."""

import re

import msgspec

from shopcast.accounts import clean_country
from shopcast.kernel.text import clean_line
from shopcast.sales.errors import AddressIncomplete

NAME_LIMIT = 100
# Japanese and Indian addresses fill long single lines.
LINE_LIMIT = 160
PLACE_LIMIT = 100
POSTAL_CODE_LIMIT = 16
PHONE_LIMIT = 32

# Universal Postal Union: places where mail carries no postal code, or where nobody writes it.
_WITHOUT_POSTAL_CODE = frozenset(
    "AE AG AN AO AW BF BI BJ BO BS BW BZ CD CF CG CI CK CM DJ DM ER FJ GA GD GH GM GQ GY HK IE JM KI KM KN KP LC ML MO"
    " MR MS MW NA NR NU PA QA RW SB SC SL SO SR ST SY TD TF TG TK TL TO TT TV UG VU YE ZW".split()
)
# Addresses that are incomplete, or taxed wrongly, without their state or province.
_WITH_REGION = frozenset("AU BR CA CN IN MX US".split())
_POSTAL_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z \-]{1,14}")
_PHONE = re.compile(r"\+?[0-9][0-9 ()/.\-]{4,30}")


class PostalAddress(msgspec.Struct, frozen=True, kw_only=True):
    """Where an order goes. `country` is ISO 3166-1 alpha-2."""

    name: str
    line1: str
    line2: str = ""
    city: str
    region: str = ""
    postal_code: str = ""
    country: str
    phone: str = ""


def clean_address(address: PostalAddress) -> PostalAddress:
    """The address fit to be printed. Raises InvalidInput or AddressIncomplete naming the field."""
    country = clean_country(address.country)
    return PostalAddress(
        name=clean_line(address.name, NAME_LIMIT, field="name"),
        line1=clean_line(address.line1, LINE_LIMIT, field="line1"),
        line2=_optional(address.line2, LINE_LIMIT, "line2"),
        city=clean_line(address.city, PLACE_LIMIT, field="city"),
        region=_region(address.region, country),
        postal_code=_postal_code(address.postal_code, country),
        country=country,
        phone=_phone(address.phone),
    )


def address_lines(address: PostalAddress) -> list[str]:
    """As printed on a label: smallest place last in the West's order, which carriers everywhere read."""
    place = " ".join(part for part in (address.postal_code, address.city) if part)
    lines = [address.name, address.line1, address.line2, place, address.region, address.country, address.phone]
    return [line for line in lines if line]


def _optional(text: str, limit: int, field: str) -> str:
    return clean_line(text, limit, field=field) if text.strip() else ""


def _region(text: str, country: str) -> str:
    if not text.strip():
        if country in _WITH_REGION:
            raise AddressIncomplete(field="region", country=country)
        return ""
    return clean_line(text, PLACE_LIMIT, field="region")


def _postal_code(text: str, country: str) -> str:
    if not text.strip():
        if country not in _WITHOUT_POSTAL_CODE:
            raise AddressIncomplete(field="postal_code", country=country)
        return ""
    code = clean_line(text, POSTAL_CODE_LIMIT, field="postal_code").upper()
    if _POSTAL_CODE.fullmatch(code) is None:
        raise AddressIncomplete(field="postal_code", country=country)
    return code


def _phone(text: str) -> str:
    if not text.strip():
        return ""
    phone = clean_line(text, PHONE_LIMIT, field="phone")
    if _PHONE.fullmatch(phone) is None:
        raise AddressIncomplete(field="phone", country="")
    return phone
