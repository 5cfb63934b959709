"""The façade of rooms: one log per room, opaque to it, and the people connected to it. Knows nothing of selling."""

from shopcast.kernel.actions import ActionSpec
from shopcast.kernel.events import Subscription
from shopcast.kernel.jobs import JobSpec, Periodic
from shopcast.rooms.log.append import append, append_private, room_topic
from shopcast.rooms.log.create_room import create_room, set_public_log
from shopcast.rooms.log.model import Audience, Body, Entry, Folded, Lane, PrivateEntry, RoomRules
from shopcast.rooms.ticket import Right, Role, Ticket, sign_ticket, verify_ticket

ACTIONS: tuple[ActionSpec, ...] = ()
SUBSCRIPTIONS: tuple[Subscription, ...] = ()
JOBS: tuple[JobSpec, ...] = ()
PERIODICS: tuple[Periodic, ...] = ()

__all__ = [
    "ACTIONS",
    "JOBS",
    "PERIODICS",
    "SUBSCRIPTIONS",
    "Audience",
    "Body",
    "Entry",
    "Folded",
    "Lane",
    "PrivateEntry",
    "Right",
    "Role",
    "RoomRules",
    "Ticket",
    "append",
    "append_private",
    "create_room",
    "room_topic",
    "set_public_log",
    "sign_ticket",
    "verify_ticket",
]
