"""Follow, Unfollow and FollowAgain: a person wants to hear of a show's host or house, or no longer."""

from datetime import datetime

from shopcast import shows
from shopcast.discovery.errors import TooManyFollows
from shopcast.discovery.follows import repository
from shopcast.discovery.follows.model import FOLLOWS_LIMIT, FollowKind
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import NotFound
from shopcast.kernel.principal import Principal


class Follow(Command, frozen=True, kw_only=True):
    """By a show one may see, so that nobody finds out who is a host by trying ids."""

    show_id: str
    kind: FollowKind


class FollowAgain(Command, frozen=True, kw_only=True):
    """Takes an unfollow back: by id, and only of those whose shows anybody may find."""

    kind: FollowKind
    subject_id: str


class Unfollow(Command, frozen=True, kw_only=True):
    kind: FollowKind
    subject_id: str


def follow(tx: Tx, command: Follow, by: Principal, now: datetime) -> None:
    """Following twice changes nothing."""
    person_id = by.require_person()
    show, _held = shows.visible_show(tx, by, command.show_id)
    subject_id = show.host_person_id if command.kind == "host" else show.organisation_id
    _follow(tx, person_id, command.kind, subject_id, now)


def follow_again(tx: Tx, command: FollowAgain, by: Principal, now: datetime) -> None:
    person_id = by.require_person()
    if not shows.has_public_show(tx, command.kind, command.subject_id):
        raise NotFound("host" if command.kind == "host" else "organisation")
    _follow(tx, person_id, command.kind, command.subject_id, now)


def _follow(tx: Tx, person_id: str, kind: FollowKind, subject_id: str, now: datetime) -> None:
    if repository.follows(tx, person_id, kind, subject_id):
        return
    if repository.count_of_person(tx, person_id) >= FOLLOWS_LIMIT:
        raise TooManyFollows(limit=FOLLOWS_LIMIT)
    repository.add(tx, person_id, kind, subject_id, now)


def unfollow(tx: Tx, command: Unfollow, by: Principal, now: datetime) -> None:
    """What is not followed stays so."""
    repository.remove(tx, by.require_person(), command.kind, command.subject_id)
