"""What a hold would cost with shipping and tax, kept for a moment: in a drop thousands ask for the same."""

from collections.abc import Callable
from datetime import datetime, timedelta

from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.reads import Reads
from shopcast.sales.holds.model import HoldView
from shopcast.sales.quotes.model import Quote

# A seller who changes shipping prices sees it in previews this much later; payment reckons anew anyway.
KEPT = timedelta(seconds=2)
# Different prices and quantities asked about within those seconds.
PREVIEWS_LIMIT = 1_000

_Key = tuple[str, str, int, int]


class Previews:
    def __init__(self, reads: Reads, read: Callable[[ReadConnection, HoldView, datetime], Quote]) -> None:
        self._reads = reads
        self._read = read
        self._known: dict[_Key, tuple[datetime, Quote]] = {}

    async def of(self, hold: HoldView, now: datetime) -> Quote:
        """The same for all holds of one seller, price and quantity."""
        key = (hold.seller_id, hold.price.currency, hold.price.amount_minor, hold.quantity)
        known = self._known.get(key)
        if known is not None and now - known[0] < KEPT:
            return known[1]
        if known is not None:
            # Whoever asks while it is read anew is answered with the one before.
            self._known[key] = (now, known[1])
        quote = await self._reads.run(self._read, hold, now)
        if len(self._known) >= PREVIEWS_LIMIT:
            self._known.clear()
        self._known[key] = (now, quote)
        return quote
