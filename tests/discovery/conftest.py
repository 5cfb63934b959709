"""A stage as tests of shows have it, with discovery listening."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from shopcast import accounts, catalog, discovery, media, rooms, shows
from shopcast.accounts.http import ROUTES as ACCOUNT_ROUTES
from shopcast.catalog.http import ROUTES as CATALOG_ROUTES
from shopcast.discovery.http import ROUTES as DISCOVERY_ROUTES
from shopcast.shows.http import ROUTES as SHOW_ROUTES
from tests.factories.put_back import Stored
from tests.factories.tenancy import open_shop
from tests.shows.stage import TAKE_STOCK, Stage, open_stage

DOMAINS = (accounts, catalog, media, rooms, shows, discovery)


@pytest.fixture(scope="session")
def stored_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stored, Stage]]:
    with open_shop(
        tmp_path_factory.mktemp("discovery"),
        routes=[*ACCOUNT_ROUTES, *CATALOG_ROUTES, *SHOW_ROUTES, *DISCOVERY_ROUTES],
        actions=[TAKE_STOCK, *(spec for domain in DOMAINS for spec in domain.ACTIONS)],
        subscriptions=[one for domain in DOMAINS for one in domain.SUBSCRIPTIONS],
        jobs=[job for domain in DOMAINS for job in domain.JOBS],
    ) as shop:
        stage = open_stage(shop)
        stage.add("Scarf", "Lamp", "Bowl")
        stage.settle()
        stored = Stored.of(shop)
        yield stored, stage


@pytest.fixture
def stage(stored_stage: tuple[Stored, Stage]) -> Stage:
    """A scheduled show with three items on its shelf: 1 the scarf, 2 the lamp, 3 the bowl."""
    stored, stage = stored_stage
    stored.put_back()
    return replace(stage, items=dict(stage.items), facts=0, epoch=0)
