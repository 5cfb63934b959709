"""Owns what a subscription is: who does what when something was told. Who listens to whom is listed in wiring."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shopcast.kernel.actions import Tx
from shopcast.kernel.events import Event


def _one_key(event: Any) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Subscription:
    """`handler(tx, event, now)` runs once per event, in order within a key; it commits together with the cursor.

    Without `key` all events of the subscription share one order. A subscription new to a database starts with what
    happens next, unless it says `from_beginning`.
    """

    name: str
    event_type: type[Event]
    handler: Callable[[Tx, Any, datetime], None]
    key: Callable[[Any], str] = _one_key
    from_beginning: bool = False
    # The same for many at once, for events of which a drop makes thousands. Must leave what the handler would leave; if
    # it raises, they are handled one by one.
    batch_handler: Callable[[Tx, Sequence[Any], datetime], None] | None = None
