"""Mails of subscriptions. Each names the price where there is one, and ends with the links to skip and to stop."""

from datetime import datetime
from typing import Final

from shopcast.kernel.config import Settings
from shopcast.kernel.jobs import JobContext
from shopcast.kernel.money import Money
from shopcast.sales import contacts
from shopcast.sales.contacts import Contact, language_of
from shopcast.sales.receipts.words import money_text
from shopcast.sales.standing.words import what_text
from shopcast.sales.subscriptions import repository
from shopcast.sales.subscriptions.links import subscription_url
from shopcast.sales.subscriptions.model import SubscriptionState
from shopcast.sales.subscriptions.notify import SubscriptionMail
from shopcast.sales.subscriptions.repository import Subscription
from shopcast.sales.subscriptions.words import (
    BODIES,
    SEE_LINE,
    SKIP_LINE,
    STOP_LINE,
    SUBJECTS,
    reason_text,
)

# Mails about a delivery that is still to come: it can be skipped.
_SKIPPABLE: Final = frozenset(("notice", "price_rise", "out_of_stock", "retry"))


async def mail_subscription(context: JobContext, payload: SubscriptionMail) -> None:
    one = await context.reads.run(repository.subscription, payload.subscription_id)
    if one is None:
        return
    if payload.kind in _SKIPPABLE and one.state is not SubscriptionState.ACTIVE:
        # Stopped before the mail went out: nothing comes, so nothing is announced.
        return
    language = language_of(one.language)
    what = what_text(one.title, one.variant_title)
    date = _date(one.act_at if payload.kind == "retry" else one.next_at)
    subject = SUBJECTS[payload.kind][language].format(what=what, date=date)
    body = BODIES[payload.kind][language].format(
        quantity=one.quantity,
        what=what,
        date=date,
        total=money_text(one.total),
        was="" if payload.was_minor is None else money_text(Money(payload.was_minor, one.currency)),
        why=reason_text(payload.why or "", language),
        consent=one.consent_text,
    )
    text = "\n\n".join([body, *_links(one, payload.kind, context.settings)]) + "\n"
    await contacts.send(context, Contact(email=one.email, language=language), subject, text)


def _links(one: Subscription, kind: str, settings: Settings) -> list[str]:
    language = language_of(one.language)
    lines: list[str] = []
    if kind in _SKIPPABLE:
        lines.append(f"{SKIP_LINE[language]}\n{subscription_url(settings, one.id, one.link_salt, 'skip')}")
    if one.state is not SubscriptionState.STOPPED:
        lines.append(f"{STOP_LINE[language]}\n{subscription_url(settings, one.id, one.link_salt, 'stop')}")
    lines.append(f"{SEE_LINE[language]}\n{subscription_url(settings, one.id, one.link_salt)}")
    return lines


def _date(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"
