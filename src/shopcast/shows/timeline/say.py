"""Writes an entry into a show's room, in the lane its kind has; a rehearsal is only heard by the staff."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from shopcast.kernel.actions import Tx
from shopcast.rooms import Audience, append, append_private, append_privates
from shopcast.shows.schedule.model import Show
from shopcast.shows.timeline.kinds import lane_of

Body = dict[str, object]


def say(tx: Tx, show: Show, kind: str, body: Body | msgspec.Struct, at: datetime) -> None:
    """To everybody in the room."""
    append(tx, show.room_id, kind, body, lane=lane_of(kind), audience="all", at=at)


def say_on_air(tx: Tx, show: Show, kind: str, body: Body | msgspec.Struct, at: datetime) -> None:
    """To everybody, or during a rehearsal to the staff: what is tried out is not the show yet."""
    audience: Audience = "staff" if show.state == "rehearsal" else "all"
    append(tx, show.room_id, kind, body, lane=lane_of(kind), audience=audience, at=at)


def say_to_staff(tx: Tx, show: Show, kind: str, body: Body | msgspec.Struct, at: datetime) -> None:
    append(tx, show.room_id, kind, body, lane=lane_of(kind), audience="staff", at=at)


def say_to(tx: Tx, show: Show, person_key: str, kind: str, body: Body | msgspec.Struct, at: datetime) -> None:
    """To one person, who can also pull it over HTTP later."""
    append_private(tx, show.room_id, person_key, kind, body, at=at)


def say_to_each(
    tx: Tx, show: Show, kind: str, frames: Sequence[tuple[str, Body | msgspec.Struct]], at: datetime
) -> None:
    """To many persons, each their own."""
    append_privates(tx, show.room_id, kind, frames, at=at)
