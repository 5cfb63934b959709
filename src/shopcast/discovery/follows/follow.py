"""Follow and Unfollow: a person wants to hear of a show's host or house, or no longer."""

from datetime import datetime

from shopcast import shows
from shopcast.discovery.errors import TooManyFollows
from shopcast.discovery.follows import repository
from shopcast.discovery.follows.model import FOLLOWS_LIMIT, FollowKind
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.principal import Principal


class Follow(Command, frozen=True, kw_only=True):
    """By a show one may see, so that nobody finds out who is a host by trying ids."""

    show_id: str
    kind: FollowKind


class Unfollow(Command, frozen=True, kw_only=True):
    kind: FollowKind
    subject_id: str


def follow(tx: Tx, command: Follow, by: Principal, now: datetime) -> None:
    """Following twice changes nothing."""
    person_id = by.require_person()
    show, _held = shows.visible_show(tx, by, command.show_id)
    subject_id = show.host_person_id if command.kind == "host" else show.organisation_id
    if repository.follows(tx, person_id, command.kind, subject_id):
        return
    if repository.count_of_person(tx, person_id) >= FOLLOWS_LIMIT:
        raise TooManyFollows(limit=FOLLOWS_LIMIT)
    repository.add(tx, person_id, command.kind, subject_id, now)


def unfollow(tx: Tx, command: Unfollow, by: Principal, now: datetime) -> None:
    """What is not followed stays so."""
    repository.remove(tx, by.require_person(), command.kind, command.subject_id)
