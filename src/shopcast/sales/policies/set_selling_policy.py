"""A seller decides where to ship, at what price, with which tax and terms; a new version each time."""

from datetime import datetime

from shopcast import accounts
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.principal import Principal
from shopcast.sales.errors import PolicyInvalid
from shopcast.sales.policies import repository
from shopcast.sales.policies.model import (
    BUILT_IN_HOLD_MINUTES,
    BUILT_IN_RETURN_DAYS,
    EVERYWHERE,
    HOLD_MINUTES_LIMIT,
    RETURN_DAYS_LIMIT,
    TERMS_LIMIT,
    WEIGHT_STEPS_LIMIT,
    ZONES_LIMIT,
    ReturnShipping,
    SellingMode,
    SellingPolicy,
    ShippingZone,
    TaxMode,
)

# A parcel dearer than this is a typing error in every currency we know (10 million of the smallest coin).
PARCEL_LIMIT_MINOR = 10_000_000
DAYS_LIMIT = 365
# A lorry load; heavier is a typing error.
GRAMS_LIMIT = 20_000_000


class SetSellingPolicy(Command, frozen=True, kw_only=True):
    organisation_id: str
    ships_from: str
    tax_mode: TaxMode
    zones: tuple[ShippingZone, ...]
    terms: str = ""
    hold_minutes: int = BUILT_IN_HOLD_MINUTES
    selling_mode: SellingMode = SellingMode.HOLD
    return_days: int = BUILT_IN_RETURN_DAYS
    return_shipping: ReturnShipping = ReturnShipping.BUYER


def set_selling_policy(tx: Tx, command: SetSellingPolicy, by: Principal, now: datetime) -> SellingPolicy:
    accounts.require_role(tx, by, command.organisation_id, "owner", "manager")
    _check_zones(command.zones)
    if len(command.terms) > TERMS_LIMIT:
        raise InvalidInput("terms", "it is too long")
    if not 1 <= command.hold_minutes <= HOLD_MINUTES_LIMIT:
        raise InvalidInput("hold_minutes", "it is out of range")
    if not 0 <= command.return_days <= RETURN_DAYS_LIMIT:
        raise InvalidInput("return_days", "it is out of range")
    policy = SellingPolicy(
        organisation_id=command.organisation_id,
        version=repository.policy_of(tx, command.organisation_id).version + 1,
        ships_from=accounts.clean_country(command.ships_from),
        tax_mode=command.tax_mode,
        zones=command.zones,
        terms=command.terms,
        hold_minutes=command.hold_minutes,
        selling_mode=command.selling_mode,
        return_days=command.return_days,
        return_shipping=command.return_shipping,
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
        if not (prices_fit and days_fit and known and once and _rules_fit(zone)):
            raise PolicyInvalid(zone=number)
        named |= countries


def _rules_fit(zone: ShippingZone) -> bool:
    """Steps rise in weight, so that the first one that fits is the one meant."""
    weights = [step.up_to_grams for step in zone.by_weight]
    steps_fit = (
        len(weights) <= WEIGHT_STEPS_LIMIT
        and weights == sorted(set(weights))
        and all(1 <= weight <= GRAMS_LIMIT for weight in weights)
        and all(0 <= step.price_minor <= PARCEL_LIMIT_MINOR for step in zone.by_weight)
    )
    return steps_fit and (zone.free_from_minor is None or zone.free_from_minor >= 0)
