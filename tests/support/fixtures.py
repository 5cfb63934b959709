"""Fixtures of a running shop. One process serves all tests of a folder; whoever kills it has one of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.people import Person
from tests.support.serve import Serve
from tests.support.stage import Market, Stage

__all__ = ["fresh_serve", "guest", "market", "serve", "stage"]


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    running = Serve(tmp_path_factory.mktemp("shop"))
    running.start()
    yield running
    running.close()


@pytest.fixture
def fresh_serve(tmp_path: Path) -> Iterator[Serve]:
    """A shop with nothing in it, running, for tests that stop or kill it."""
    running = Serve(tmp_path)
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
