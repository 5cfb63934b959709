"""What standing orders do when others speak: prices and stock move, holds end, checkouts are decided."""

from datetime import datetime

from shopcast import catalog, shows
from shopcast.kernel.actions import Tx
from shopcast.sales.events import DropOpened, HoldReleased, LinesCancelled, MandateEnded, OrderCancelled, OrderPaid
from shopcast.sales.standing import repository
from shopcast.sales.standing.end_standing import close_mandate, fail_taken, fail_waiting
from shopcast.sales.standing.model import StandingState
from shopcast.sales.standing.repository import StandingOrder
from shopcast.sales.standing.serve_variant import serve_soon
from shopcast.shows.events import ShelfChanged, ShowWentLive

FILLED_FRAME = "standing.filled"


def price_changed(tx: Tx, event: catalog.PriceChanged, now: datetime) -> None:
    if event.price_minor < event.was_minor:
        serve_soon(tx, event.variant_id)


def stock_changed(tx: Tx, event: catalog.StockChanged, now: datetime) -> None:
    serve_soon(tx, event.variant_id)


def hold_released(tx: Tx, event: HoldReleased, now: datetime) -> None:
    """A turn that was not used passes on; so does everybody else's stock."""
    standing_id = repository.taken_by_hold(tx, event.hold_id)
    if standing_id is not None:
        _turn_over(tx, standing_id, event.expired, now)
    serve_soon(tx, event.variant_id)


def order_cancelled(tx: Tx, event: OrderCancelled, now: datetime) -> None:
    for variant_id in sorted({line.variant_id for line in event.lines}):
        serve_soon(tx, variant_id)


def lines_cancelled(tx: Tx, event: LinesCancelled, now: datetime) -> None:
    for variant_id in sorted({line.variant_id for line in event.lines}):
        serve_soon(tx, variant_id)


def drop_opened(tx: Tx, event: DropOpened, now: datetime) -> None:
    for variant_id in event.variant_ids:
        serve_soon(tx, variant_id)


def show_changed(tx: Tx, event: ShowWentLive | ShelfChanged, now: datetime) -> None:
    """From now on its items can be bought, or one that was hidden can be seen."""
    for variant_id in repository.variants_in_show(tx, event.show_id):
        serve_soon(tx, variant_id)


def product_changed(tx: Tx, event: catalog.ProductChanged, now: datetime) -> None:
    for variant_id in repository.variants_of_product(tx, event.product_id):
        serve_soon(tx, variant_id)


def mandate_ended(tx: Tx, event: MandateEnded, now: datetime) -> None:
    """Taken back by its person: what waited on it ends. What is being paid goes on, it was allowed when it began."""
    for one in repository.waiting_on_mandate(tx, event.mandate_id):
        fail_waiting(tx, one, "sales.mandate_over", now)


def checkout_failed(tx: Tx, checkout_id: str, reason: str, now: datetime) -> None:
    standing_id = repository.by_checkout(tx, checkout_id)
    one = None if standing_id is None else repository.standing(tx, standing_id)
    if one is not None and one.state is StandingState.TAKEN:
        fail_taken(tx, one, reason, now)


def order_paid(tx: Tx, event: OrderPaid, now: datetime) -> None:
    for standing_id in repository.of_order(tx, event.order_id, event.checkout_id):
        one = repository.standing(tx, standing_id)
        if one is not None and repository.fill(tx, one.id, event.order_id, now):
            _filled(tx, one, event, now)


def follow(tx: Tx, guest_key: str, person_id: str, now: datetime) -> None:
    """What stays behind is waited for by the person already; nobody should be charged for the second."""
    for standing_id in repository.follow(tx, guest_key, person_id):
        if repository.end(tx, standing_id, StandingState.WAITING, StandingState.CANCELLED, None, now):
            one = repository.standing(tx, standing_id)
            if one is not None:
                close_mandate(tx, one, now)


def _turn_over(tx: Tx, standing_id: str, expired: bool, now: datetime) -> None:
    one = repository.standing(tx, standing_id)
    # One that is being paid is decided by its checkout: money may still arrive after the hold's end.
    if one is None or one.checkout_id is not None:
        return
    if one.mandate_id is not None:
        # The worker stood still for the length of a hold: they wait on at their old place.
        repository.wait_again(tx, one.id)
        return
    fail_taken(tx, one, "turn_missed" if expired else "turn_declined", now)


def _filled(tx: Tx, one: StandingOrder, event: OrderPaid, now: datetime) -> None:
    if one.mandate_id is not None:
        # Spent, not given back: the mandate was for this purchase.
        repository.clear_reserved(tx, one.id)
        close_mandate(tx, one, now)
    if one.show_id is None:
        return
    body: dict[str, object] = {
        "standing_id": one.id,
        "item_id": one.item_id,
        "number": one.item_number,
        "title": one.title,
        "order_id": event.order_id,
        "order_number": event.number,
        "total": {"amount_minor": event.total.amount_minor, "currency": event.total.currency},
    }
    shows.tell_buyer(tx, one.show_id, one.buyer_key, FILLED_FRAME, body, now)
