"""What a room looks like after its entries: the pure fold, written a second time in TypeScript for the pages.

Both run on the same recordings (tests/recordings). States and bodies are plain JSON, so that a stored snapshot of an
older version still folds on; an entry that is not understood, or not well formed, changes nothing.
"""

from collections.abc import Mapping
from typing import Final

from shopcast.shows.timeline import kinds

State = Mapping[str, object]
Body = Mapping[str, object]


def empty_state() -> dict[str, object]:
    """The state of a room before its first entry."""
    return {
        "show": {"state": "draft"},
        "items": {},
        "order": [],
        "on_air": None,
        "stock": {},
        "requests": [],
        "mode": {"slow_mode_s": 0, "followers_only": False},
        "pinned": None,
        "last_moments": {},
        "drops": {},
        "coupons": {},
    }


def fold_body(state: State, kind: str, at_ms: int, body: Body) -> State:
    """The state after one entry; returns the same object when nothing changes. Never changes its arguments."""
    match kind:
        case kinds.SHOW_STATE:
            return {**state, "show": dict(body)} if isinstance(body.get("state"), str) else state
        case kinds.SHELF_ITEM:
            return _shelf_item(state, body)
        case kinds.SHELF_ORDER:
            return _shelf_order(state, body)
        case kinds.ITEM_PINNED:
            return _pinned(state, at_ms, body)
        case kinds.ITEM_UNPINNED:
            return _unpinned(state, at_ms, body)
        case kinds.STOCK:
            return _stock(state, body)
        case kinds.REQUESTS:
            top = body.get("top")
            return {**state, "requests": list(top)} if isinstance(top, list) else state
        case kinds.DROP:
            return _told(state, "drops", "drop_id", body)
        case kinds.COUPON:
            return _told(state, "coupons", "promotion_id", body)
        case kinds.MOMENT_CHANGED:
            return _moment_changed(state, body)
        case kinds.CHAT_MODE:
            return _mode(state, body)
        case kinds.CHAT_PINNED:
            return _line_pinned(state, body)
        case kinds.CHAT_HIDDEN:
            pinned = state.get("pinned")
            is_pinned = isinstance(pinned, Mapping) and pinned.get("seq") == body.get("seq")
            return {**state, "pinned": None} if is_pinned else state
        case _:
            return state


def _shelf_item(state: State, card: Body) -> State:
    """Adds or replaces a card. A new one goes to the end; its variants' stock counts from now."""
    item_id = card.get("id")
    if not isinstance(item_id, str):
        return state
    order = _list(state, "order")
    return {
        **state,
        "items": {**_table(state, "items"), item_id: dict(card)},
        "order": order if item_id in order else [*order, item_id],
        "stock": {**_table(state, "stock"), **_left_by_variant(card)},
    }


def _shelf_order(state: State, body: Body) -> State:
    """The whole shelf in its new order. Items not named have left the shelf, names without a card are passed over."""
    ids = body.get("ids")
    if not isinstance(ids, list):
        return state
    items = _table(state, "items")
    order = [item_id for item_id in dict.fromkeys(_texts(ids)) if item_id in items]
    return {**state, "items": {item_id: items[item_id] for item_id in order}, "order": order}


def _pinned(state: State, at_ms: int, body: Body) -> State:
    """One item is on air: a pin also ends the explanation of the item before it."""
    item_id, moment_id = body.get("item_id"), body.get("moment_id")
    if not isinstance(item_id, str) or not isinstance(moment_id, str):
        return state
    moments = {
        **_closed(state, at_ms),
        item_id: {"moment_id": moment_id, "from_ms": at_ms, "to_ms": None},
    }
    on_air = {"item_id": item_id, "moment_id": moment_id, "since_ms": at_ms}
    return {**state, "on_air": on_air, "last_moments": moments}


def _unpinned(state: State, at_ms: int, body: Body) -> State:
    """Ends the explanation it names; one that is over already stays as it is."""
    on_air = state.get("on_air")
    if not isinstance(on_air, Mapping) or on_air.get("moment_id") != body.get("moment_id"):
        return state
    return {**state, "on_air": None, "last_moments": _closed(state, at_ms)}


