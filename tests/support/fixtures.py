"""Fixtures of a running shop. One process serves all tests of a folder; whoever kills it has one of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.factories import run_profile
from tests.support.people import Person
from tests.support.serve import Serve
from tests.support.stage import Market, Stage

__all__ = ["fresh_serve", "guest", "market", "serve", "stage"]


# As few of each as show that there may be several.
ROLES = {"web": 2, "rooms": 2, "media": 1, "worker": 1}


def a_shop(directory: Path) -> Serve:
    """`shopcast serve`, or with SHOPCAST_TEST_PROFILE=cluster a cluster behind the same doors."""
    if run_profile() == "embedded":
        return Serve(directory)
    # Here, because most runs have no PostgreSQL and need not load its driver.
    from tests.support.cluster import Cluster  # noqa: PLC0415

    return Cluster(directory, ROLES)


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    running = a_shop(tmp_path_factory.mktemp("shop"))
    running.start()
    yield running
    running.close()


@pytest.fixture
def fresh_serve(tmp_path: Path) -> Iterator[Serve]:
    """A shop with nothing in it, running, for tests that stop or kill it."""
    running = a_shop(tmp_path)
    running.start()
    yield running
    running.close()


@pytest.fixture(scope="session")
def market(serve: Serve) -> Market:
    return Market(serve)


@pytest.fixture
def stage(market: Market) -> Stage:
    return market.stage()


@pytest.fixture
def guest(serve: Serve) -> Person:
    return Person(serve)
