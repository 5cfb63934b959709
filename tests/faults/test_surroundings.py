"""What is around the shop fails: the disk is full, the clock goes back, a machine can't reach Redis any more."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import FakeClock
from tests.faults.life import Life
from tests.faults.network import DATABASE_HERE, REDIS_HERE, Machine, another_machine
from tests.faults.shop import DATABASE, ClusterShop, role_process
from tests.support.people import Person
from tests.support.serve import free_ports
from tests.support.stage import Stage
from tests.support.waiting import eventually

# Somebody who pinned an item does not wait longer for their button.
PROMPT_S = 3.0
# Rooms look into the log this often when nothing wakes them, and the machine may be busy.
BY_LOOKING_S = 8.0


@pytest.mark.root
def test_the_databases_disk_is_full_for_a_while(life: Life, shop: ClusterShop, small_disk: Path) -> None:
    """Everything is refused or waits, nothing is half done; with room again it goes on by itself."""
    with life.going_on():
        filler = small_disk / "filler"
        _fill(filler)
        _wait_until_refused(shop)
        filler.unlink()
        # PostgreSQL gives up when it cannot write its log, and is started again, as an init system does.
        if shop.postgres._postmaster() is None:
            shop.postgres.start()


def _fill(filler: Path) -> None:
    """To the last byte."""
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(1 << 20))
    with filler.open("ab", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4_096))


def _wait_until_refused(shop: ClusterShop) -> None:
    def refused() -> bool:
        try:
            shop.rows("CREATE TABLE too_much AS SELECT repeat('x', 1000) FROM generate_series(1, 50000)")
            shop.rows("DROP TABLE too_much")
        except RuntimeError:
            return True
        return False

    eventually(refused, within_s=30, what="a full disk")


def test_the_clock_is_set_back(life: Life, shop: ClusterShop, shops_clock: FakeClock) -> None:
    """By a minute and a half, under everybody: leases, tickets and holds of "later" must not stop anything."""
    with life.going_on():
        shops_clock.set(-90)
        life.goes_on()
        shop.kill_role("rooms-1")
    shops_clock.set(0)


class FarWeb:
    """A web process on another machine. People reach it as they reach a shop."""

    def __init__(self, shop: ClusterShop, machine: Machine) -> None:
        (port,) = free_ports(1)
        self.url = f"http://{machine.address}:{port}"
        self.visitors = shop.visitors
        self.process = role_process(
            shop,
            "web",
            *machine.command,
            SHOPCAST_DATABASE_URL=shop.postgres.url(DATABASE).replace("127.0.0.1", DATABASE_HERE),
            SHOPCAST_REDIS_URL=shop.redis.url.replace("127.0.0.1", REDIS_HERE),
            SHOPCAST_HOST=machine.address,
            SHOPCAST_HTTP_PORT=str(port),
            SHOPCAST_PUBLIC_URL=self.url,
            SHOPCAST_TRUSTED_PROXIES=DATABASE_HERE,
            SHOPCAST_SLOT="far-web",
        )


@pytest.fixture
def machine(shop: ClusterShop) -> Iterator[Machine]:
    with another_machine(shop.postgres.port, shop.redis.port) as there:
        yield there


@pytest.fixture
def far_web(shop: ClusterShop, machine: Machine) -> Iterator[FarWeb]:
    web = FarWeb(shop, machine)
    try:
        yield web
    finally:
        web.process.terminate()
        web.process.wait(30)


@pytest.mark.root
def test_a_web_process_is_cut_off_from_redis(life: Life, stage: Stage, machine: Machine, far_web: FarWeb) -> None:
    host = eventually(lambda: _signed_in(far_web, stage), within_s=40, what="the far web process")
    with life.going_on():
        _pins(life, stage, host, 5, within_s=BY_LOOKING_S)
        machine.cut_redis()
        for number in (1, 2, 5):
            _pins(life, stage, host, number, within_s=BY_LOOKING_S)
        buyer = Person(far_web)  # type: ignore[arg-type]  # an address is all that a person needs of a shop
        started = time.monotonic()
        assert buyer.hold(stage.id, life.buyers[0].card)["state"] == "held"
        assert time.monotonic() - started < PROMPT_S
        machine.mend_redis()
        eventually(lambda: _pins(life, stage, host, 1, within_s=1.5) or True, within_s=30, what="a pin at once again")


def _signed_in(far_web: FarWeb, stage: Stage) -> Person:
    assert far_web.process.poll() is None, "the far web process ended"
    person = Person(far_web)  # type: ignore[arg-type]  # as above
    try:
        return person.sign_in(stage.seller.email)
    except OSError as not_yet:
        raise AssertionError("not there yet") from not_yet
    except Exception as not_yet:
        raise AssertionError(str(not_yet)) from not_yet


def _pins(life: Life, stage: Stage, host: Person, number: int, *, within_s: float) -> None:
    """Answered at once, and on every page soon."""
    started = time.monotonic()
    moment = host.post(f"{stage.path}/pin", {"number": number})["moment_id"]
    assert time.monotonic() - started < PROMPT_S
    life.all_see(moment, within_s=within_s)
