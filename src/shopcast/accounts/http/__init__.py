"""The doors of accounts over HTTP."""

from shopcast.accounts.http.me_routes import ME_ROUTES
from shopcast.accounts.http.organisation_routes import ORGANISATION_ROUTES
from shopcast.accounts.http.sign_in_routes import SIGN_IN_ROUTES

ROUTES = [*SIGN_IN_ROUTES, *ME_ROUTES, *ORGANISATION_ROUTES]

__all__ = ["ROUTES"]
