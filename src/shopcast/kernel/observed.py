"""Owns what every process of a shop does around its work: logs in a known form, traces if asked for, an open door."""

from collections.abc import Iterator
from contextlib import contextmanager

from shopcast.kernel.config import Settings
from shopcast.kernel.operate_door import open_door, operate_port
from shopcast.kernel.telemetry import set_up_logging
from shopcast.kernel.tracing import start_tracing, stop_tracing


@contextmanager
def observed(settings: Settings, process: str) -> Iterator[None]:
    """Called once in each process, after it was forked. `process` is unique on this machine ("web", "rooms-2", …)."""
    set_up_logging(settings.log_level, process)
    start_tracing(settings, process)
    try:
        with open_door(settings.run_dir, process, operate_port(settings)):
            yield
    finally:
        stop_tracing()
