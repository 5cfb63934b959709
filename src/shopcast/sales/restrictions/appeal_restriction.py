"""The person objects, once, in their own words; a person of the seller or of the platform decides."""

from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import InvalidInput, NotFound, Unauthenticated
from shopcast.kernel.principal import Principal
from shopcast.sales.restrictions import repository
from shopcast.sales.restrictions.access import require_restricting
from shopcast.sales.restrictions.errors import CannotAppeal, RestrictionOver
from shopcast.sales.restrictions.model import APPEAL_LIMIT, WORDS_LIMIT, AppealState, RestrictionState
from shopcast.sales.restrictions.repository import Restriction
from shopcast.sales.restrictions.set_restriction import MAIL_JOB, RestrictionMail


class AppealRestriction(Command, frozen=True, kw_only=True):
    restriction_id: str
    words: str


class LiftRestriction(Command, frozen=True, kw_only=True):
    """With or without an appeal; `words` are told to the person."""

    organisation_id: str
    restriction_id: str
    words: str = ""


class UpholdRestriction(Command, frozen=True, kw_only=True):
    """Answers an appeal: the restriction stays. `words` say why."""

    organisation_id: str
    restriction_id: str
    words: str


def appeal_restriction(tx: Tx, command: AppealRestriction, by: Principal, now: datetime) -> None:
    if by.person_id is None and by.guest_id is None:
        raise Unauthenticated()
    known = repository.restriction(tx, command.restriction_id)
    if known is None or known.buyer_key != by.key:
        raise NotFound("restriction")
    if not repository.appeal(tx, known.id, by.key, clean_text(command.words, APPEAL_LIMIT), now):
        raise CannotAppeal()
    tx.audit(by, "sales.restriction_appealed", known.id, {"organisation_id": known.organisation_id or None})


def lift_restriction(tx: Tx, command: LiftRestriction, by: Principal, now: datetime) -> None:
    known = _decidable(tx, by, command.organisation_id, command.restriction_id)
    words = clean_text(command.words, WORDS_LIMIT) if command.words.strip() else ""
    if not repository.end(tx, known.id, RestrictionState.LIFTED, now):
        raise RestrictionOver()
    if not repository.decide(tx, known.id, AppealState.GRANTED, words, by.key, now):
        repository.note_decision(tx, known.id, words, by.key, now)
    # What led to it does not count again at once.
    repository.forget_strikes(tx, known.buyer_key, known.organisation_id, known.reason)
    _told(tx, by, known, "lifted")


def uphold_restriction(tx: Tx, command: UpholdRestriction, by: Principal, now: datetime) -> None:
    known = _decidable(tx, by, command.organisation_id, command.restriction_id)
    words = clean_text(command.words, WORDS_LIMIT)
    if known.state is not RestrictionState.ACTIVE:
        raise RestrictionOver()
    if not repository.decide(tx, known.id, AppealState.UPHELD, words, by.key, now):
        raise RestrictionOver()
    _told(tx, by, known, "upheld")


def clean_text(text: str, limit: int) -> str:
    """Lines of readable text. Raises InvalidInput if empty or too long."""
    kept = "".join(character for character in text if character.isprintable() or character == "\n").strip()
    if not kept:
        raise InvalidInput("words", "it is empty")
    if len(kept) > limit:
        raise InvalidInput("words", "it is too long")
    return kept


def _decidable(tx: Tx, by: Principal, organisation_id: str, restriction_id: str) -> Restriction:
    scope = require_restricting(tx, by, organisation_id)
    known = repository.restriction(tx, restriction_id)
    if known is None or known.organisation_id != scope:
        raise NotFound("restriction")
    return known


def _told(tx: Tx, by: Principal, known: Restriction, kind: str) -> None:
    details = {"organisation_id": known.organisation_id or None, "buyer_key": known.buyer_key}
    tx.audit(by, f"sales.restriction_{kind}", known.id, details)
    tx.enqueue(MAIL_JOB, RestrictionMail(known.id, kind), key=f"{known.id}:{kind}")
