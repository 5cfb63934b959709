"""Routes of discovery."""

from shopcast.discovery.http.routes import ROUTES

__all__ = ["ROUTES"]
