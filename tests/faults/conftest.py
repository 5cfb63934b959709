"""One shop of many processes for the whole folder; each test breaks something else of it while people buy and talk."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.life import Life, judge
from tests.faults.shop import ClusterShop, cluster_shop
from tests.support.servers import Postgres, Redis, own_postgres, own_redis
from tests.support.stage import Market, Stage


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="package")
def postgres() -> Iterator[Postgres]:
    """As an operator runs it: what is committed is on disk."""
    with own_postgres(durable=True) as running:
        yield running


@pytest.fixture(scope="package")
def redis() -> Iterator[Redis]:
    with own_redis() as running:
        yield running


@pytest.fixture(scope="package")
def shop(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres, redis: Redis) -> Iterator[ClusterShop]:
    with cluster_shop(tmp_path_factory.mktemp("faults"), postgres, redis) as running:
        yield running


@pytest.fixture(scope="package")
def stage(shop: ClusterShop) -> Iterator[Stage]:
    """On air until the end of the folder."""
    opened = Market(shop).stage(grace_s=600)
    card = opened.card(7)
    opened.seller.patch(f"/v1/variants/{card['variants'][0]['id']}", {"on_hand": 100_000})
    with opened.live():
        yield opened


@pytest.fixture
def life(shop: ClusterShop, stage: Stage) -> Iterator[Life]:
    living = Life.of(shop, stage, stage.card(7))
    yield living
    judge(living)
