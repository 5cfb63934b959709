"""Writes and sends the mails of orders; runs in jobs, at least once."""

import asyncio
import html
from typing import cast

from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.config import Settings
from shopcast.kernel.errors import Language
from shopcast.kernel.jobs import JobContext
from shopcast.kernel.ports import Attachment, Mail, Mailer
from shopcast.kernel.principal import SYSTEM
from shopcast.sales import links
from shopcast.sales.checkout import repository as checkouts
from shopcast.sales.disputes.keep_mail import KeepMail
from shopcast.sales.orders import repository as orders
from shopcast.sales.orders.model import OrderView
from shopcast.sales.orders.queries import order_view
from shopcast.sales.orders.seal_order_link import SealOrderLink
from shopcast.sales.payments.failures import failure_message
from shopcast.sales.receipts.notify import MailKind, OrderMail, PaymentReturned
from shopcast.sales.receipts.pdf import receipt_pdf
from shopcast.sales.receipts.words import (
    LINK_LINE,
    OPENINGS,
    PRIVATE_LINE,
    RETURNED_FOOT,
    RETURNED_SUBJECT,
    SUBJECTS,
    discount_rows,
    label,
    money_text,
    rate_text,
)


async def mail_order(context: JobContext, payload: OrderMail) -> None:
    found = await context.reads.run(_order_and_link, payload.order_id, context.settings)
    if found is not None:
        order, url, to_seal = found
        if to_seal is not None:
            await context.actions.run(SealOrderLink(order_id=order.id, link_digest=to_seal), SYSTEM)
        mail = await asyncio.to_thread(order_mail, order, payload.kind, url)
        await asyncio.to_thread(_mailer(context).send, mail)
        kept = KeepMail(order_id=order.id, kind=payload.kind.value, subject_id=order.id, sent_to=order.email)
        await context.actions.run(kept, SYSTEM)


async def mail_payment_returned(context: JobContext, payload: PaymentReturned) -> None:
    checkout = await context.reads.run(checkouts.checkout, payload.checkout_id)
    if checkout is None:
        return
    language = _language(checkout.language)
    foot = RETURNED_FOOT[language].format(total=money_text(checkout.total))
    text = f"{failure_message(payload.reason, language)}\n\n{foot}\n"
    mail = Mail(to=checkout.email, subject=RETURNED_SUBJECT[language], text=text)
    await asyncio.to_thread(_mailer(context).send, mail)


def order_mail(order: OrderView, kind: MailKind, url: str) -> Mail:
    language = _language(order.language)
    receipt = Attachment(
        file_name=f"{order.number}.pdf", content_type="application/pdf", content=receipt_pdf(order, language)
    )
    return Mail(
        to=order.email,
        subject=SUBJECTS[kind][language].format(number=order.number),
        text=_text(order, kind, url, language),
        html=_html(order, kind, url, language),
        attachments=(receipt,),
    )


def _paragraphs(order: OrderView, kind: MailKind, language: Language) -> list[str]:
    opening = OPENINGS[kind][language].format(
        name=order.address.name,
        seller=order.seller_name,
        number=order.number,
        total=money_text(order.totals.total),
        refunded=money_text(order.refunded),
    )
    goods = [
        f"{line.quantity} × {line.title}{f' ({line.variant_title})' if line.variant_title else ''}"
        f" – {money_text(line.amount)}"
        for line in order.lines
    ]
    shipping = order.totals.shipping + order.totals.shipping_discount
    sums = [
        *_discounts(order, language, of_shipping=False),
        f"{label('shipping', language)}: {money_text(shipping)}",
        *_discounts(order, language, of_shipping=True),
        *_added_tax(order, language),
        f"{label('total', language)}: {money_text(order.totals.total)}",
    ]
    return [opening, "\n".join([*goods, *sums]), *_notes(order, language)]


def _discounts(order: OrderView, language: Language, of_shipping: bool) -> list[str]:
    return [f"{name}: {money_text(-amount)}" for name, amount in discount_rows(order, language, of_shipping)]


def _added_tax(order: OrderView, language: Language) -> list[str]:
    return [
        f"{label('tax_added', language, rate=rate_text(tax.rate_basis_points))}: {money_text(tax.amount)}"
        for tax in order.totals.tax_lines
        if not tax.included
    ]


def _notes(order: OrderView, language: Language) -> list[str]:
    notes = []
    if order.exchange is not None:
        rate = order.exchange.rate.rstrip("0").rstrip(".")
        notes.append(f"{label('card_total', language, rate=rate)}: {money_text(order.exchange.total)}")
    duties = order.totals.duties_estimate
    if duties is not None and duties.amount_minor:
        notes.append(label("duties_note", language, amount=money_text(duties)))
    return notes


def _text(order: OrderView, kind: MailKind, url: str, language: Language) -> str:
    foot = [f"{LINK_LINE[language]}\n{url}\n{PRIVATE_LINE[language]}", order.seller_legal_identity]
    return "\n\n".join(part for part in [*_paragraphs(order, kind, language), *foot] if part) + "\n"


def _html(order: OrderView, kind: MailKind, url: str, language: Language) -> str:
    paragraphs = [_escaped(paragraph) for paragraph in _paragraphs(order, kind, language)]
    link = f'{_escaped(LINK_LINE[language])}<br><a href="{html.escape(url)}">{html.escape(url)}</a>'
    parts = [*paragraphs, link, _escaped(PRIVATE_LINE[language]), _escaped(order.seller_legal_identity)]
    body = "".join(f"<p>{part}</p>" for part in parts if part)
    return f'<!doctype html><html lang="{"zh-Hans" if language == "zh" else "en"}"><body>{body}</body></html>'


def _escaped(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")


def _order_and_link(
    conn: ReadConnection, order_id: str, settings: Settings
) -> tuple[OrderView, str, str | None] | None:
    """With the digest to store, if nobody with the installation's secret was there when the order was placed."""
    order = orders.order(conn, order_id)
    if order is None:
        return None
    digest = links.link_digest(settings.secret, order.link_salt) if order.link_digest == "" else None
    return order_view(conn, order), links.order_url(settings, order.id, order.link_salt), digest


def _language(stored: str) -> Language:
    return "zh" if stored == "zh" else "en"


def _mailer(context: JobContext) -> Mailer:
    return cast(Mailer, context.ports["mailer"])
