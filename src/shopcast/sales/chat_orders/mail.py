"""The mail with the way to pay for what was ordered by comment; only where an address is known."""

from collections.abc import Mapping
from typing import Final

from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import Language
from shopcast.kernel.jobs import JobContext
from shopcast.sales import contacts
from shopcast.sales.chat_orders import repository
from shopcast.sales.chat_orders.read_line import ChatHoldMail
from shopcast.sales.contacts import Contact
from shopcast.sales.holds import repository as holds
from shopcast.sales.holds.repository import Hold
from shopcast.sales.receipts.words import instant_text, money_text
from shopcast.sales.standing.serve_variant import pay_path
from shopcast.sales.standing.words import what_text

SUBJECT: Final[Mapping[Language, str]] = {
    "en": "Held for you: number {number}, {what}",
    "zh": "已为您预留：{number} 号 {what}",
}
BODY: Final[Mapping[Language, str]] = {
    "en": "You wrote “{said}”. {quantity} × {what} at {price} is held for you until {until}. Nothing is charged until "
    "you pay here:\n{url}\n\nIf you did not mean to order, do nothing: it goes back by itself.\n",
    "zh": "您在评论中写道“{said}”。已为您预留 {quantity} 件“{what}”，单价 {price}，保留至 {until}。"
    "在您付款之前不会扣款，请在此付款：\n{url}\n\n如非有意下单，无需任何操作，预留会自动释放。\n",
}


async def mail_chat_hold(context: JobContext, payload: ChatHoldMail) -> None:
    found = await context.reads.run(_found, payload.order_id)
    if found is None:
        return
    contact, said, number, hold = found
    language = contact.language
    what = what_text(hold.title, hold.variant_title)
    text = BODY[language].format(
        said=said,
        quantity=hold.quantity,
        what=what,
        price=money_text(hold.price),
        until=instant_text(hold.expires_at),
        url=f"{context.settings.public_url}{pay_path(hold.show_id, hold.id)}",
    )
    await contacts.send(context, contact, SUBJECT[language].format(number=number, what=what), text)


def _found(conn: ReadConnection, order_id: str) -> tuple[Contact, str, int, Hold] | None:
    order = repository.order(conn, order_id)
    if order is None or order.hold_id is None:
        return None
    contact = contacts.contact_of(conn, order.buyer_key)
    held = [hold for hold in holds.holds(conn, [order.hold_id]) if hold.state == "held"]
    return None if contact is None or not held else (contact, order.text, order.item_number, held[0])
