"""Counts missteps and restricts who passed a rule's threshold; the thresholds are in model.RULES."""

from collections.abc import Sequence
from datetime import datetime

from shopcast.kernel.actions import Tx
from shopcast.sales.restrictions import repository
from shopcast.sales.restrictions.model import PLATFORM, RULES, Reason
from shopcast.sales.restrictions.set_restriction import restrict


def note_strike(tx: Tx, buyer_key: str, organisation_id: str, reason: Reason, now: datetime) -> bool:
    """One more of these; True if it was the one that restricts."""
    rule = RULES[reason]
    scope = PLATFORM if rule.everywhere else organisation_id
    if repository.strike(tx, buyer_key, scope, reason, rule.within, now) < rule.strikes:
        return False
    repository.forget_strikes(tx, buyer_key, scope, reason)
    return restrict(tx, buyer_key, scope, rule.blocks, reason, now, until=now + rule.lasts) is not None


def note_strikes(tx: Tx, strikes: Sequence[tuple[str, str, Reason]], now: datetime) -> None:
    """The same for many, of one each; only for rules of a single seller."""
    if not strikes:
        return
    within = {reason: rule.within for reason, rule in RULES.items()}
    for buyer_key, organisation_id, reason, count in repository.strike_each(tx, strikes, within, now):
        rule = RULES[reason]
        if count >= rule.strikes:
            repository.forget_strikes(tx, buyer_key, organisation_id, reason)
            restrict(tx, buyer_key, organisation_id, rule.blocks, reason, now, until=now + rule.lasts)


def forgive_unpaid(tx: Tx, buyer_key: str, organisation_id: str) -> None:
    """Who pays is no hoarder: what ran out before no longer counts."""
    for reason in (Reason.UNPAID_HOLDS, Reason.UNPAID_CHAT_HOLDS):
        repository.forget_strikes(tx, buyer_key, organisation_id, reason)
