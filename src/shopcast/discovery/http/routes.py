"""The start page's lists, and search."""

from collections.abc import Sequence
from typing import Annotated

from litestar import get
from litestar.params import QueryParameter
from litestar.types import ControllerRouterHandler

from shopcast.discovery.home.queries import Home, home
from shopcast.discovery.http.follow_routes import FOLLOW_ROUTES
from shopcast.discovery.search.model import QUERY_LIMIT
from shopcast.discovery.search.queries import SearchAnswer, search
from shopcast.kernel.clock import Clock
from shopcast.kernel.config import Settings
from shopcast.kernel.ports import RateLimits
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.web_support.deps import Injected, require_rate

# Somebody typing asks a few times a second; a crawler is told to slow down.
SEARCHES, SEARCHES_PER_S = 30, 10.0


@get("/v1/home", operation_id="getHome", tags=["discovery"], opt={"public": True})
async def get_home(
    principal: Injected[Principal], reads: Injected[Reads], settings: Injected[Settings], clock: Injected[Clock]
) -> Home:
    return await reads.run(home, settings, principal, clock.now())


@get("/v1/search", operation_id="search", tags=["discovery"], opt={"public": True})
async def get_search(
    q: Annotated[str, QueryParameter(name="q", min_length=1, max_length=QUERY_LIMIT)],
    reads: Injected[Reads],
    clock: Injected[Clock],
    limits: Injected[RateLimits],
    address: Injected[str],
) -> SearchAnswer:
    require_rate(limits, f"search:{address}", SEARCHES, SEARCHES_PER_S)
    return await reads.run(search, q, clock.now())


ROUTES: Sequence[ControllerRouterHandler] = (get_home, get_search, *FOLLOW_ROUTES)
