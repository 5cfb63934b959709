"""Owns what an event is. Delivery lives in the backends."""

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """A fact that was committed. Subclasses set `tag="domain.noun_verb"`; fields only ever gain defaults."""


def event_type_name(event_type: type[Event]) -> str:
    tag = event_type.__struct_config__.tag
    if not isinstance(tag, str) or "." not in tag:
        raise ValueError(f"{event_type.__name__} needs a tag such as 'sales.order_paid'")
    return tag
