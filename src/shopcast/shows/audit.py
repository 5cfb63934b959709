"""Writes who did what to a show, findable by the organisation that owns it."""

from collections.abc import Mapping

from shopcast.kernel.actions import Tx
from shopcast.kernel.principal import Principal
from shopcast.shows.schedule.model import Show


def note(tx: Tx, by: Principal, action: str, show: Show, details: Mapping[str, object]) -> None:
    tx.audit(by, action, show.id, {"organisation_id": show.organisation_id, **details})
