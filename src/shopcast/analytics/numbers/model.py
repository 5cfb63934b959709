"""Folds facts into the numbers of a show. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from statistics import median

import msgspec

from shopcast import rooms
from shopcast.analytics.facts.model import Fact
from shopcast.analytics.numbers.definitions import DEFINITIONS, Unit
from shopcast.kernel.money import Money

# Rooms count people once in so many seconds.
SAMPLE_S = rooms.WINDOW_S


class Metric(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    value: int | float | Money | None
    unit: Unit
    definition_en: str
    definition_zh: str


class Minute(msgspec.Struct, frozen=True, kw_only=True):
    at_ms: int
    viewers: int
    orders: int
    net_minor: int


class ItemNumbers(msgspec.Struct, frozen=True, kw_only=True):
    item_id: str
    number: int
    title: str
    requests: int
    holds: int
    units: int
    net: Money


class Numbers(msgspec.Struct, frozen=True, kw_only=True):
    """`per_minute` has a row for every minute in which something was counted."""

    show_id: str
    metrics: list[Metric]
    per_minute: list[Minute]
    items: list[ItemNumbers]


class Viewers(msgspec.Struct, frozen=True, kw_only=True):
    at: datetime
    concurrent: int
    unique: int


class ItemName(msgspec.Struct, frozen=True, kw_only=True):
    item_id: str
    number: int
    title: str


def numbers_of(
    show_id: str, facts: Sequence[Fact], viewers: Sequence[Viewers], items: Sequence[ItemName], currency: str
) -> Numbers:
    return Numbers(
        show_id=show_id,
        metrics=[_metric(key, value) for key, value in _totals(facts, viewers, currency).items()],
        per_minute=_per_minute(facts, viewers),
        items=[_of_item(item, [fact for fact in facts if fact.item_id == item.item_id], currency) for item in items],
    )


def net_minor(facts: Iterable[Fact]) -> int:
    signs = {"sale": 1, "refund": -1}
    return sum(signs.get(fact.kind, 0) * fact.amount_minor for fact in facts)


def _totals(facts: Sequence[Fact], viewers: Sequence[Viewers], currency: str) -> dict[str, int | float | Money | None]:
    waits = _waits_ms(facts)
    return {
        "viewers_now": viewers[-1].concurrent if viewers else 0,
        "viewers_peak": max((sample.concurrent for sample in viewers), default=0),
        "viewers_unique": max((sample.unique for sample in viewers), default=0),
        "viewers_average_s": _average_stay_s(viewers),
        "requests": sum(fact.kind == "request" for fact in facts),
        "holds": sum(fact.kind == "hold" for fact in facts),
        "units": _units(facts),
        "sales_gross": Money(sum(fact.amount_minor for fact in facts if fact.kind == "sale"), currency),
        "sales_net": Money(net_minor(facts), currency),
        "open_to_paid_median": round(median(waits) / 1000, 1) if waits else None,
    }


def _average_stay_s(viewers: Sequence[Viewers]) -> int | None:
    """The area under the curve by the people under it. Nobody there, nothing to say."""
    unique = max((sample.unique for sample in viewers), default=0)
    if unique == 0:
        return None
    return round(sum(sample.concurrent for sample in viewers) * SAMPLE_S / unique)


def _waits_ms(facts: Sequence[Fact]) -> list[int]:
    """One per order: from the first of its items that was opened."""
    longest: dict[str, int] = {}
    for fact in facts:
        if fact.kind == "sale" and fact.open_to_paid_ms is not None:
            longest[fact.order_id] = max(longest.get(fact.order_id, 0), fact.open_to_paid_ms)
    return list(longest.values())


def _metric(key: str, value: int | float | Money | None) -> Metric:
    unit, english, chinese = DEFINITIONS[key]
    return Metric(key=key, value=value, unit=unit, definition_en=english, definition_zh=chinese)


def _units(facts: Iterable[Fact]) -> int:
    signs = {"sale": 1, "refund": -1}
    return sum(signs.get(fact.kind, 0) * fact.quantity for fact in facts)


def _of_item(item: ItemName, facts: Sequence[Fact], currency: str) -> ItemNumbers:
    return ItemNumbers(
        item_id=item.item_id,
        number=item.number,
        title=item.title,
        requests=sum(fact.kind == "request" for fact in facts),
        holds=sum(fact.kind == "hold" for fact in facts),
        units=_units(facts),
        net=Money(net_minor(facts), currency),
    )


def _per_minute(facts: Sequence[Fact], viewers: Sequence[Viewers]) -> list[Minute]:
    sales: dict[int, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.kind in ("sale", "refund"):
            sales[_minute(fact.at)].append(fact)
    seen: dict[int, int] = {}
    for sample in viewers:
        seen[_minute(sample.at)] = max(seen.get(_minute(sample.at), 0), sample.concurrent)
    return [
        Minute(
            at_ms=minute * 60_000,
            viewers=seen.get(minute, 0),
            orders=len({fact.order_id for fact in sales[minute] if fact.kind == "sale"}),
            net_minor=net_minor(sales[minute]),
        )
        for minute in sorted({*sales, *seen})
    ]


def _minute(at: datetime) -> int:
    return int(at.timestamp()) // 60
