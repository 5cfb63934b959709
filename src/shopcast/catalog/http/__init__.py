"""The doors of the catalogue over HTTP."""

from shopcast.catalog.http.image_routes import IMAGE_ROUTES
from shopcast.catalog.http.import_routes import IMPORT_ROUTES
from shopcast.catalog.http.product_routes import PRODUCT_ROUTES

ROUTES = [*PRODUCT_ROUTES, *IMPORT_ROUTES, *IMAGE_ROUTES]

__all__ = ["ROUTES"]
