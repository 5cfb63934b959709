"""Mails of standing orders: your turn, not bought and why, over. A purchase is told by the order's own mail."""

from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.jobs import JobContext
from shopcast.sales import contacts
from shopcast.sales.contacts import Contact, language_of
from shopcast.sales.holds import repository as holds
from shopcast.sales.holds.repository import Hold
from shopcast.sales.receipts.words import money_text
from shopcast.sales.standing import repository
from shopcast.sales.standing.end_standing import StandingMail
from shopcast.sales.standing.queries import said_until
from shopcast.sales.standing.repository import StandingOrder
from shopcast.sales.standing.serve_variant import pay_path
from shopcast.sales.standing.words import BODIES, SUBJECTS, failure_text, local_text, what_text


async def mail_standing(context: JobContext, payload: StandingMail) -> None:
    found = await context.reads.run(_found, payload.standing_id)
    if found is None:
        return
    one, email, hold = found
    if payload.kind == "turn" and hold is None:
        # The turn was over before the mail went out.
        return
    language = language_of(one.language)
    until = one.until if hold is None else hold.expires_at
    path = "/standing" if hold is None else pay_path(one.show_id, hold.id)
    what = what_text(one.title, one.variant_title)
    text = BODIES[payload.kind][language].format(
        quantity=one.quantity,
        what=what,
        why=failure_text(one.failure_code or "", language),
        price="" if hold is None else money_text(hold.price),
        until=local_text(until.astimezone(said_until(one).tzinfo)),
        url=f"{context.settings.public_url}{path}",
    )
    subject = SUBJECTS[payload.kind][language].format(what=what)
    await contacts.send(context, Contact(email=email, language=language), subject, text)


def _found(conn: ReadConnection, standing_id: str) -> tuple[StandingOrder, str, Hold | None] | None:
    one = repository.standing(conn, standing_id)
    if one is None or one.email is None:
        return None
    held = holds.holds(conn, [one.hold_id]) if one.state == "taken" and one.hold_id is not None else []
    return one, one.email, held[0] if held else None
