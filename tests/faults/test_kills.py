"""kill -9 of each role in the middle of buys and talk, and of the servers below them."""

import pytest

from tests.faults.life import Life
from tests.faults.shop import ClusterShop


@pytest.mark.parametrize("role", ["web-1", "rooms-1", "rooms-2", "worker-1", "media", "test-provider"])
def test_a_killed_role_takes_nothing_with_it(life: Life, shop: ClusterShop, role: str) -> None:
    with life.going_on():
        shop.kill_role(role)


def test_postgresql_restarted_in_order(life: Life, shop: ClusterShop) -> None:
    with life.going_on():
        shop.postgres.restart()


def test_postgresql_killed(life: Life, shop: ClusterShop) -> None:
    """Every connection is gone at once, and it recovers from its log."""
    with life.going_on():
        shop.postgres.kill()
        shop.postgres.start()


def test_redis_flushed(life: Life, shop: ClusterShop) -> None:
    with life.going_on():
        shop.redis.flush()


def test_redis_killed_away_for_seconds_and_empty_when_it_comes_back(life: Life, shop: ClusterShop) -> None:
    with life.going_on():
        shop.redis.kill()
        # Buying and talking go on without it.
        life.goes_on()
        shop.redis.start()
