"""Reads orders out of chat lines, each line once and before any sampling. It holds and tells the way to pay; it never
charges, and what it says it says to that person alone."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from shopcast import catalog, shows
from shopcast.kernel.actions import Tx
from shopcast.kernel.errors import Language, ShopcastError
from shopcast.kernel.ids import is_id, new_id
from shopcast.kernel.principal import Principal
from shopcast.kernel.tables import to_microseconds
from shopcast.rooms.events import ChatLineSaid
from shopcast.sales.chat_orders import repository
from shopcast.sales.chat_orders.errors import NotOnTheShelf, QuantityByComment, TooManyByComment
from shopcast.sales.chat_orders.model import CHOICES_LIMIT, OPEN_BY_COMMENT, ChatOrderState, Sized, meant
from shopcast.sales.chat_orders.repository import ChatOrder
from shopcast.sales.chat_orders.switch import is_enabled
from shopcast.sales.errors import NotForSale
from shopcast.sales.holds import repository as holds
from shopcast.sales.holds.model import QUANTITY_LIMIT, HoldView, Source
from shopcast.sales.holds.place_for import place_for
from shopcast.sales.holds.place_hold import PlaceHold
from shopcast.sales.restrictions.check import require_unrestricted
from shopcast.sales.standing.serve_variant import pay_path

MAIL_JOB: Final = "sales.mail_chat_hold"
PLACED_FRAME: Final = "hold.placed"
CHOOSE_FRAME: Final = "hold.choose"
REFUSED_FRAME: Final = "hold.refused"


class ChatHoldMail(msgspec.Struct, frozen=True):
    order_id: str


def read_line(tx: Tx, event: ChatLineSaid, now: datetime) -> None:
    asks = shows.parse_purchases(event.text)
    if not asks:
        return
    show = shows.show_of_room(tx, event.room_id)
    if show is None or not show.is_on_air or not is_enabled(tx, show.organisation_id, show.id):
        return
    # The host who calls "sold 7!" buys nothing.
    if _is_staff(tx, event.person_key, show):
        return
    items = {item.number: item for item in shows.items_by_number(tx, show.id, [ask.number for ask in asks])}
    for ask in asks:
        item = items.get(ask.number)
        if item is None:
            # Only what is on the shelf can be meant; "mine 7" in a show of three things is a word, not an order.
            if not ask.words:
                _tell_refused(tx, show.id, event.person_key, ask.number, NotOnTheShelf(number=ask.number), now)
            continue
        if not repository.was_read(tx, event.entry_id, item.id):
            _Order(tx, event, show, item, ask, now).read()


class _Order:
    """One item of one line."""

    def __init__(
        self,
        tx: Tx,
        event: ChatLineSaid,
        show: shows.Show,
        item: shows.NumberedItem,
        ask: shows.PurchaseAsk,
        now: datetime,
    ) -> None:
        self.tx, self.event, self.show, self.item, self.ask, self.now = tx, event, show, item, ask, now
        self.variants = catalog.variants_of(tx, [item.product_id]).get(item.product_id, [])

    def read(self) -> None:
        sized = [Sized(variant.id, tuple(variant.option_values)) for variant in self.variants]
        found = meant(sized, self.ask.words)
        if found.one is None and not found.choices:
            return
        try:
            self._check()
            if found.one is None:
                self._choose(found.choices)
                return
            self._place(next(variant for variant in self.variants if variant.id == found.one))
        except ShopcastError as refusal:
            self._file(ChatOrderState.REFUSED, None, None, refusal.code)
            _tell_refused(self.tx, self.show.id, self.event.person_key, self.item.number, refusal, self.now)

    def _check(self) -> None:
        if not 1 <= self.ask.quantity <= QUANTITY_LIMIT:
            raise QuantityByComment(limit=QUANTITY_LIMIT)
        if not self.variants or self.variants[0].product_status != "active":
            raise NotForSale()
        require_unrestricted(self.tx, self.event.person_key, self.show.organisation_id, "chat_order")

    def _place(self, variant: catalog.Variant) -> None:
        """Said twice, it is held once: the person is told again how to pay."""
        open_now = repository.open_by_comment(self.tx, self.event.person_key, self.show.id)
        if variant.id in open_now:
            known = holds.holds(self.tx, [open_now[variant.id]])[0]
            self._tell_placed(variant, holds.view_of(known))
            return
        if len(open_now) >= OPEN_BY_COMMENT:
            raise TooManyByComment(limit=OPEN_BY_COMMENT)
        command = PlaceHold(
            show_id=self.show.id,
            item_id=self.item.id,
            variant_id=variant.id,
            quantity=self.ask.quantity,
            source=Source.CHAT,
            media_at=self.event.media_at,
            opened_at=self.event.at,
        )
        hold = place_for(self.tx, self.event.person_key, command, self.now, Source.CHAT)
        order_id = self._file(ChatOrderState.PLACED, variant, hold.id, None)
        self._tell_placed(variant, hold)
        self.tx.enqueue(MAIL_JOB, ChatHoldMail(order_id), key=order_id)

    def _choose(self, variant_ids: Sequence[str]) -> None:
        wanted = [variant for variant in self.variants if variant.id in variant_ids][:CHOICES_LIMIT]
        self._file(ChatOrderState.ASKED, None, None, None)
        body: dict[str, object] = {
            "item_id": self.item.id,
            "number": self.item.number,
            "title": self.variants[0].product_title,
            "quantity": self.ask.quantity,
            "currency": self.variants[0].currency,
            "choices": [
                {
                    "variant_id": variant.id,
                    "title": variant.title,
                    "price": variant.price_minor,
                    "left": max(0, variant.left),
                }
                for variant in wanted
            ],
        }
        shows.tell_buyer(self.tx, self.show.id, self.event.person_key, CHOOSE_FRAME, body, self.now)

    def _tell_placed(self, variant: catalog.Variant, hold: HoldView) -> None:
        body: dict[str, object] = {
            "hold_id": hold.id,
            "item_id": self.item.id,
            "number": self.item.number,
            "variant_id": variant.id,
            "title": hold.title,
            "variant_title": hold.variant_title,
            "quantity": hold.quantity,
            "price": hold.price.amount_minor,
            "currency": hold.price.currency,
            "state": hold.state.value,
            "expires_at_ms": to_microseconds(hold.expires_at) // 1000,
            "pay_path": pay_path(self.show.id, hold.id),
        }
        shows.tell_buyer(self.tx, self.show.id, self.event.person_key, PLACED_FRAME, body, self.now)

    def _file(
        self, state: ChatOrderState, variant: catalog.Variant | None, hold_id: str | None, code: str | None
    ) -> str:
        order = ChatOrder(
            id=new_id("cho"),
            entry_id=self.event.entry_id,
            item_id=self.item.id,
            item_number=self.item.number,
            organisation_id=self.show.organisation_id,
            show_id=self.show.id,
            buyer_key=self.event.person_key,
            name=self.event.name,
            text=self.event.text,
            state=state,
            code=code,
            variant_id=None if variant is None else variant.id,
            variant_title="" if variant is None else variant.title,
            quantity=self.ask.quantity,
            hold_id=hold_id,
            at=self.event.at,
        )
        repository.insert_order(self.tx, order)
        return order.id


def _is_staff(tx: Tx, person_key: str, show: shows.Show) -> bool:
    if not is_id(person_key, "usr"):
        return False
    return "staff" in shows.rights(tx, Principal(person_id=person_key), show)


def _tell_refused(tx: Tx, show_id: str, person_key: str, number: int, refusal: ShopcastError, now: datetime) -> None:
    languages: tuple[Language, ...] = ("en", "zh")
    message: Mapping[str, str] = {language: refusal.message(language) for language in languages}
    body: dict[str, object] = {"number": number, "code": refusal.code, "message": message}
    shows.tell_buyer(tx, show_id, person_key, REFUSED_FRAME, body, now)
