"""The stream key of a show: a new one on request, and letting another encoder take over."""

from datetime import datetime

from shopcast import media
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.principal import Principal
from shopcast.shows.access import require_right
from shopcast.shows.audit import note


class IssueStreamKey(Command, frozen=True, kw_only=True):
    """The old key stops working, whoever uses it."""

    show_id: str


class TakeOver(Command, frozen=True, kw_only=True):
    show_id: str


def issue_stream_key(tx: Tx, command: IssueStreamKey, by: Principal, now: datetime) -> str:
    show = require_right(tx, by, command.show_id, "manage")
    note(tx, by, "shows.issue_stream_key", show, {})
    return media.rotate_key(tx, show.broadcast_id, now)


def take_over(tx: Tx, command: TakeOver, by: Principal, now: datetime) -> None:
    show = require_right(tx, by, command.show_id, "run")
    media.take_over(tx, show.broadcast_id, now)
    note(tx, by, "shows.take_over", show, {})
