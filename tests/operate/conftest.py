"""An installation as its operator has it: commands at the terminal, doors on the machine."""

from pathlib import Path

import pytest

from tests.support.fixtures import fresh_serve

__all__ = ["fresh_serve"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    serving = {"fresh_serve", "watched"}
    for item in items:
        if Path(__file__).parent in item.path.parents and serving & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.media)
