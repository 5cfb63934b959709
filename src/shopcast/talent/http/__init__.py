"""Routes of talent."""

from shopcast.talent.http.routes import ROUTES

__all__ = ["ROUTES"]
