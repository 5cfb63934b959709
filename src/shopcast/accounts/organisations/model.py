"""Owns what an organisation is, its roles, and how its short name is made. Knows no table."""

import re
import unicodedata
from datetime import datetime
from typing import Literal, get_args

import msgspec

from shopcast.accounts.errors import CountryUnknown
from shopcast.kernel.errors import Language

Kind = Literal["seller", "agency", "host", "platform"]
Role = Literal["owner", "manager", "host", "operator", "assistant", "moderator"]
ROLES: tuple[Role, ...] = get_args(Role)
# May change the organisation, its people and its goods.
MANAGING_ROLES: tuple[Role, ...] = ("owner", "manager")

NAME_LIMIT = 80
LEGAL_IDENTITY_LIMIT = 600
SLUG_LIMIT = 40

# ISO 3166-1 alpha-2, officially assigned.
COUNTRIES = frozenset(
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ"
    " CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO"
    " FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE"
    " JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO"
    " MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW"
    " PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM"
    " TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW".split()
)


class Organisation(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    kind: Kind
    name: str
    slug: str
    currency: str
    country: str
    legal_identity: str
    created_at: datetime


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """An organisation as one of its members sees it."""

    organisation: Organisation
    role: Role


class Member(msgspec.Struct, frozen=True, kw_only=True):
    person_id: str
    display_name: str
    email: str
    role: Role
    since: datetime


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    organisation_id: str
    email: str
    role: Role
    language: Language
    created_at: datetime
    expires_at: datetime


def clean_country(text: str) -> str:
    country = text.strip().upper()
    if country not in COUNTRIES:
        raise CountryUnknown(country=text[:10])
    return country


def slug_of(name: str) -> str:
    """Lower-case ASCII words joined by hyphens; empty when the name has none (Chinese names, for instance)."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:SLUG_LIMIT].strip("-")
