"""Routes of analytics."""

from shopcast.analytics.http.routes import ROUTES

__all__ = ["ROUTES"]
