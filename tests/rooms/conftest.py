"""The rooms' registry for the shared fixtures, and a shop with gateways on real sockets."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
import pytest_asyncio

from shopcast.kernel.actions import ActionSpec
from tests.factories import TestBackend
from tests.rooms.support import ROOM_TEST_ACTIONS, OpenRoom, Shop, open_shop


@pytest.fixture
def actions() -> Sequence[ActionSpec]:
    return ROOM_TEST_ACTIONS


@pytest.fixture
def room(backend: TestBackend) -> str:
    return str(backend.run(OpenRoom(room_id="rom_1")))


@pytest_asyncio.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(tmp_path) as opened:
        yield opened
