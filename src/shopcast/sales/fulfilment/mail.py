"""Writes and sends the mails about what happens after buying; runs in jobs, at least once."""

import asyncio
import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.config import Settings
from shopcast.kernel.errors import Language
from shopcast.kernel.jobs import JobContext
from shopcast.kernel.money import Money
from shopcast.kernel.ports import Mail, Mailer
from shopcast.kernel.principal import SYSTEM
from shopcast.sales import links
from shopcast.sales.disputes.keep_mail import KeepMail
from shopcast.sales.fulfilment import repository
from shopcast.sales.fulfilment.model import ShipmentState
from shopcast.sales.fulfilment.notify import AfterMail, AfterMailKind
from shopcast.sales.fulfilment.words import OPENINGS, SUBJECTS, word
from shopcast.sales.orders import repository as orders
from shopcast.sales.orders.model import OrderLineView
from shopcast.sales.orders.repository import Order
from shopcast.sales.receipts.words import PRIVATE_LINE, money_text
from shopcast.sales.returns import repository as returns
from shopcast.sales.returns.model import withdrawal_until


@dataclass(frozen=True, slots=True)
class _Letter:
    order: Order
    subject: str
    paragraphs: tuple[str, ...]
    url: str


async def mail_after(context: JobContext, payload: AfterMail) -> None:
    letter = await context.reads.run(_letter, payload, context.settings)
    if letter is None:
        return
    language = _language(letter.order)
    mail = Mail(
        to=letter.order.email,
        subject=letter.subject,
        text=_text(letter, language),
        html=_html(letter, language),
    )
    await asyncio.to_thread(cast(Mailer, context.ports["mailer"]).send, mail)
    kept = KeepMail(
        order_id=letter.order.id, kind=payload.kind.value, subject_id=payload.subject_id, sent_to=letter.order.email
    )
    await context.actions.run(kept, SYSTEM)


def _letter(conn: ReadConnection, payload: AfterMail, settings: Settings) -> _Letter | None:
    """None for a parcel that never left after all."""
    order = orders.order(conn, payload.order_id)
    if order is None:
        return None
    language = _language(order)
    facts, more = _facts(conn, order, payload, language)
    if facts is None:
        return None
    params = {"name": order.address.name, "seller": order.seller_name, "number": order.number, **facts}
    opening = OPENINGS[payload.kind][language].format_map(params)
    to_cart = payload.kind is AfterMailKind.EXCHANGE_TO_PAY
    url = f"{settings.public_url}/cart" if to_cart else links.order_url(settings, order.id, order.link_salt)
    return _Letter(
        order=order,
        subject=SUBJECTS[payload.kind][language].format(number=order.number),
        paragraphs=(opening, *more, word("cart_link" if to_cart else "link", language)),
        url=url,
    )


def _facts(
    conn: ReadConnection, order: Order, payload: AfterMail, language: Language
) -> tuple[dict[str, str] | None, list[str]]:
    lines = {line.id: line for line in orders.lines_of(conn, order.id)}
    if payload.kind in (AfterMailKind.SHIPPED, AfterMailKind.DELIVERED):
        return _parcel(conn, order, payload, lines, language)
    found = returns.return_of(conn, payload.subject_id)
    if found is None:
        return {}, []
    items = returns.items_of(conn, found.id)
    goods = [f"{item.quantity} × {_name(lines[item.line_id])}" for item in items]
    more = ["\n".join(goods)]
    if found.answer:
        more.append(word("seller_says", language, answer=found.answer))
    if payload.kind is AfterMailKind.RETURN_APPROVED and found.send_until is not None:
        more.append(word("send_until", language, day=f"{found.send_until:%Y-%m-%d}"))
    if payload.kind is AfterMailKind.RETURN_INSPECTED:
        answers = [word("seller_says", language, answer=item.answer) for item in items if item.answer]
        withheld = sum(item.withheld_minor for item in items)
        kept = [word("kept", language, amount=money_text(Money(withheld, order.total.currency)))] if withheld else []
        more = [*more, *answers, *kept]
    units = str(sum(item.quantity for item in items))
    return {"units": units, "accepted": str(sum(item.accepted for item in items))}, more


def _parcel(
    conn: ReadConnection, order: Order, payload: AfterMail, lines: dict[str, OrderLineView], language: Language
) -> tuple[dict[str, str] | None, list[str]]:
    shipment = repository.shipment_of(conn, payload.subject_id)
    if shipment is None or shipment.state is ShipmentState.UNDONE:
        return None, []
    units = repository.units_of(conn, shipment.id)
    more = ["\n".join(f"{count} × {_name(lines[line_id])}" for line_id, count in units.items())]
    if shipment.tracking_number:
        named = " ".join(part for part in (shipment.carrier, shipment.tracking_number) if part)
        more.append(word("tracking", language, number=named))
    if shipment.tracking_url is not None:
        more.append(word("track_at", language, url=shipment.tracking_url))
    until = withdrawal_until(shipment.delivered_at)
    day = "" if until is None else f"{until:%Y-%m-%d}"
    return {"units": str(sum(units.values())), "day": day}, more


def _name(line: OrderLineView) -> str:
    return f"{line.title} ({line.variant_title})" if line.variant_title else line.title


def _text(letter: _Letter, language: Language) -> str:
    parts: Sequence[str] = [*letter.paragraphs[:-1], f"{letter.paragraphs[-1]}\n{letter.url}", PRIVATE_LINE[language]]
    return "\n\n".join([*parts, letter.order.seller_legal_identity]).rstrip() + "\n"


def _html(letter: _Letter, language: Language) -> str:
    link = f'{_escaped(letter.paragraphs[-1])}<br><a href="{html.escape(letter.url)}">{html.escape(letter.url)}</a>'
    parts = [*(_escaped(part) for part in letter.paragraphs[:-1]), link, _escaped(PRIVATE_LINE[language])]
    body = "".join(f"<p>{part}</p>" for part in [*parts, _escaped(letter.order.seller_legal_identity)] if part)
    return f'<!doctype html><html lang="{"zh-Hans" if language == "zh" else "en"}"><body>{body}</body></html>'


def _escaped(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")


def _language(order: Order) -> Language:
    return "zh" if order.language == "zh" else "en"
