"""Lower prices for a while beside the everyday one: what "lowest in 30 days" must know besides."""

from collections.abc import Collection
from datetime import datetime

from shopcast.catalog.prices import repository
from shopcast.kernel.actions import Tx
from shopcast.kernel.ids import new_id


def open_price_window(
    tx: Tx,
    variant_ids: Collection[str],
    price_minor: int,
    currency: str,
    from_at: datetime,
    to_at: datetime,
    cause: str,
) -> None:
    """May lie ahead; it counts from the instant it begins. `cause` is the id of what may close it early."""
    for variant_id in sorted(set(variant_ids)):
        repository.add_window(tx, new_id("win"), variant_id, price_minor, currency, from_at, to_at, cause)


def close_price_window(tx: Tx, cause: str, now: datetime) -> None:
    """It ends now, or where it begins if it has not begun; one that is over stays as it was."""
    repository.close_windows(tx, cause, now)
