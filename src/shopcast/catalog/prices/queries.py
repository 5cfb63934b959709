"""Reads prices: the one now, and what it was before."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any

from sqlalchemy import Row, bindparam, func, select

from shopcast.catalog.tables import price, price_window, variant
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import NotFound
from shopcast.kernel.money import Money

_IDS_AT_ONCE = 1_000
# Changes made at one instant are filed microseconds apart (see repository.py); the last of them counts at once.
_SAME_INSTANT = timedelta(milliseconds=1)

# Built once: they run for every card and every order line.
_TODAY = (
    select(variant.c.id, variant.c.price_minor, variant.c.currency, func.max(price.c.from_at).label("since"))
    .join(price, price.c.variant_id == variant.c.id)
    .where(variant.c.id.in_(bindparam("ids", expanding=True)), price.c.from_at <= bindparam("until"))
    .group_by(variant.c.id, variant.c.price_minor, variant.c.currency)
)
_HISTORY = (
    select(price)
    .where(price.c.variant_id.in_(bindparam("ids", expanding=True)))
    .order_by(price.c.variant_id, price.c.from_at)
)
# One that was called off before it began is as long as nothing, and was never in force.
_WINDOWS = (
    select(price_window)
    .where(
        price_window.c.variant_id.in_(bindparam("ids", expanding=True)), price_window.c.to_at > price_window.c.from_at
    )
    .order_by(price_window.c.variant_id, price_window.c.from_at)
)
_LAST_WINDOW = (
    select(price_window.c.variant_id, func.max(price_window.c.to_at).label("ended_at"))
    .where(
        price_window.c.variant_id.in_(bindparam("ids", expanding=True)),
        price_window.c.to_at > price_window.c.from_at,
        price_window.c.to_at <= bindparam("until"),
    )
    .group_by(price_window.c.variant_id)
)


def before_price_at(conn: ReadConnection, variant_ids: Collection[str], at: datetime) -> dict[str, Money]:
    """What a reduction that begins at `at` may be measured against: the lowest price of the 30 days before it."""
    window = (at - timedelta(days=30), at - timedelta(microseconds=1))
    return _lowest_between(conn, dict.fromkeys(variant_ids, window))


def price_now(conn: ReadConnection, variant_id: str) -> Money:
    """Raises NotFound."""
    row = conn.execute(select(variant.c.price_minor, variant.c.currency).where(variant.c.id == variant_id)).first()
    if row is None:
        raise NotFound("variant")
    return Money(row.price_minor, row.currency)


def lowest_price_in_days(conn: ReadConnection, variant_id: str, days: int = 30, *, now: datetime) -> Money | None:
    """The lowest price in force at any instant of the last `days` days, today's included; None if unknown."""
    return lowest_prices_in_days(conn, [variant_id], days, now=now).get(variant_id)


def lowest_prices_in_days(
    conn: ReadConnection, variant_ids: Collection[str], days: int = 30, *, now: datetime
) -> dict[str, Money]:
    window = (now - timedelta(days=days), now + _SAME_INSTANT)
    return _lowest_between(conn, dict.fromkeys(variant_ids, window))


def lowest_prices_at(
    conn: ReadConnection, asked: Collection[tuple[str, datetime]], days: int = 30
) -> dict[tuple[str, datetime], Money]:
    """The lowest of the `days` days before each instant, by variant and instant; each variant's history is read once,
    however many instants are asked of it."""
    past = _past(conn, {variant_id for variant_id, _ in asked})
    found: dict[tuple[str, datetime], Money] = {}
    for variant_id, at in set(asked):
        lowest = past[variant_id].lowest_between(at - timedelta(days=days), at + _SAME_INSTANT)
        if lowest is not None:
            found[variant_id, at] = lowest
    return found


def prices_before(conn: ReadConnection, variant_ids: Collection[str], *, now: datetime) -> dict[str, Money]:
    """The "before" price the law lets a reduction be measured against (Directive 98/6/EC, article 6a): the lowest of
    the 30 days before today's price began. Only variants whose price today is below it, and whose prices have
    one currency, are in the answer.
    """
    today = {
        row.id: row
        for ids in _slices(variant_ids)
        for row in conn.execute(_TODAY, {"ids": ids, "until": now + _SAME_INSTANT})
    }
    instant = timedelta(microseconds=1)
    # After a drop the everyday price is announced anew: what it may be measured against includes the drop's price.
    ended = {
        row.variant_id: row.ended_at
        for ids in _slices(today)
        for row in conn.execute(_LAST_WINDOW, {"ids": ids, "until": now})
    }
    since = {id: max(row.since, ended.get(id, row.since)) for id, row in today.items()}
    windows = {id: (from_at - timedelta(days=30), from_at - instant) for id, from_at in since.items()}
    return {
        id: before
        for id, before in _lowest_between(conn, windows).items()
        if before.currency == today[id].currency and before.amount_minor > today[id].price_minor
    }


@dataclass(slots=True)
class _Past:
    """One variant's prices, oldest first, and the stretches in which it was sold at another."""

    prices: list[Row[Any]] = field(default_factory=list)
    windows: list[Row[Any]] = field(default_factory=list)

    def lowest_between(self, start: datetime, end: datetime) -> Money | None:
        lowest: Money | None = None
        for row, following in zip_longest(self.prices, self.prices[1:]):
            if row.from_at > end or (following is not None and following.from_at <= start):
                continue
            if lowest is None or lowest.currency != row.currency or row.price_minor < lowest.amount_minor:
                lowest = Money(row.price_minor, row.currency)
        for row in self.windows:
            if lowest is None or lowest.currency != row.currency or row.from_at > end or row.to_at <= start:
                continue
            if row.price_minor < lowest.amount_minor:
                lowest = Money(row.price_minor, row.currency)
        return lowest


def _lowest_between(conn: ReadConnection, windows: dict[str, tuple[datetime, datetime]]) -> dict[str, Money]:
    past = _past(conn, windows)
    found = {variant_id: past[variant_id].lowest_between(*windows[variant_id]) for variant_id in windows}
    return {variant_id: lowest for variant_id, lowest in found.items() if lowest is not None}


def _past(conn: ReadConnection, variant_ids: Collection[str]) -> dict[str, _Past]:
    past = {variant_id: _Past() for variant_id in variant_ids}
    for ids in _slices(variant_ids):
        for row in conn.execute(_HISTORY, {"ids": ids}):
            past[row.variant_id].prices.append(row)
        for row in conn.execute(_WINDOWS, {"ids": ids}):
            past[row.variant_id].windows.append(row)
    return past


def _slices(ids: Collection[str]) -> list[list[str]]:
    wanted = sorted(set(ids))
    return [wanted[start : start + _IDS_AT_ONCE] for start in range(0, len(wanted), _IDS_AT_ONCE)]
