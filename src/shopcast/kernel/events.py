"""Owns what an event and a subscription are. Delivery lives in the backends; who listens is listed in wiring."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from shopcast.kernel.actions import Tx


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """A fact that was committed. Subclasses set `tag="domain.noun_verb"`; fields only ever gain defaults."""


def event_type_name(event_type: type[Event]) -> str:
    tag = event_type.__struct_config__.tag
    if not isinstance(tag, str) or "." not in tag:
        raise ValueError(f"{event_type.__name__} needs a tag such as 'sales.order_paid'")
    return tag


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
    handler: "Callable[[Tx, Any, datetime], None]"
    key: Callable[[Any], str] = _one_key
    from_beginning: bool = False
