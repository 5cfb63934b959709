"""A checkout that failed for good: told once, so that whoever gave it something takes it back; the
promotions it had counted are free again."""

from collections.abc import Iterable
from datetime import datetime

from shopcast.kernel.actions import Tx
from shopcast.sales.checkout import repository
from shopcast.sales.checkout.model import CheckoutState
from shopcast.sales.checkout.repository import Checkout
from shopcast.sales.events import CheckoutFailed
from shopcast.sales.holds import repository as holds
from shopcast.sales.promotions.redeem import give_back


def close_failed(tx: Tx, checkout: Checkout, reason: str, now: datetime) -> None:
    if not repository.close(tx, checkout.id, now):
        return
    give_back(tx, checkout.id, now)
    held = holds.holds_of_checkout(tx, checkout.id)
    tx.record(
        CheckoutFailed(
            checkout_id=checkout.id,
            buyer_key=checkout.buyer_key,
            reason=reason,
            hold_ids=tuple(hold.id for hold in held),
            at=now,
        )
    )


def close_without_holds(tx: Tx, checkout_ids: Iterable[str], now: datetime) -> None:
    """Some of their holds are over: those that failed can't be tried again. Those being paid go on, and take their
    stock again if the money comes."""
    for checkout_id in sorted(set(checkout_ids)):
        checkout = repository.checkout(tx, checkout_id)
        if checkout is not None and checkout.state is CheckoutState.FAILED:
            close_failed(tx, checkout, checkout.failure_code or "abandoned", now)
