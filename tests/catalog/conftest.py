"""A shop with accounts and a catalogue."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shopcast import accounts, catalog
from shopcast.accounts.http import ROUTES as ACCOUNT_ROUTES
from shopcast.catalog.http import ROUTES as CATALOG_ROUTES
from tests.factories.stock_verbs import STOCK_VERBS
from tests.factories.tenancy import Shop, open_shop

CATALOGS = Path(__file__).parent.parent / "data" / "catalogs"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with open_shop(
        tmp_path,
        routes=[*ACCOUNT_ROUTES, *CATALOG_ROUTES],
        actions=[*accounts.ACTIONS, *catalog.ACTIONS, *STOCK_VERBS],
        jobs=[*accounts.JOBS, *catalog.JOBS],
    ) as opened:
        yield opened


@pytest.fixture
def catalogs() -> Path:
    """The folder of product files."""
    return CATALOGS
