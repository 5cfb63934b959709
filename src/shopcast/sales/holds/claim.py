"""What a payment bought is sold: all its holds or none, taking stock again for those that ended meanwhile."""

from datetime import datetime

from shopcast import catalog
from shopcast.kernel.actions import Tx
from shopcast.sales.holds import repository
from shopcast.sales.holds.model import HoldState
from shopcast.sales.holds.release import tell_stock
from shopcast.sales.holds.repository import Hold


def claim_holds(tx: Tx, held: list[Hold], now: datetime) -> bool:
    """All or nothing. Holds that ended while the buyer was paying are taken again by the same conditional statement;
    when one can't be, what is still held goes back to the buyer, who may pay for it on its own."""
    over = [hold for hold in held if hold.state is not HoldState.HELD]
    if not _hold_again(tx, over):
        repository.attach(tx, [hold.id for hold in held if hold not in over], None)
        return False
    for hold in held:
        again = hold in over
        claimed = (
            repository.claim_again(tx, hold.id, now) if again else repository.end(tx, hold.id, HoldState.CLAIMED, now)
        )
        if not claimed:
            raise RuntimeError(f"hold {hold.id} changed within its own transaction")
    catalog.claim_stock(tx, repository.demand(held))
    tell_stock(tx, over, now)
    return True


def _hold_again(tx: Tx, over: list[Hold]) -> bool:
    taken: dict[str, int] = {}
    for variant_id, quantity in sorted(repository.demand(over).items()):
        try:
            catalog.hold_stock(tx, {variant_id: quantity})
        except catalog.SoldOut:
            # Not by rolling back: the refund that follows must be stored.
            catalog.release_stock(tx, taken)
            return False
        taken[variant_id] = quantity
    return True
