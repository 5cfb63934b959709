"""Reads of follows, with names; and the answer the rooms' tickets ask for."""

from collections.abc import Collection
from datetime import datetime

from shopcast import accounts, shows
from shopcast.discovery.follows import repository
from shopcast.discovery.follows.model import Followed, FollowKind, FollowView
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.principal import Principal


class FollowBook:
    """The port `shows.Followers`."""

    def follows(self, connection: ReadConnection, person_id: str, host_person_id: str, organisation_id: str) -> bool:
        return repository.follows_either(connection, person_id, host_person_id, organisation_id)


def follows_of(connection: ReadConnection, by: Principal, before: datetime | None, limit: int) -> list[FollowView]:
    """What this person follows, newest first. Who is gone is passed over."""
    found = repository.followed_by(connection, by.require_person(), before, limit)
    subjects: dict[FollowKind, list[str]] = {"host": [], "organisation": []}
    for kind, subject_id, _at in found:
        subjects[kind].append(subject_id)
    names = {kind: _names(connection, kind, ids) for kind, ids in subjects.items()}
    followers = {kind: repository.counts(connection, kind, ids) for kind, ids in subjects.items()}
    return [
        FollowView(
            kind=kind,
            subject_id=subject_id,
            name=names[kind].get(subject_id, ""),
            since=at,
            followers=followers[kind].get(subject_id, 0),
        )
        for kind, subject_id, at in found
    ]


def followed_of_show(connection: ReadConnection, by: Principal, show_id: str) -> list[Followed]:
    """The host and the house of a show one may see."""
    show, _held = shows.visible_show(connection, by, show_id)
    subjects: tuple[tuple[FollowKind, str], ...] = (
        ("host", show.host_person_id),
        ("organisation", show.organisation_id),
    )
    return [
        Followed(
            kind=kind,
            subject_id=subject_id,
            name=_names(connection, kind, [subject_id]).get(subject_id, ""),
            followers=repository.counts(connection, kind, [subject_id]).get(subject_id, 0),
            following=by.person_id is not None and repository.follows(connection, by.person_id, kind, subject_id),
        )
        for kind, subject_id in subjects
    ]


def _names(connection: ReadConnection, kind: FollowKind, ids: Collection[str]) -> dict[str, str]:
    if kind == "host":
        return {one: person.display_name for one, person in accounts.people_by_id(connection, ids).items()}
    return {one: house.name for one, house in accounts.organisations_by_id(connection, ids).items()}
