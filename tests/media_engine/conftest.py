"""Fixtures of the media engine's tests: files made once, an engine per module, a controller per test."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parent))

from harness import EngineProcess, FakeController, engine_process, make_flv


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of small broadcasts: usual.flv, small.flv, long_gop.flv, silent.flv, sound.flv, uneven.flv,
    mp3.flv."""
    folder = tmp_path_factory.mktemp("files")
    make_flv(folder / "usual.flv", seconds=12, extra=("-bf", "2"))
    make_flv(folder / "small.flv", seconds=8, size="160x90")
    make_flv(folder / "long_gop.flv", seconds=9, extra=("-g", "300"))
    make_flv(folder / "silent.flv", seconds=6, audio=False)
    make_flv(folder / "sound.flv", seconds=6, video=False)
    make_flv(
        folder / "uneven.flv",
        seconds=6,
        extra=("-vf", "select='mod(n,7)*mod(n,5)',setpts=PTS", "-fps_mode", "vfr", "-g", "40"),
    )
    make_flv(folder / "mp3.flv", seconds=4, extra=("-c:a", "mp3", "-ar", "44100"))
    return folder


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineProcess]:
    with engine_process(tmp_path_factory.mktemp("engine")) as process:
        yield process


KEYS = {f"key-of-{name}-0001": name for name in ("one", "two", "three", "four", "five", "six", "seven", "eight")}


def key_of(broadcast: str) -> str:
    return f"key-of-{broadcast}-0001"


@pytest_asyncio.fixture
async def controller(engine: EngineProcess) -> AsyncIterator[FakeController]:
    controller = await connected(engine)
    yield controller
    await controller.close()


async def connected(engine: EngineProcess) -> FakeController:
    """Once the engine takes commands, so that no publish comes before its controller."""
    controller = FakeController(engine.socket, dict(KEYS))
    await controller.link.connected.wait()
    await controller.command("unredact", "none", from_ms=0, to_ms=1)
    return controller


@pytest_asyncio.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=15) as client:
        yield client
