"""`shopcast cluster` as its users and its operator see it: several processes behind each door, some of which end."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import psutil
import pytest

from tests.support.cluster import Cluster, running_cluster
from tests.support.people import Person
from tests.support.room import Seat
from tests.support.servers import own_redis
from tests.support.stage import Market
from tests.support.waiting import eventually

# With a fair spread the chance that all of them meet in one of two processes is one in a thousand.
SEATS = 11


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running_cluster(
        tmp_path_factory.mktemp("cluster"), {"web": 2, "rooms": 2, "worker": 2, "media": 0}
    ) as running:
        yield running


@pytest.fixture(scope="module")
def market(cluster: Cluster) -> Market:
    return Market(cluster)


def seats(cluster: Cluster, show_id: str, stack: ExitStack, count: int = SEATS) -> list[Seat]:
    return [stack.enter_context(Seat(Person(cluster), show_id, f"Guest {number}")) for number in range(count)]


def visitors(cluster: Cluster, role: str, port: int) -> int:
    connections = cluster.role(role).net_connections("tcp")
    return sum(one.status == psutil.CONN_ESTABLISHED and one.laddr.port == port for one in connections)


def all_hear(listening: list[Seat], texts: set[str], within_s: float = 15.0) -> None:
    """Each exactly once and in one order: nobody misses a line that others have."""

    def heard() -> bool:
        return all(texts <= {entry["body"]["text"] for entry in seat.entries("chat.line")} for seat in listening)

    eventually(heard, within_s=within_s, what=f"everybody hears {texts}")
    for seat in listening:
        numbers = [entry["seq"] for entry in seat.entries()]
        assert numbers == sorted(set(numbers))


def test_rooms_behind_one_port_are_one_room(cluster: Cluster, market: Market) -> None:
    stage = market.stage()
    with ExitStack() as stack:
        there = seats(cluster, stage.id, stack)
        assert visitors(cluster, "rooms-1", cluster.rooms_port) > 0
        assert visitors(cluster, "rooms-2", cluster.rooms_port) > 0
        for number, seat in enumerate(there):
            assert seat.say(f"line {number}")["t"] == "ack"
        all_hear(there, {f"line {number}" for number in range(SEATS)})


def test_what_rooms_processes_know_of_each_other_is_counted_together(cluster: Cluster, market: Market) -> None:
    with ExitStack() as stack:
        there = seats(cluster, market.stage().id, stack)

        def counted(seat: Seat) -> bool:
            return any(frame["t"] == "live" and frame["viewers"] == SEATS for frame in list(seat.frames))

        eventually(lambda: all(counted(seat) for seat in there), within_s=15, what=f"{SEATS} viewers everywhere")


def test_pages_are_told_where_the_rooms_are(cluster: Cluster, market: Market) -> None:
    person = Person(cluster)
    ticket = person.post(f"/v1/shows/{market.stage().id}/ticket", {})
    assert ticket["ws_url"] == f"ws://127.0.0.1:{cluster.rooms_port}/ws/rooms"
    policy = httpx.get(cluster.url, trust_env=False).headers["content-security-policy"]
    assert f"ws://127.0.0.1:{cluster.rooms_port}" in policy
    # No second door: a socket at a web process would be a room that nobody drains.
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    key = {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    assert httpx.get(f"{cluster.url}/ws/rooms", headers=upgrade | key, trust_env=False).status_code == 404


def test_both_web_processes_answer(cluster: Cluster) -> None:
    before = [cluster.role(name).cpu_times().user for name in ("web-1", "web-2")]

    def both_worked() -> bool:
        for _ in range(40):
            assert httpx.get(f"{cluster.url}/", trust_env=False).status_code == 200
        now = [cluster.role(name).cpu_times().user for name in ("web-1", "web-2")]
        return all(after > was for was, after in zip(before, now, strict=True))

    eventually(both_worked, within_s=30, what="work for both")


@pytest.mark.parametrize("role", ["web-1", "rooms-1", "worker-1", "test-provider"])
def test_a_killed_role_comes_back_alone(cluster: Cluster, role: str) -> None:
    others = {name: cluster.role(name).pid for name in ("web-2", "rooms-2", "worker-2")}
    cluster.end_role(role, signal.SIGKILL)
    assert {name: cluster.role(name).pid for name in others} == others
    cluster.wait_until_well(role)


class Visitors:
    """People who ask all the time, some on a connection they keep, some on a new one; what failed is kept."""

    def __init__(self, url: str) -> None:
        self.answered = 0
        self.failed: list[str] = []
        self._url = url
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(number % 2 == 0,)) for number in range(6)]

    def __enter__(self) -> Visitors:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, keeps: bool) -> None:
        with httpx.Client(trust_env=False, timeout=20) as client:
            while not self._over.is_set():
                try:
                    if keeps:
                        answer = client.get(f"{self._url}/health/live")
                    else:
                        answer = httpx.get(f"{self._url}/health/live", trust_env=False, timeout=20)
                    assert answer.status_code == 200
                    self.answered += 1
                except (httpx.HTTPError, AssertionError) as error:
                    self.failed.append(repr(error))


def test_a_web_process_told_to_stop_loses_no_request(cluster: Cluster) -> None:
    with Visitors(cluster.url) as people:
        for role in ("web-1", "web-2", "web-1"):
            eventually(lambda: people.answered > 50)
            cluster.end_role(role, signal.SIGTERM)
            cluster.wait_until_well(role)
    assert people.failed == []
    assert people.answered > 100


def test_a_request_whose_body_is_on_its_way_is_answered(cluster: Cluster) -> None:
    """The slowest kind of request in flight: a phone that sends while its process is told to stop."""
    body = json.dumps({"email": "nobody@example.com", "password": "x" * 20}).encode()
    head = (
        f"POST /v1/sessions HTTP/1.1\r\nHost: 127.0.0.1:{cluster.http_port}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode()
    sockets = []
    with ExitStack() as stack:
        # Enough that each process has some.
        for _ in range(12):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", cluster.http_port)))
            connection.sendall(head + body[:10])
            sockets.append(connection)
        time.sleep(0.5)
        stopped = cluster.role("web-1")
        stopped.terminate()
        time.sleep(1.0)
        for connection in sockets:
            connection.sendall(body[10:])
        for connection in sockets:
            connection.settimeout(20)
            assert connection.recv(12).startswith(b"HTTP/1.1 4")
    eventually(lambda: cluster.role("web-1").pid != stopped.pid, within_s=30)
    cluster.wait_until_well("web-1")


def test_readiness_ends_before_the_port_closes(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> None:
    directory = tmp_path_factory.mktemp("draining")
    with running_cluster(directory, {"web": 1, "rooms": 0, "worker": 0, "media": 0}, SHOPCAST_DRAIN_S="3") as own:
        process = own.role("web-1")
        process.terminate()
        time.sleep(0.5)
        answer = httpx.get(f"{own.url}/health/ready", trust_env=False, timeout=5)
        assert (answer.status_code, answer.json()["status"]) == (503, "draining")
        assert answer.headers["connection"] == "close"
        assert httpx.get(f"{own.url}/", trust_env=False, timeout=5).status_code == 200


def test_rooms_told_to_stop_send_their_people_to_the_others(cluster: Cluster, market: Market) -> None:
    stage = market.stage()
    with ExitStack() as stack:
        there = seats(cluster, stage.id, stack)
        assert there[0].say("before")["t"] == "ack"
        all_hear(there, {"before"})
        cluster.end_role("rooms-1", signal.SIGTERM)
        sent_away = [seat for seat in there if any(frame["t"] == "bye" for frame in list(seat.frames))]
        stayed = [seat for seat in there if seat not in sent_away]
        assert sent_away
        assert stayed
        for seat in sent_away:
            bye = seat.wait(lambda frame: frame["t"] == "bye")
            assert bye["code"] == "restart"
            assert 250 <= bye["retry_ms"] <= 4_250
        # The lease was handed over, not waited for.
        began = time.monotonic()
        assert stayed[0].say("after")["t"] == "ack"
        assert time.monotonic() - began < 3
        back = [stack.enter_context(Seat(Person(cluster), stage.id, f"Back {n}")) for n in range(len(sent_away))]
        assert back[0].say("back again")["t"] == "ack"
        all_hear(stayed, {"before", "after", "back again"})


def test_losing_redis_loses_no_line_that_was_acknowledged(tmp_path_factory: pytest.TempPathFactory) -> None:
    directory = tmp_path_factory.mktemp("redis_lost")
    with (
        own_redis() as redis,
        running_cluster(directory, {"web": 1, "rooms": 2, "worker": 1, "media": 0}, redis) as own,
    ):
        show_id = _show(own)
        with ExitStack() as stack:
            there = seats(own, show_id, stack)
            assert there[0].say("before")["t"] == "ack"
            all_hear(there, {"before"})
            redis.stop()
            acknowledged = set()
            for round_ in range(3):
                for number, seat in enumerate(there[:4]):
                    text = f"without {round_} {number}"
                    if seat.say(text)["t"] == "ack":
                        acknowledged.add(text)
            assert len(acknowledged) == 12, "chat goes on: the log is not in Redis"
            began = time.monotonic()
            assert httpx.get(f"{own.url}/", trust_env=False, timeout=5).status_code == 200
            assert time.monotonic() - began < 2
            redis.start()
            assert there[1].say("after")["t"] == "ack"
            all_hear(there, {"before", "after", *acknowledged}, within_s=30)


def _show(own: Cluster) -> str:
    market = Market(own, empty=True)
    show = {"title": "Without Redis", "starts_at": "2030-01-01T18:00:00Z"}
    show_id: str = market.seller.post(f"/v1/organisations/{market.seller.organisation}/shows", show)["id"]
    market.seller.post(f"/v1/shows/{show_id}/schedule")
    return show_id


def test_told_to_stop_everything_ends_in_time(tmp_path_factory: pytest.TempPathFactory) -> None:
    with running_cluster(tmp_path_factory.mktemp("stopped"), {"web": 1, "rooms": 1, "worker": 1, "media": 1}) as own:
        assert own.process is not None
        everybody = own.processes()
        began = time.monotonic()
        own.stop()
        assert time.monotonic() - began < 15
        with contextlib.suppress(psutil.NoSuchProcess):
            assert [one for one in everybody if one.is_running() and one.status() != psutil.STATUS_ZOMBIE] == []
    assert "web-1 " in own.log()
    assert '"process": "rooms-1"' in own.log()
