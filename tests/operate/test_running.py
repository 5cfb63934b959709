"""A running shop as scrapers, probes and its operator see it."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.support.cluster import running_cluster
from tests.support.operating import command
from tests.support.people import ADDRESS, Person
from tests.support.serve import Serve, free_ports
from tests.support.stage import Market
from tests.support.waiting import eventually

Samples = dict[str, list[tuple[dict[str, str], float]]]


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Serve, str]]:
    (port,) = free_ports(1)
    serve = Serve(tmp_path_factory.mktemp("watched"), SHOPCAST_METRICS_PORT=str(port))
    serve.start()
    yield serve, f"http://127.0.0.1:{port}"
    serve.close()


@pytest.mark.slow
def test_one_scrape_tells_of_every_process(watched: tuple[Serve, str]) -> None:
    serve, url = watched
    market = Market(serve)
    product = market.products["copper-light"]
    buyer = Person(serve)
    tap = {"variant_id": product["variants"][0]["id"], "quantity": 1, "source": "list"}
    hold = buyer.post("/v1/holds", tap, moves=True)
    assert buyer.pay(hold, email="seen@example.test", address=ADDRESS)["state"] == "paid"

    def counted() -> Samples:
        found = scraped(url)
        assert value(found, "shopcast_events_lag_seconds") < 60
        return found

    found = eventually(counted, within_s=30, what="the sampled numbers")
    memory = {labels["process"] for labels, _ in found["shopcast_process_resident_memory_bytes"]}
    assert memory == {"web", "writer", "worker", "media"}
    assert value(found, "shopcast_http_requests_total", route="/v1/holds", status="201") == 1
    assert value(found, "shopcast_http_request_duration_seconds_count", route="/v1/checkouts") == 1
    assert value(found, "shopcast_actions_answered_total", action="sales.place_hold", outcome="done") == 1
    assert value(found, "shopcast_actions_duration_seconds_count", action="sales.place_hold") == 1
    assert value(found, "shopcast_events_delivered_total", subscription="talent.book_sale", outcome="done") == 1
    assert value(found, "shopcast_jobs_duration_seconds_count", job="catalog.import_products", outcome="done") == 1
    assert value(found, "shopcast_jobs_dead") == 0
    assert value(found, "shopcast_rooms_connections") == 0
    assert value(found, "shopcast_media_broadcasts_on_air") == 0
    assert value(found, "shopcast_database_size_bytes") > 100_000
    # No address somebody makes up becomes a series.
    Person(serve).http.get("/v1/orders/somebody-elses")
    Person(serve).http.get("/no/such/page-7f3a")
    assert not any("7f3a" in str(labels) for labels, _ in scraped(url)["shopcast_http_requests_total"])


@pytest.mark.slow
def test_health_names_the_part_that_is_missing(watched: tuple[Serve, str]) -> None:
    serve, url = watched
    with httpx.Client(trust_env=False, timeout=10) as http:
        ready = http.get(f"{serve.url}/health/ready")
        assert (ready.status_code, ready.json()["status"]) == (200, "ready")
        assert {"database", "migrations", "writer", "worker"} <= set(ready.json()["parts"])
        assert http.get(f"{url}/health/ready").status_code == 200
        stopped = process_of(serve, "writer")
        os.kill(stopped.pid, signal.SIGSTOP)
        try:

            def unready() -> bool:
                answer = http.get(f"{serve.url}/health/ready")
                return answer.status_code == 503 and answer.json()["parts"].get("writer") == "failed"

            eventually(unready, within_s=20, what="the missing writer")
        finally:
            os.kill(stopped.pid, signal.SIGCONT)
        eventually(lambda: http.get(f"{serve.url}/health/ready").status_code == 200, within_s=20, what="ready again")


@pytest.mark.slow
def test_the_doctor_finds_a_running_shop_well(watched: tuple[Serve, str]) -> None:
    serve, _ = watched
    said = command(serve, "doctor", "--json")
    found = {one["name"]: one for one in json.loads(said.out)}
    wrong = [one for one in found.values() if one["state"] == "fail"]
    assert wrong == []
    assert said.code in (0, 1)
    for name in ("address", "rtmp", "database", "schema", "events", "jobs", "process writer", "process media"):
        assert found[name]["state"] == "ok", found[name]


def scraped(url: str) -> Samples:
    told = httpx.get(f"{url}/metrics", trust_env=False, timeout=10)
    assert told.status_code == 200, told.text
    found: Samples = {}
    for family in text_string_to_metric_families(told.text):
        for sample in family.samples:
            found.setdefault(sample.name, []).append((sample.labels, sample.value))
    return found


def value(found: Samples, name: str, **labels: str) -> float:
    """The sum of all series that have these labels."""
    fitting = [number for known, number in found.get(name, []) if labels.items() <= known.items()]
    assert fitting, f"{name} {labels} is not told"
    return sum(fitting)


def process_of(serve: Serve, role: str) -> psutil.Process:
    """By the door it opened: each writes what it is."""
    door = Path(serve.data / "run" / "operate" / f"{role}.sock")
    for one in serve.processes():
        if any(Path(listening.laddr) == door for listening in one.net_connections("unix") if listening.laddr):
            return one
    raise AssertionError(f"nobody is the {role}")


@pytest.mark.slow
def test_a_cluster_is_watched_as_one_machine(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    numbers = {"web": 1, "rooms": 1, "worker": 1, "media": 0}
    with running_cluster(tmp_path, numbers, SHOPCAST_METRICS_PORT=str(port)) as cluster:
        buyer = Person(cluster).register("shopper", "Ada")
        assert buyer.get("/v1/me")["person"]["display_name"] == "Ada"
        url = f"http://127.0.0.1:{port}"

        def sampled() -> Samples:
            found = scraped(url)
            assert value(found, "shopcast_events_lag_seconds") < 60
            return found

        found = eventually(sampled, within_s=40, what="the sampled numbers")
        processes = {labels["process"] for labels, _ in found["shopcast_process_resident_memory_bytes"]}
        assert {"web-1", "rooms-1", "worker-1"} <= processes
        assert value(found, "shopcast_postgres_commits_total", process="web-1") > 0
        assert value(found, "shopcast_postgres_connections_limit", process="web-1") > 0
        assert [number for _, number in found["shopcast_redis_up"]] == [1.0] * len(found["shopcast_redis_up"])
        said = command(cluster, "doctor", "--json")
        states = {one["name"]: (one["state"], one["en"]) for one in json.loads(said.out)}
        for name in ("schema", "redis", "clock", "collation", "process web-1", "process rooms-1", "address"):
            assert states[name][0] == "ok", states[name]
        # The servers of the tests trade safety for speed, and the doctor says so.
        assert states["database"][0] == "fail"
        assert "power cut" in states["database"][1]
