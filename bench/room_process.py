"""One rooms process of a bench: the gateway on a port that it shares with others of its kind.

Started by room_support.py with its settings as one JSON argument; says `ready` on stdout and stops on SIGTERM.
"""

import asyncio
import logging
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import structlog
import uvloop

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from shopcast.backends.embedded import open_embedded  # noqa: E402 - the path comes first
from shopcast.backends.redis.broadcast import RedisBroadcast  # noqa: E402
from shopcast.backends.redis.connection import RedisLine  # noqa: E402
from shopcast.kernel.actions import ActionSpec, Command, Tx  # noqa: E402
from shopcast.kernel.config import Settings  # noqa: E402
from shopcast.kernel.principal import Principal  # noqa: E402
from shopcast.kernel.registry import Registry  # noqa: E402
from shopcast.rooms import ACTIONS, Entry, RoomRules, append, create_room  # noqa: E402
from shopcast.rooms.gateway.server import RoomsServer  # noqa: E402

ROOM = "rom_1"


class OpenRoom(Command, frozen=True, kw_only=True):
    room_id: str


class Pin(Command, frozen=True, kw_only=True):
    """Numbered from 1 and stamped with the machine's monotonic clock, so that receivers can tell loss and delay."""

    room_id: str
    number: int
    at_ns: int


def _open_room(tx: Tx, command: OpenRoom, by: Principal, now: datetime) -> str:
    return create_room(tx, command.room_id, now=now)


def _pin(tx: Tx, command: Pin, by: Principal, now: datetime) -> str:
    body = {
        "item_id": "itm_01JZZZZZZZZZZZZZZZZZZZZZZZ",
        "name": "Linen shirt, washed, relaxed fit",
        "price": 4990,
        "left": 12,
        "bench_number": command.number,
        "bench_ns": command.at_ns,
    }
    return append(tx, command.room_id, "item.pinned", body, at=now)


REGISTRY = Registry(
    actions=(
        *ACTIONS,
        ActionSpec("bench.open_room", OpenRoom, _open_room, str),
        ActionSpec("bench.pin", Pin, _pin, str),
    )
)


def _fold(state: dict[str, Any], entry: Entry) -> dict[str, Any]:
    """How many pins were folded and which was the last: equal unless one was lost or taken twice."""
    if "bench_number" not in entry.body:
        return state
    return {"on_air": entry.body, "last_number": entry.body["bench_number"], "numbers": state.get("numbers", 0) + 1}


RULES: RoomRules[dict[str, Any]] = RoomRules(empty_state=dict, fold=_fold, state_type=dict[str, Any])


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    data_dir: str
    redis_url: str
    port: int
    slot: str


def be_quiet() -> None:
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


async def _serve(setup: Setup) -> None:
    settings = Settings(data_dir=Path(setup.data_dir))
    backend = open_embedded(settings, REGISTRY)
    await backend.start()
    line = RedisLine(setup.redis_url, settings.secret)
    broadcast = RedisBroadcast(line)
    await line.start()
    server = RoomsServer(
        actions=backend.actions,
        reads=backend.reads,
        wakes=backend.wakes,
        broadcast=broadcast,
        rate_limits=backend.limits,
        clock=backend.clock,
        secret=settings.secret,
        rules=RULES,
        slot=setup.slot,
    )
    await server.start()
    await server.listen("127.0.0.1", setup.port, reuse_port=True)
    print("ready", flush=True)
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    await stopped.wait()
    await server.stop()
    await line.close()
    await backend.close()


if __name__ == "__main__":
    be_quiet()
    uvloop.run(_serve(msgspec.json.decode(sys.argv[1], type=Setup)))
