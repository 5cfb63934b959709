"""Restrictions as the person they are about sees them, and as who set them does."""

from collections.abc import Sequence

from shopcast import accounts
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import Language
from shopcast.kernel.principal import Principal
from shopcast.sales.restrictions import repository
from shopcast.sales.restrictions.access import require_restricting
from shopcast.sales.restrictions.model import AppealState, RestrictionState, RestrictionView
from shopcast.sales.restrictions.repository import Restriction
from shopcast.sales.restrictions.words import reason_text

# Nobody has so many; older ones are history.
OWN_LIMIT = 50


def own_restrictions(conn: ReadConnection, buyer_key: str, language: Language) -> list[RestrictionView]:
    return _views(conn, repository.of_buyer(conn, buyer_key, OWN_LIMIT), language)


def restrictions_set(
    conn: ReadConnection,
    by: Principal,
    organisation_id: str,
    state: RestrictionState | None,
    appealed: bool,
    before_id: str | None,
    limit: int,
) -> list[RestrictionView]:
    scope = require_restricting(conn, by, organisation_id)
    return _views(conn, repository.of_organisation(conn, scope, state, appealed, before_id, limit), by.language)


def restriction_set(conn: ReadConnection, by: Principal, organisation_id: str, restriction_id: str) -> RestrictionView:
    """Read back by who just changed it."""
    scope = require_restricting(conn, by, organisation_id)
    found = repository.restriction(conn, restriction_id)
    views = _views(conn, [found] if found is not None and found.organisation_id == scope else [], by.language)
    if not views:
        raise LookupError("a restriction that was just written can be read")
    return views[0]


def _views(conn: ReadConnection, found: Sequence[Restriction], language: Language) -> list[RestrictionView]:
    sellers = accounts.organisations_by_id(conn, {one.organisation_id for one in found if one.organisation_id})
    return [
        RestrictionView(
            id=one.id,
            buyer_key=one.buyer_key,
            organisation_id=one.organisation_id or None,
            seller_name=sellers[one.organisation_id].name if one.organisation_id in sellers else None,
            blocks=one.blocks,
            reason=one.reason,
            reason_text=reason_text(one.reason, language),
            words=one.words,
            state=one.state,
            set_by_rule=one.set_by == "system",
            created_at=one.created_at,
            expires_at=one.expires_at,
            ended_at=one.ended_at,
            appeal_state=one.appeal_state,
            appeal_text=one.appeal_text,
            appealed_at=one.appealed_at,
            decision_words=one.decision_words,
            decided_at=one.decided_at,
            can_appeal=one.state is RestrictionState.ACTIVE and one.appeal_state is AppealState.NONE,
        )
        for one in found
    ]