def _closed(state: State, at_ms: int) -> dict[str, object]:
    """The last moments with the running one ended."""
    moments = _table(state, "last_moments")
    on_air = state.get("on_air")
    if not isinstance(on_air, Mapping) or not isinstance(on_air.get("item_id"), str):
        return moments
    running = moments.get(on_air["item_id"])
    if isinstance(running, Mapping) and running.get("moment_id") == on_air.get("moment_id"):
        moments[on_air["item_id"]] = {**running, "to_ms": at_ms}
    return moments


def _stock(state: State, body: Body) -> State:
    """What is left now, on the card and per variant; for an item not on the shelf only the variants count."""
    item_id, variants, left = body.get("item_id"), body.get("variants"), body.get("left")
    if not isinstance(item_id, str) or not isinstance(variants, Mapping) or not _is_count(left):
        return state
    counts = {variant_id: count for variant_id, count in variants.items() if _is_count(count)}
    changed = {**state, "stock": {**_table(state, "stock"), **counts}}
    items = _table(state, "items")
    card = items.get(item_id)
    if isinstance(card, Mapping):
        changed["items"] = {**items, item_id: {**card, "left": left, "variants": _with_left(card, counts)}}
    return changed


def _with_left(card: Body, counts: Mapping[str, object]) -> list[object]:
    return [
        {**variant, "left": counts[variant["id"]]}
        if isinstance(variant, Mapping) and variant.get("id") in counts
        else variant
        for variant in _list(card, "variants")
    ]


def _told(state: State, table: str, id_field: str, body: Body) -> State:
    """The newest word about one drop or coupon. How many a show may have is limited where they are made."""
    subject = body.get(id_field)
    if not isinstance(subject, str):
        return state
    return {**state, table: {**_table(state, table), subject: dict(body)}}


def _moment_changed(state: State, body: Body) -> State:
    """The last explanation of an item is another one now, or there is none to show any more."""
    item_id, last = body.get("item_id"), body.get("last")
    if not isinstance(item_id, str) or not (last is None or isinstance(last, Mapping)):
        return state
    moments = _table(state, "last_moments")
    moments.pop(item_id, None)
    if last is not None:
        moments[item_id] = dict(last)
    return {**state, "last_moments": moments}


def _mode(state: State, body: Body) -> State:
    """Entries from before there was a mode for followers say nothing of it."""
    slow_mode_s = body.get("slow_mode_s")
    if not _is_count(slow_mode_s):
        return state
    return {**state, "mode": {"slow_mode_s": slow_mode_s, "followers_only": body.get("followers_only") is True}}


def _line_pinned(state: State, body: Body) -> State:
    """A line without words is none: it was hidden or erased since."""
    seq, line = body.get("seq"), body.get("line")
    if seq is None or line is None:
        return {**state, "pinned": None}
    if not _is_count(seq) or not isinstance(line, Mapping):
        return state
    return {**state, "pinned": {"seq": seq, "line": dict(line)}}


def _left_by_variant(card: Body) -> dict[str, object]:
    return {
        variant["id"]: variant["left"]
        for variant in _list(card, "variants")
        if isinstance(variant, Mapping) and isinstance(variant.get("id"), str) and _is_count(variant.get("left"))
    }


def _table(state: Body, name: str) -> dict[str, object]:
    """A copy of one of the state's tables."""
    found = state.get(name)
    return dict(found) if isinstance(found, Mapping) else {}


def _list(state: Body, name: str) -> list[object]:
    found = state.get(name)
    return found if isinstance(found, list) else []


def _texts(values: list[object]) -> list[str]:
    return [value for value in values if isinstance(value, str)]


_LARGEST: Final = 2**53


def _is_count(value: object) -> bool:
    # What both languages count exactly; True is an int in Python but not in JSON.
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _LARGEST
