"""The market of tests/tenancy behind the pages, put back before each test."""

from collections.abc import Iterator

import pytest

from tests.tenancy.world import World, open_world


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with open_world(tmp_path_factory.mktemp("web")) as world:
        yield world


@pytest.fixture
def world(opened: World) -> World:
    opened.put_back()
    return opened
