"""The kinds of entries that shows and sales write into a room's log, and the lane of each."""

from collections.abc import Mapping
from typing import Final, Literal

Lane = Literal["lossless", "state"]

SHOW_STATE: Final = "show.state"
SHELF_ITEM: Final = "shelf.item"
SHELF_ORDER: Final = "shelf.order"
ITEM_PINNED: Final = "item.pinned"
ITEM_UNPINNED: Final = "item.unpinned"
STOCK: Final = "stock"
REQUESTS: Final = "requests"
# A drop or coupon as it is now, whole: the newest entry of one replaces the others.
DROP: Final = "drop"
COUPON: Final = "coupon"
# A moment was taken out of the replay (or trimmed): `last` is what remains to seek to, or null.
MOMENT_CHANGED: Final = "moment.changed"
NOTICE: Final = "notice"
CHAT_LINE: Final = "chat.line"
CHAT_HIDDEN: Final = "chat.hidden"
CHAT_SHOWN: Final = "chat.shown"
CHAT_MODE: Final = "chat.mode"
CHAT_PINNED: Final = "chat.pinned"
CHAT_QUEUE: Final = "chat.queue"
STAFF_CUE: Final = "staff.cue"
STAFF_WARNING: Final = "staff.warning"
STAFF_SALES: Final = "staff.sales"

REQUEST_PLACED: Final = "request.placed"
REQUEST_ON_AIR: Final = "request.on_air"
REQUEST_ANSWERED: Final = "request.answered"

# In the state lane a newer entry replaces an older one that a slow reader has not seen yet. Only entries whose whole
# meaning is in the newest one may go there; a pin may not, since it also opens and closes a moment.
LANES: Final[Mapping[str, Lane]] = {
    SHOW_STATE: "lossless",
    SHELF_ITEM: "lossless",
    SHELF_ORDER: "lossless",
    ITEM_PINNED: "lossless",
    ITEM_UNPINNED: "lossless",
    STOCK: "state",
    REQUESTS: "state",
    DROP: "state",
    COUPON: "state",
    MOMENT_CHANGED: "lossless",
    NOTICE: "lossless",
    CHAT_LINE: "lossless",
    CHAT_HIDDEN: "lossless",
    CHAT_SHOWN: "lossless",
    CHAT_MODE: "lossless",
    CHAT_PINNED: "state",
    CHAT_QUEUE: "state",
    STAFF_CUE: "state",
    STAFF_WARNING: "lossless",
    STAFF_SALES: "state",
}


# Which field says what an entry of the state lane is about.
SUBJECTS: Final[Mapping[str, str]] = {DROP: "drop_id", COUPON: "promotion_id"}


def lane_of(kind: str) -> Lane:
    """Kinds of other domains are never dropped."""
    return LANES.get(kind, "lossless")


def lane_key(kind: str, body: Mapping[str, object]) -> str:
    """Entries of the state lane with the same key replace each other."""
    subject = body.get(SUBJECTS.get(kind, "item_id"))
    return f"{kind}:{subject}" if isinstance(subject, str) else kind
