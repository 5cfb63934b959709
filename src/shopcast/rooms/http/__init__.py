"""HTTP doors of rooms: the fallback beyond sockets, the replay's chat, and moderation."""

from collections.abc import Sequence

from litestar.types import ControllerRouterHandler

from shopcast.rooms.http.fallback import Snapshots
from shopcast.rooms.http.fallback_routes import FALLBACK_ROUTES
from shopcast.rooms.http.moderation_routes import MODERATION_ROUTES
from shopcast.rooms.http.routes import ROUTES as ROOM_ROUTES

ROUTES: Sequence[ControllerRouterHandler] = (*ROOM_ROUTES, *FALLBACK_ROUTES, *MODERATION_ROUTES)

__all__ = ["ROUTES", "Snapshots"]
