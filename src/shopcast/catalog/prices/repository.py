"""SQL of prices: the price on the variant and its history are written together, always."""

from datetime import datetime, timedelta

from sqlalchemy import func, insert, select, update

from shopcast.catalog.errors import PriceOutOfRange
from shopcast.catalog.events import PriceChanged
from shopcast.catalog.products.model import PRICE_LIMIT_MINOR
from shopcast.catalog.tables import price, price_window, variant
from shopcast.kernel.actions import Tx


def check_price(price_minor: int) -> None:
    """Raises PriceOutOfRange."""
    if not 0 <= price_minor <= PRICE_LIMIT_MINOR:
        raise PriceOutOfRange(largest=PRICE_LIMIT_MINOR)


def change_price(
    tx: Tx, variant_id: str, product_id: str, was_minor: int, price_minor: int, currency: str, now: datetime
) -> None:
    tx.execute(update(variant).where(variant.c.id == variant_id).values(price_minor=price_minor, currency=currency))
    newest = tx.execute(select(func.max(price.c.from_at)).where(price.c.variant_id == variant_id)).scalar_one_or_none()
    # Two changes within a microsecond are two lines of history all the same.
    from_at = now if newest is None or newest < now else newest + timedelta(microseconds=1)
    tx.execute(insert(price).values(variant_id=variant_id, from_at=from_at, price_minor=price_minor, currency=currency))
    tx.record(
        PriceChanged(
            variant_id=variant_id,
            product_id=product_id,
            was_minor=was_minor,
            price_minor=price_minor,
            currency=currency,
        )
    )


def add_window(
    tx: Tx,
    window_id: str,
    variant_id: str,
    price_minor: int,
    currency: str,
    from_at: datetime,
    to_at: datetime,
    cause_id: str,
) -> None:
    tx.execute(
        insert(price_window).values(
            id=window_id,
            variant_id=variant_id,
            from_at=from_at,
            to_at=to_at,
            price_minor=price_minor,
            currency=currency,
            cause_id=cause_id,
        )
    )


def close_windows(tx: Tx, cause_id: str, now: datetime) -> None:
    row = price_window.c
    of_cause = update(price_window).where(row.cause_id == cause_id, row.to_at > now)
    tx.execute(of_cause.where(row.from_at > now).values(to_at=row.from_at))
    tx.execute(of_cause.where(row.from_at <= now).values(to_at=now))
