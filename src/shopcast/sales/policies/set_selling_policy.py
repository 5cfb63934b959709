"""A seller decides where to ship, at what price, with which tax and terms; a new version each time."""

from datetime import datetime

from shopcast import accounts
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.principal import Principal
from shopcast.sales.errors import PolicyInvalid
from shopcast.sales.policies import repository
from shopcast.sales.policies.model import (
    EVERYWHERE,
    TERMS_LIMIT,
    ZONES_LIMIT,
    SellingPolicy,
    ShippingZone,
    TaxMode,
)

# A parcel dearer than this is a typing error in every currency we know (10 million of the smallest coin).
PARCEL_LIMIT_MINOR = 10_000_000
DAYS_LIMIT = 365


class SetSellingPolicy(Command, frozen=True, kw_only=True):
    organisation_id: str
    ships_from: str
    tax_mode: TaxMode
    zones: tuple[ShippingZone, ...]
    terms: str = ""


def set_selling_policy(tx: Tx, command: SetSellingPolicy, by: Principal, now: datetime) -> SellingPolicy:
    accounts.require_role(tx, by, command.organisation_id, "owner", "manager")
    _check_zones(command.zones)
    if len(command.terms) > TERMS_LIMIT:
        raise InvalidInput("terms", "it is too long")
    policy = SellingPolicy(
        organisation_id=command.organisation_id,
        version=repository.policy_of(tx, command.organisation_id).version + 1,
        ships_from=accounts.clean_country(command.ships_from),
        tax_mode=command.tax_mode,
        zones=command.zones,
        terms=command.terms,
    )
    repository.add_version(tx, policy, by.key, now)
    tx.audit(by, "sales.set_selling_policy", command.organisation_id, {"version": policy.version})
    return policy


def _check_zones(zones: tuple[ShippingZone, ...]) -> None:
    if not 1 <= len(zones) <= ZONES_LIMIT:
        raise InvalidInput("zones", "it is out of range")
    named: set[str] = set()
    for number, zone in enumerate(zones, start=1):
        countries = set(zone.countries)
        prices_fit = all(0 <= price <= PARCEL_LIMIT_MINOR for price in (zone.first_minor, zone.additional_minor))
        days_fit = 0 <= zone.days_min <= zone.days_max <= DAYS_LIMIT
        known = countries <= accounts.COUNTRIES | {EVERYWHERE}
        once = bool(countries) and len(countries) == len(zone.countries) and not countries & named
        if not (prices_fit and days_fit and known and once):
            raise PolicyInvalid(zone=number)
        named |= countries
