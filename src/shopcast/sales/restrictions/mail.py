"""Tells the person by mail that they are restricted, and what became of their appeal."""

from shopcast import accounts
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import Language
from shopcast.kernel.jobs import JobContext
from shopcast.sales import contacts
from shopcast.sales.contacts import Contact
from shopcast.sales.restrictions import repository
from shopcast.sales.restrictions.repository import Restriction
from shopcast.sales.restrictions.set_restriction import RestrictionMail
from shopcast.sales.restrictions.words import BLOCKED, BODIES, EVERYWHERE, SUBJECTS, reason_text, until_text


async def mail_restriction(context: JobContext, payload: RestrictionMail) -> None:
    found = await context.reads.run(_found, payload.restriction_id)
    if found is None:
        return
    restriction, contact, seller_name = found
    text = _text(
        restriction, payload.kind, contact.language, seller_name, f"{context.settings.public_url}/restrictions"
    )
    await contacts.send(context, contact, SUBJECTS[payload.kind][contact.language], text)


def _text(restriction: Restriction, kind: str, language: Language, seller_name: str | None, url: str) -> str:
    told = restriction.words if kind == "set" else restriction.decision_words or ""
    place = EVERYWHERE[language] if seller_name is None else _at(seller_name, language)
    return BODIES[kind][language].format(
        blocked=BLOCKED[restriction.blocks][language],
        where=place,
        until=until_text(restriction.expires_at, language),
        reason=reason_text(restriction.reason, language),
        words=f"\n\n“{told}”" if told else "",
        url=url,
    )


def _at(seller_name: str, language: Language) -> str:
    return f"at {seller_name}" if language == "en" else f"“{seller_name}”"


def _found(conn: ReadConnection, restriction_id: str) -> tuple[Restriction, Contact, str | None] | None:
    restriction = repository.restriction(conn, restriction_id)
    if restriction is None:
        return None
    contact = contacts.contact_of(conn, restriction.buyer_key)
    if contact is None:
        return None
    sellers = accounts.organisations_by_id(conn, {restriction.organisation_id} - {""})
    seller = sellers.get(restriction.organisation_id)
    return restriction, contact, None if seller is None else seller.name
