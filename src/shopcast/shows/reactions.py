"""What shows do when others speak: pictures come and go, lines are said, goods and guests change."""

from datetime import datetime

from shopcast import media
from shopcast.catalog.events import PriceChanged, ProductChanged, StockChanged
from shopcast.kernel.actions import Tx
from shopcast.kernel.subscriptions import Subscription
from shopcast.media.events import BroadcastEnded, BroadcastLost, BroadcastReady, BroadcastWarned
from shopcast.rooms.events import ChatLineSaid
from shopcast.shows.events import ItemPinned, MomentClosed, ShowResumed
from shopcast.shows.requests.ask_to_see import place_if_new
from shopcast.shows.requests.model import parse_try_on
from shopcast.shows.requests.publish import say_requests_soon, tell_and_go_on
from shopcast.shows.schedule.end_show import end
from shopcast.shows.schedule.interrupt import interrupt, state_body
from shopcast.shows.schedule.repository import set_show, show_of_broadcast, show_of_room
from shopcast.shows.schedule.repository import show as read_show
from shopcast.shows.shelf.publish import product_changed, stock_changed
from shopcast.shows.shelf.repository import items_by_number
from shopcast.shows.timeline.kinds import SHOW_STATE, STAFF_WARNING
from shopcast.shows.timeline.say import say, say_to_staff


def interrupt_show(tx: Tx, event: BroadcastLost, now: datetime) -> None:
    """News of lost and ready pictures come through two subscriptions and may overtake each other; the broadcast's own
    state decides, so the show ends up right in any order."""
    show = show_of_broadcast(tx, event.broadcast_id)
    # A cut takes the picture away on purpose; the show goes on behind the cover until it is brought back.
    if show is None or show.state != "live" or show.is_cut:
        return
    if media.broadcast(tx, event.broadcast_id).state == "lost":
        interrupt(tx, show, now)


def resume_show(tx: Tx, event: BroadcastReady, now: datetime) -> None:
    """Whatever resolution comes back, it is the same show."""
    show = show_of_broadcast(tx, event.broadcast_id)
    if show is None or show.state != "interrupted" or media.broadcast(tx, event.broadcast_id).state != "ready":
        return
    set_show(tx, show.id, state="live", interrupted_at=None)
    say(tx, show, SHOW_STATE, state_body(read_show(tx, show.id), is_cut=show.is_cut), now)
    tx.record(ShowResumed(show_id=show.id, at=now))


def end_with_broadcast(tx: Tx, event: BroadcastEnded, now: datetime) -> None:
    show = show_of_broadcast(tx, event.broadcast_id)
    if show is not None and not show.is_over:
        end(tx, show, show.interrupted_at or event.at, now)


def warn_staff(tx: Tx, event: BroadcastWarned, now: datetime) -> None:
    show = show_of_broadcast(tx, event.broadcast_id)
    if show is not None and not show.is_over:
        say_to_staff(tx, show, STAFF_WARNING, {"code": event.warning, "params": dict(event.parameters)}, now)


def read_requests(tx: Tx, event: ChatLineSaid, now: datetime) -> None:
    """Every line, before any sampling; exactly once by the relay."""
    asked = parse_try_on(event.text)
    if not asked.numbers:
        return
    show = show_of_room(tx, event.room_id)
    if show is None or show.state not in ("scheduled", "live", "interrupted"):
        return
    for item in items_by_number(tx, show.id, asked.numbers):
        place_if_new(tx, show, item, event.person_key, asked.words, event.at)
        # The list was said, or is going to be: what comes next joins it.
        show = read_show(tx, show.id)


def tell_on_air(tx: Tx, event: ItemPinned, now: datetime) -> None:
    tell_and_go_on(tx, event.moment_id, "on_air", now)
    show = read_show(tx, event.show_id)
    if show.is_on_air:
        say_requests_soon(tx, show, now)


def tell_answered(tx: Tx, event: MomentClosed, now: datetime) -> None:
    tell_and_go_on(tx, event.moment_id, "answered", now)


def say_price(tx: Tx, event: PriceChanged, now: datetime) -> None:
    product_changed(tx, event.product_id, price=True)


def say_product(tx: Tx, event: ProductChanged, now: datetime) -> None:
    product_changed(tx, event.product_id, price=False)


def say_stock(tx: Tx, event: StockChanged, now: datetime) -> None:
    stock_changed(tx, None, [event.product_id], now)


SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription("shows.interrupt_show", BroadcastLost, interrupt_show, key=lambda event: event.broadcast_id),
    Subscription("shows.resume_show", BroadcastReady, resume_show, key=lambda event: event.broadcast_id),
    Subscription("shows.end_with_broadcast", BroadcastEnded, end_with_broadcast, key=lambda event: event.broadcast_id),
    Subscription("shows.warn_staff", BroadcastWarned, warn_staff, key=lambda event: event.broadcast_id),
    Subscription("shows.read_requests", ChatLineSaid, read_requests, key=lambda event: event.room_id),
    Subscription("shows.tell_on_air", ItemPinned, tell_on_air, key=lambda event: event.show_id),
    Subscription("shows.tell_answered", MomentClosed, tell_answered, key=lambda event: event.show_id),
    Subscription("shows.say_price", PriceChanged, say_price, key=lambda event: event.product_id),
    Subscription("shows.say_product", ProductChanged, say_product, key=lambda event: event.product_id),
    Subscription("shows.say_stock", StockChanged, say_stock, key=lambda event: event.product_id),
)
