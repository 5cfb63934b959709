"""SQL of exchange rates."""

from datetime import datetime

from sqlalchemy import func, select, text

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.tables import to_microseconds
from shopcast.sales.errors import NoExchangeRate
from shopcast.sales.exchange.model import Rate, inverse, same
from shopcast.sales.exchange.tables import exchange_rate

# Twice within one microsecond is one saying, and the later one is meant.
ADD = text(
    "INSERT INTO sales_exchange_rate (base, quote, at, rate, source, created_by)"
    " VALUES (:base, :quote, :at, :rate, :source, :created_by) ON CONFLICT (base, quote, at) DO UPDATE SET"
    " rate = excluded.rate, source = excluded.source, created_by = excluded.created_by"
)


def rate_between(conn: ReadConnection, base: str, quote: str, now: datetime) -> Rate:
    """The newest that is not from the future, or the other direction's turned round. Raises NoExchangeRate."""
    if base == quote:
        return same(base)
    found = _newest(conn, base, quote, now)
    if found is not None:
        return found
    backwards = _newest(conn, quote, base, now)
    turned = None if backwards is None else inverse(backwards.text)
    if backwards is None or turned is None:
        raise NoExchangeRate(base=base, quote=quote)
    return Rate(base=base, quote=quote, text=turned, source=backwards.source, at=backwards.at)


def newest_rates(conn: ReadConnection, now: datetime, limit: int) -> list[Rate]:
    """The one in force of each pair."""
    newest = (
        select(exchange_rate.c.base, exchange_rate.c.quote, func.max(exchange_rate.c.at).label("at"))
        .where(exchange_rate.c.at <= now)
        .group_by(exchange_rate.c.base, exchange_rate.c.quote)
        .subquery()
    )
    rows = conn.execute(
        select(exchange_rate)
        .join(
            newest,
            (newest.c.base == exchange_rate.c.base)
            & (newest.c.quote == exchange_rate.c.quote)
            & (newest.c.at == exchange_rate.c.at),
        )
        .order_by(exchange_rate.c.base, exchange_rate.c.quote)
        .limit(limit)
    )
    return [Rate(base=row.base, quote=row.quote, text=row.rate, source=row.source, at=row.at) for row in rows]


def add_rate(tx: Tx, rate: Rate, created_by: str, now: datetime) -> None:
    tx.execute(
        ADD,
        {
            "base": rate.base,
            "quote": rate.quote,
            "at": to_microseconds(now),
            "rate": rate.text,
            "source": rate.source or "",
            "created_by": created_by,
        },
    )


def _newest(conn: ReadConnection, base: str, quote: str, now: datetime) -> Rate | None:
    row = conn.execute(
        select(exchange_rate)
        .where(exchange_rate.c.base == base, exchange_rate.c.quote == quote, exchange_rate.c.at <= now)
        .order_by(exchange_rate.c.at.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    return Rate(base=row.base, quote=row.quote, text=row.rate, source=row.source, at=row.at)
