"""Where and in which language a buyer is told something: the account's address, else that of their last order."""

import asyncio
from typing import cast

import msgspec

from shopcast import accounts
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import Language
from shopcast.kernel.jobs import JobContext
from shopcast.kernel.ports import Mail, Mailer
from shopcast.sales.checkout import repository as checkouts


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    email: str
    language: Language


def contact_of(conn: ReadConnection, buyer_key: str) -> Contact | None:
    """None for a guest who never bought anything."""
    person = accounts.people_by_id(conn, [buyer_key]).get(buyer_key)
    if person is not None:
        return Contact(email=person.email, language=person.language)
    last = checkouts.latest_paid_of(conn, buyer_key)
    return None if last is None else Contact(email=last.email, language=language_of(last.language))


def language_of(stored: str) -> Language:
    return "zh" if stored == "zh" else "en"


async def send(context: JobContext, to: Contact, subject: str, text: str) -> None:
    mailer = cast(Mailer, context.ports["mailer"])
    await asyncio.to_thread(mailer.send, Mail(to=to.email, subject=subject, text=text))
