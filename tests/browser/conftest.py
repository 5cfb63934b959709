"""Everything here drives Chromium against a real `shopcast serve`."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.browser import Visitors, chromium
from tests.support.fixtures import guest, market, serve, stage
from tests.support.serve import Serve

__all__ = ["browser", "guest", "market", "serve", "stage", "visitors"]


# One for each module: Playwright's loop must not be running while other folders' asynchronous tests are.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def visitors(browser: Browser, serve: Serve, tmp_path: Path) -> Iterator[Visitors]:
    opened = Visitors(browser, serve.url, tmp_path)
    yield opened
    opened.picture_all()
    complaints = opened.close()
    assert complaints == [], "the browser complained"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.media)
