"""Everything here runs against a real `shopcast serve` and real encoders."""

from pathlib import Path

import pytest

from tests.support.fixtures import fresh_serve, guest, market, serve, stage

__all__ = ["fresh_serve", "guest", "market", "serve", "stage"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.media)
