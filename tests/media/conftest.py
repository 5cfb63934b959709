"""Media's half in the database, without an engine; `Do` calls down as shows does."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from shopcast import media
from shopcast.kernel.actions import ActionSpec, Command, Tx
from shopcast.kernel.jobs import JobSpec
from shopcast.kernel.principal import Principal


class Do(Command, frozen=True, kw_only=True):
    """`media.<verb>(tx, *arguments, now)`; exports are asked for as whoever runs it."""

    verb: str
    arguments: list[Any]


def do(tx: Tx, command: Do, by: Principal, now: datetime) -> str:
    arguments = [datetime.fromisoformat(one[3:]) if str(one).startswith("at:") else one for one in command.arguments]
    if command.verb == "create_broadcast":
        made = media.create_broadcast(tx, str(arguments[0]), now)
        key = media.rotate_key(tx, made.id, now)
        return f"{made.id} {key}"
    if command.verb == "request_export":
        broadcast_id, from_at, to_at, form = arguments
        return media.request_export(tx, by, broadcast_id, from_at, to_at, form, now).id
    return str(getattr(media, command.verb)(tx, *arguments, now) or "")


DO = ActionSpec("test.do", Do, do, str)


@pytest.fixture
def actions() -> Sequence[ActionSpec]:
    return (DO, *media.ACTIONS)


@pytest.fixture
def jobs() -> Sequence[JobSpec]:
    return media.JOBS
