"""Every adapter of a port, so that one suite runs on all of them; two of each where several processes share it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from shopcast.backends.disk.blobs import DiskBlobs
from shopcast.backends.redis.connection import RedisLine
from shopcast.backends.s3.blobs import S3Blobs
from shopcast.kernel.ports import BlobStore
from tests.support.s3 import S3Server, own_s3
from tests.support.servers import Redis, own_redis, shared_redis

MakeLine = Callable[[], RedisLine]


async def until(look: Callable[[], object], within_s: float = 10.0) -> None:
    """Lets the loop run until it is true."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within_s
    while not look():
        assert loop.time() < deadline, "it did not happen in time"
        await asyncio.sleep(0.005)


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    with own_s3() as server:
        yield server


@pytest.fixture
def bucket(s3: S3Server) -> str:
    name = f"bucket-{secrets.token_hex(6)}"
    s3.make_bucket(name)
    return name


def s3_blobs(server: S3Server, bucket: str, prefix: str = "shop") -> S3Blobs:
    return S3Blobs(
        f"s3://{bucket}/{prefix}",
        endpoint=server.endpoint,
        region=server.region,
        access_key=server.access_key,
        secret_key=server.secret_key,
    )


@pytest.fixture(params=["disk", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    if request.param == "disk":
        return DiskBlobs(tmp_path)
    return s3_blobs(request.getfixturevalue("s3"), request.getfixturevalue("bucket"))


@pytest.fixture
def redis() -> Redis:
    return shared_redis()


@pytest.fixture
def fragile_redis() -> Iterator[Redis]:
    """One that this test may stop, pause and flush."""
    with own_redis() as server:
        yield server


@pytest.fixture
def redis_url(redis: Redis) -> str:
    return redis.url


@pytest.fixture
def redis_command(redis: Redis) -> Callable[..., str]:
    return redis.command


@pytest.fixture
async def make_line(request: pytest.FixtureRequest) -> AsyncIterator[MakeLine]:
    """Lines of several processes of one installation, on the shared server or on the fragile one of the test."""
    lines: list[RedisLine] = []
    namespace = secrets.token_bytes(8)

    def make() -> RedisLine:
        fragile = "fragile_redis" in request.fixturenames
        server: Redis = request.getfixturevalue("fragile_redis") if fragile else shared_redis()
        lines.append(RedisLine(server.url, namespace))
        return lines[-1]

    yield make
    await asyncio.gather(*(line.close() for line in lines))
