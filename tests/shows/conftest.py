"""A shop with everything a show stands on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shopcast import accounts, catalog, media, rooms, shows
from shopcast.accounts.http import ROUTES as ACCOUNT_ROUTES
from shopcast.catalog.http import ROUTES as CATALOG_ROUTES
from shopcast.shows.http import ROUTES as SHOW_ROUTES
from tests.factories.tenancy import Shop, open_shop
from tests.shows.stage import TAKE_STOCK, Stage, open_stage

DOMAINS = (accounts, catalog, media, rooms, shows)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with open_shop(
        tmp_path,
        routes=[*ACCOUNT_ROUTES, *CATALOG_ROUTES, *SHOW_ROUTES],
        actions=[TAKE_STOCK, *(spec for domain in DOMAINS for spec in domain.ACTIONS)],
        subscriptions=[subscription for domain in DOMAINS for subscription in domain.SUBSCRIPTIONS],
        jobs=[job for domain in DOMAINS for job in domain.JOBS],
    ) as opened:
        yield opened


@pytest.fixture
def stage(shop: Shop) -> Stage:
    """A scheduled show with three items on its shelf: 1 the scarf, 2 the lamp, 3 the bowl."""
    opened = open_stage(shop)
    opened.add("Scarf", "Lamp", "Bowl")
    return opened
