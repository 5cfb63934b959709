"""Giving and taking back a mandate, and using it: reserved before a charge, given back when the charge fails."""

from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import InvalidInput, NotFound
from shopcast.kernel.ids import new_id
from shopcast.kernel.jobs import JobContext
from shopcast.kernel.money import Money
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.kernel.text import clean_line
from shopcast.sales.events import MandateEnded
from shopcast.sales.mandates import repository
from shopcast.sales.mandates.errors import MandateOver, MandateTooLong, MethodCannotBeKept, TooManyMandates
from shopcast.sales.mandates.model import ACTIVE_LIMIT, CONSENT_LIMIT_CHARACTERS, LONGEST, Mandate, Purpose

# Keeps one action short; the rest is found by the next round, and `reserve` looks at the clock anyway.
EXPIRE_AT_ONCE_LIMIT = 200


class RevokeMandate(Command, frozen=True, kw_only=True):
    mandate_id: str


class ExpireMandates(Command, frozen=True, kw_only=True):
    pass


def give_mandate(
    tx: Tx,
    buyer_key: str,
    method_id: str,
    cap: Money,
    purpose: Purpose,
    expires_at: datetime,
    consent_text: str,
    now: datetime,
) -> Mandate:
    """`consent_text` is stored exactly as the buyer read it. The method must be a kept one of this buyer."""
    kind = repository.kind_of_method(tx, method_id, buyer_key)
    if kind is None:
        raise NotFound("payment_method")
    if kind != "card":
        raise MethodCannotBeKept()
    if cap.amount_minor <= 0 or expires_at <= now:
        raise InvalidInput("mandate", "it is out of range")
    if expires_at - now > LONGEST[purpose]:
        raise MandateTooLong(days=LONGEST[purpose].days)
    if repository.active_count(tx, buyer_key) >= ACTIVE_LIMIT:
        raise TooManyMandates(limit=ACTIVE_LIMIT)
    given = Mandate(
        id=new_id("mdt"),
        buyer_key=buyer_key,
        method_id=method_id,
        method_label="",
        method_reference="",
        provider="",
        cap=cap,
        used=Money(0, cap.currency),
        purpose=purpose,
        expires_at=expires_at,
        state="active",
        consent_text=clean_line(consent_text, CONSENT_LIMIT_CHARACTERS),
        consent_at=now,
    )
    repository.insert_mandate(tx, given)
    stored = repository.mandate(tx, given.id)
    if stored is None:
        raise RuntimeError("a mandate just written can be read")
    return stored


def reserve(tx: Tx, mandate_id: str, amount: Money, now: datetime) -> Mandate:
    """Before a charge, in the transaction that decides on it. Raises MandateOver."""
    if amount.amount_minor <= 0 or not repository.take(tx, mandate_id, amount, now):
        raise MandateOver()
    taken = repository.mandate(tx, mandate_id)
    if taken is None:
        raise RuntimeError("a mandate just used can be read")
    return taken


def give_back(tx: Tx, mandate_id: str, amount: Money) -> None:
    """After a charge that failed for good; once per `reserve`. A used-up mandate is active again."""
    if not repository.put_back(tx, mandate_id, amount):
        raise RuntimeError(f"more was given back to mandate {mandate_id} than was taken")


def revoke(tx: Tx, mandate_id: str, now: datetime) -> bool:
    """False if it was over already. A charge that is under way goes on: it was allowed when it began."""
    return _end(tx, mandate_id, "revoked", now)


def revoke_mandate(tx: Tx, command: RevokeMandate, by: Principal, now: datetime) -> None:
    """By the buyer; again changes nothing."""
    found = repository.mandate(tx, command.mandate_id)
    if found is None or found.buyer_key != by.key:
        raise NotFound("mandate")
    if revoke(tx, found.id, now):
        tx.audit(by, "sales.revoke_mandate", found.id, {"purpose": found.purpose})


def expire_mandates(tx: Tx, command: ExpireMandates, by: Principal, now: datetime) -> int:
    over = repository.over(tx, now, EXPIRE_AT_ONCE_LIMIT)
    return sum(_end(tx, mandate_id, "expired", now) for mandate_id in over)


async def sweep_mandates(context: JobContext) -> None:
    await context.actions.run(ExpireMandates(), SYSTEM)


def revoke_of_method(tx: Tx, method_id: str, now: datetime) -> None:
    for mandate_id in repository.end_of_method(tx, method_id, now):
        tx.record(MandateEnded(mandate_id=mandate_id, state="revoked", at=now))


def _end(tx: Tx, mandate_id: str, state: str, now: datetime) -> bool:
    ended = repository.end(tx, mandate_id, state, now)
    if ended:
        tx.record(MandateEnded(mandate_id=mandate_id, state=state, at=now))
    return ended
