"""Restricts a buyer, by hand or by rule. The person is told why, and how to object."""

from datetime import datetime, timedelta

import msgspec

from shopcast import accounts
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.kernel.text import clean_line
from shopcast.sales.restrictions import repository
from shopcast.sales.restrictions.access import require_restricting
from shopcast.sales.restrictions.errors import AlreadyRestricted, NotABuyerHere
from shopcast.sales.restrictions.model import (
    BY_HAND_LONGEST,
    PLATFORM,
    WORDS_LIMIT,
    AppealState,
    Blocks,
    Reason,
    RestrictionState,
)
from shopcast.sales.restrictions.repository import Restriction

EXPIRE_JOB = "sales.expire_restrictions"
MAIL_JOB = "sales.mail_restriction"


class RestrictBuyer(Command, frozen=True, kw_only=True):
    """Names the buyer by one of their orders, or by key. `words` are told to them."""

    organisation_id: str
    order_id: str | None = None
    buyer_key: str | None = None
    blocks: Blocks
    words: str
    expires_at: datetime | None = None


class RestrictionsDue(msgspec.Struct, frozen=True):
    """Payload of the job that runs in the second in which restrictions end."""

    second: int


class RestrictionMail(msgspec.Struct, frozen=True):
    """`kind`: set, lifted or upheld."""

    restriction_id: str
    kind: str


def restrict_buyer(tx: Tx, command: RestrictBuyer, by: Principal, now: datetime) -> str:
    """Raises NotABuyerHere, AlreadyRestricted."""
    scope = require_restricting(tx, by, command.organisation_id)
    words = clean_line(command.words, WORDS_LIMIT, "words")
    if command.expires_at is not None and not now < command.expires_at <= now + BY_HAND_LONGEST:
        raise InvalidInput("expires_at", "it is out of range")
    buyer_key = _buyer(tx, command, scope)
    restriction_id = restrict(
        tx, buyer_key, scope, command.blocks, Reason.BY_HAND, now, words=words, until=command.expires_at, by=by
    )
    if restriction_id is None:
        raise AlreadyRestricted()
    return restriction_id


def restrict(
    tx: Tx,
    buyer_key: str,
    scope: str,
    blocks: Blocks,
    reason: Reason,
    now: datetime,
    *,
    words: str = "",
    until: datetime | None,
    by: Principal = SYSTEM,
) -> str | None:
    """The new restriction's id; None if one of this reason is active already. `scope` is an organisation or ""."""
    restriction = Restriction(
        id=new_id("rst"),
        buyer_key=buyer_key,
        organisation_id=scope,
        blocks=blocks,
        reason=reason,
        words=words,
        state=RestrictionState.ACTIVE,
        set_by=by.key,
        created_at=now,
        expires_at=until,
        ended_at=None,
        appeal_state=AppealState.NONE,
        appeal_text=None,
        appealed_at=None,
        decision_words=None,
        decided_at=None,
    )
    if not repository.insert_if_none(tx, restriction):
        return None
    details = {"organisation_id": scope or None, "buyer_key": buyer_key, "blocks": blocks.value, "reason": reason.value}
    tx.audit(by, "sales.restriction_set", restriction.id, details)
    tx.enqueue(MAIL_JOB, RestrictionMail(restriction.id, "set"), key=f"{restriction.id}:set")
    if until is not None:
        # One job per second in which restrictions end, not one per restriction.
        second = int((until + timedelta(seconds=1)).timestamp())
        run_at = datetime.fromtimestamp(second, tz=until.tzinfo)
        tx.enqueue(EXPIRE_JOB, RestrictionsDue(second), run_at=run_at, key=str(second))
    return restriction.id


def _buyer(tx: Tx, command: RestrictBuyer, scope: str) -> str:
    if (command.order_id is None) == (command.buyer_key is None):
        raise InvalidInput("order_id", "it has the wrong form")
    if command.order_id is not None:
        found = repository.buyer_of_order(tx, command.organisation_id, command.order_id)
    elif scope == PLATFORM:
        found = command.buyer_key if accounts.people_by_id(tx, [command.buyer_key or ""]) else None
    else:
        known = command.buyer_key is not None and repository.dealt_with(tx, command.buyer_key, scope)
        found = command.buyer_key if known else None
    if found is None:
        raise NotABuyerHere()
    return found
