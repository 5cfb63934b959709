"""The doors that integrations add to ours."""

from litestar.types import ControllerRouterHandler

from shopcast.integrations.test_provider.http import ROUTES as TEST_PROVIDER_ROUTES

ROUTES: list[ControllerRouterHandler] = [*TEST_PROVIDER_ROUTES]

__all__ = ["ROUTES"]
