"""Owns the engine's process: arguments, logging, the event loop."""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import msgspec
import uvloop

from shopcast.kernel.operate_door import open_door
from shopcast.kernel.vitals import VITALS

from .engine import Engine, Ready, serve_until_signal
from .settings import EngineSettings

_STANDARD_FIELDS = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields = {name: str(value) for name, value in record.__dict__.items() if name not in _STANDARD_FIELDS}
        line = {"event": record.getMessage(), "level": record.levelname.lower(), "logger": record.name, **fields}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line).decode()


def _print_ready(ready: Ready) -> None:
    sys.stdout.write(msgspec.json.encode(ready).decode() + "\n")
    sys.stdout.flush()


def run(
    engine: Callable[[], Engine],
    on_ready: Callable[[Ready], None] = _print_ready,
    door: AbstractContextManager[object] | None = None,
) -> None:
    """Serves until SIGTERM or SIGINT; then seals what is recorded. `engine` is made on the loop that serves it; `door`
    is open meanwhile, for those who ask how it is."""
    handler = logging.StreamHandler()
    handler.setFormatter(_JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    # Frames are bytes without cycles; collecting rarely halves the collector's share of the CPU.
    gc.set_threshold(50_000, 20, 50)
    with door or nullcontext(), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        VITALS.follow(runner.get_loop())
        runner.run(serve_until_signal(engine, on_ready))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m shopcast.media.engine", description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--control-socket", type=Path, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--rtmp-port", type=int, default=1935)
    parser.add_argument("--http-port", type=int, default=8090)
    parser.add_argument("--rtmps-port", type=int)
    parser.add_argument("--tls-cert", type=Path)
    parser.add_argument("--tls-key", type=Path)
    parser.add_argument("--http-tls", action="store_true", help="serve the origin over TLS with the same certificate")
    given = parser.parse_args(arguments)
    settings = EngineSettings(**vars(given))
    run(lambda: Engine(settings), door=open_door(given.control_socket.parent, "media"))
