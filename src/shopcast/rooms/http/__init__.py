"""HTTP doors of rooms: the fallback beyond sockets, and the replay's chat."""

from shopcast.rooms.http.routes import ROUTES

__all__ = ["ROUTES"]
