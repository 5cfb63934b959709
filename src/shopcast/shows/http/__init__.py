"""Routes of shows."""

from typing import Any

from shopcast.shows.http.cover_routes import COVER_ROUTES
from shopcast.shows.http.manage_routes import MANAGE_ROUTES
from shopcast.shows.http.moderation_routes import MODERATION_ROUTES
from shopcast.shows.http.run_routes import RUN_ROUTES
from shopcast.shows.http.shelf_routes import SHELF_ROUTES
from shopcast.shows.http.show_routes import SHOW_ROUTES

ROUTES: list[Any] = [*SHOW_ROUTES, *MANAGE_ROUTES, *SHELF_ROUTES, *RUN_ROUTES, *COVER_ROUTES, *MODERATION_ROUTES]

__all__ = ["ROUTES"]
