"""A shop with accounts only."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shopcast.accounts import ACTIONS, JOBS
from shopcast.accounts.http import ROUTES
from tests.factories.tenancy import Shop, open_shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with open_shop(tmp_path, routes=ROUTES, actions=ACTIONS, jobs=JOBS) as opened:
        yield opened


@pytest.fixture
def demo_shop(tmp_path: Path) -> Iterator[Shop]:
    with open_shop(tmp_path, routes=ROUTES, actions=ACTIONS, jobs=JOBS, demo=True) as opened:
        yield opened
