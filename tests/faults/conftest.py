"""One shop of many processes for the whole folder; each test breaks something else of it while people buy and talk."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.life import Life, judge
from tests.faults.shop import ClusterShop, cluster_shop
from tests.support.servers import Postgres, Redis, own_redis
from tests.support.stage import Market, Stage

# Room for some minutes of life, and soon full.
DISK = "600m"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.slow)
    needs_root = [one for one in items if one.get_closest_marker("root") and os.geteuid() != 0]
    if needs_root:
        config.hook.pytest_deselected(items=needs_root)
        items[:] = [one for one in items if one not in needs_root]


@dataclass(frozen=True)
class FakeClock:
    """The time of day as the shop's processes see it; how long something takes is not touched."""

    path: Path

    def set(self, offset_s: int) -> None:
        # At once: a process may read it at any moment.
        written = self.path.with_suffix(".new")
        written.write_text(str(offset_s))
        written.replace(self.path)

    @property
    def environment(self) -> dict[str, str]:
        shim = Path(__file__).parent / "clock"
        path = [str(shim), *filter(None, [os.environ.get("PYTHONPATH")])]
        return {"PYTHONPATH": os.pathsep.join(path), "SHOPS_CLOCK": str(self.path)}


@pytest.fixture(scope="package")
def shops_clock(tmp_path_factory: pytest.TempPathFactory) -> FakeClock:
    clock = FakeClock(tmp_path_factory.mktemp("clock") / "offset")
    clock.set(0)
    return clock


@pytest.fixture(scope="package")
def small_disk() -> Iterator[Path]:
    """A file system of its own for the database; just a folder where we may not mount one."""
    # Not below pytest's own folder, which PostgreSQL's user may not enter.
    with tempfile.TemporaryDirectory(prefix="shopcast-disk-") as directory:
        if os.geteuid() != 0:
            yield Path(directory)
            return
        Path(directory).chmod(0o755)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=755", "tmpfs", directory], check=True)
        try:
            yield Path(directory)
        finally:
            subprocess.run(["umount", "--lazy", directory], check=True)


@pytest.fixture(scope="package")
def postgres(small_disk: Path) -> Iterator[Postgres]:
    """As an operator runs it: what is committed is on disk."""
    server = Postgres(small_disk / "postgres", durable=True, settings={"max_wal_size": "64MB", "wal_recycle": "off"})
    try:
        server.start()
        yield server
    finally:
        server.delete()


@pytest.fixture(scope="package")
def redis() -> Iterator[Redis]:
    with own_redis() as running:
        yield running


@pytest.fixture(scope="package")
def shop(
    tmp_path_factory: pytest.TempPathFactory, postgres: Postgres, redis: Redis, shops_clock: FakeClock
) -> Iterator[ClusterShop]:
    with cluster_shop(tmp_path_factory.mktemp("faults"), postgres, redis, **shops_clock.environment) as running:
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
