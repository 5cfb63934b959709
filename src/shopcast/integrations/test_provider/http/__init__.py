"""The second step's page, as the simulated provider shows it under our address."""

from shopcast.integrations.test_provider.http.routes import ROUTES

__all__ = ["ROUTES"]
