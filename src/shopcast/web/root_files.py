"""The two files that browsers and crawlers ask for by name."""

from collections.abc import Sequence

from litestar import Response, get
from litestar.types import ControllerRouterHandler

# A lantern with a play mark, in the accent colour.
_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    '<rect width="32" height="32" rx="8" fill="#b84230"/><path d="M12 9.5v13l11-6.5z" fill="#fff8ec"/></svg>'
)
# What is personal is behind a session anyway; this only spares crawlers the way.
_PRIVATE = (
    *("/v1/", "/console", "/account", "/orders", "/cart", "/standing"),
    *("/subscriptions", "/coupons", "/restrictions"),
)
_ROBOTS = "User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in _PRIVATE)


@get("/favicon.svg", include_in_schema=False, opt={"public": True})
async def favicon() -> Response[str]:
    return Response(_ICON, media_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})


@get("/robots.txt", include_in_schema=False, opt={"public": True})
async def robots() -> Response[str]:
    return Response(_ROBOTS, media_type="text/plain", headers={"Cache-Control": "public, max-age=86400"})


ROUTES: Sequence[ControllerRouterHandler] = (favicon, robots)
