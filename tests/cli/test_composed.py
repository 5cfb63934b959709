"""The whole of compose.yaml, run by hand: every role with its written settings, an S3 store, the proxy in front."""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest
from PIL import Image

from tests.support.composed import Composed, example
from tests.support.people import Person
from tests.support.room import Seat
from tests.support.s3 import S3Server, own_s3
from tests.support.servers import shared_postgres, shared_redis
from tests.support.waiting import eventually

BUCKET = "shopcast"


@pytest.fixture(scope="module")
def store() -> Iterator[S3Server]:
    with own_s3() as server:
        server.make_bucket(BUCKET)
        yield server


@pytest.fixture(scope="module")
def composed(tmp_path_factory: pytest.TempPathFactory, store: S3Server) -> Iterator[Composed]:
    postgres, database = shared_postgres(), f"composed_{secrets.token_hex(4)}"
    postgres.run(f"CREATE DATABASE {database}")
    values = example(SHOPCAST_SECRET=secrets.token_hex(32), POSTGRES_PASSWORD="hunter2")
    made = Composed(tmp_path_factory.mktemp("composed"), postgres.url(database), shared_redis().url, values)
    made.values |= {**store.environment(BUCKET), "SHOPCAST_PUBLIC_URL": made.url}
    try:
        made.start()
        yield made
    finally:
        made.close()
        postgres.run(f"DROP DATABASE {database} WITH (FORCE)")


@pytest.fixture(scope="module")
def seller(composed: Composed) -> Person:
    return Person(composed).register("seller", "Mira", organisation_name="Lantern and Loom")  # type: ignore[arg-type]  # has its doors


@pytest.fixture(scope="module")
def show_id(seller: Person) -> str:
    show = {"title": "From a container", "starts_at": "2030-01-01T18:00:00Z"}
    made: str = seller.post(f"/v1/organisations/{seller.organisation}/shows", show)["id"]
    seller.post(f"/v1/shows/{made}/schedule")
    return made


def test_pages_come_through_the_proxy(composed: Composed, show_id: str) -> None:
    page = httpx.get(f"{composed.url}/shows/{show_id}", headers={"Accept": "text/html"}, trust_env=False)
    assert page.status_code == 200
    assert "From a container" in page.text
    assert composed.url.replace("http", "ws") in page.headers["content-security-policy"]


def test_sockets_come_through_the_proxy(composed: Composed, seller: Person, show_id: str) -> None:
    with ExitStack() as stack:
        there = [stack.enter_context(Seat(seller, show_id)) for _ in range(6)]
        assert there[0].say("through the proxy")["t"] == "ack"
        for seat in there:
            seat.entry("chat.line", text="through the proxy")


def test_pictures_are_kept_in_the_bucket(composed: Composed, seller: Person, show_id: str, store: S3Server) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(picture, "PNG")
    cover = seller.upload(f"/v1/shows/{show_id}/cover", "cover.png", picture.getvalue(), "image/png")["id"]
    for _ in range(4):
        shown = httpx.get(f"{composed.url}/covers/{cover}", trust_env=False)
        assert shown.content == picture.getvalue()
        assert shown.headers["content-type"] == "image/png"
    assert any(cover.lower() in key for key in store.keys(BUCKET))
    assert not list((composed.directory / "volume-blobs").rglob("*cov*"))


def test_the_media_node_is_behind_the_proxy_and_known_to_the_worker(composed: Composed) -> None:
    assert httpx.get(f"{composed.url}/media/healthz", trust_env=False).status_code == 200
    eventually(lambda: composed.healthy("worker-1"), within_s=30, what="a worker that hears its media node")


def test_visitors_can_not_say_who_they_are(composed: Composed, seller: Person) -> None:
    """The proxy tells whom it saw; what a visitor claims is not passed on."""
    claimed = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
    answer = httpx.get(f"{composed.url}/v1/shows", headers=claimed, trust_env=False)
    assert answer.status_code == 200
    assert "203.0.113.9" not in composed.log()


def test_every_container_is_well_by_its_own_check(composed: Composed) -> None:
    names = ["web-1", "web-2", "rooms-1", "rooms-2", "worker-1", "media-1", "test-provider-1"]
    eventually(lambda: all(composed.healthy(name) for name in names), within_s=30, every_s=0.5, what="all are well")
