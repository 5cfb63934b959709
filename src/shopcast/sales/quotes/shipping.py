"""Shipping built in, by the seller's zones: flat or by weight, one parcel per show, free over a sum."""

from shopcast.sales.policies.model import ShippingZone, WeightStep
from shopcast.sales.quotes.ports import ShippingCalculator, ShippingRequest, units_and_grams


class FlatShipping:
    """The first unit of a parcel pays one price, each further unit another."""

    def __init__(self, zone: ShippingZone) -> None:
        self._zone = zone

    def shipping_minor(self, request: ShippingRequest) -> int:
        zone = self._zone
        parcels = units_and_grams(request.lines)
        return sum(zone.first_minor + zone.additional_minor * (units - 1) for units, _ in parcels if units)


class WeightShipping:
    """A parcel pays the first step it fits under. Heavier than the last step, it goes as several full parcels of that
    step and one of the rest: carriers take no heavier one."""

    def __init__(self, steps: tuple[WeightStep, ...]) -> None:
        self._steps = steps

    def shipping_minor(self, request: ShippingRequest) -> int:
        return sum(self._parcel_minor(grams) for units, grams in units_and_grams(request.lines) if units)

    def _parcel_minor(self, grams: int) -> int:
        heaviest = self._steps[-1]
        full = max(grams - 1, 0) // heaviest.up_to_grams
        rest = grams - full * heaviest.up_to_grams
        step = next(step for step in self._steps if rest <= step.up_to_grams)
        return full * heaviest.price_minor + step.price_minor


class FreeOver:
    """Nothing to pay from a sum of goods on, after discounts."""

    def __init__(self, free_from_minor: int, otherwise: ShippingCalculator) -> None:
        self._free_from_minor = free_from_minor
        self._otherwise = otherwise

    def shipping_minor(self, request: ShippingRequest) -> int:
        return 0 if request.net_minor >= self._free_from_minor else self._otherwise.shipping_minor(request)


def calculator_of(zone: ShippingZone) -> ShippingCalculator:
    priced: ShippingCalculator = WeightShipping(zone.by_weight) if zone.by_weight else FlatShipping(zone)
    return priced if zone.free_from_minor is None else FreeOver(zone.free_from_minor, priced)
