"""Routes of media."""

from shopcast.media.http.routes import ROUTES

__all__ = ["ROUTES"]
