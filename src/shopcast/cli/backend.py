"""The backend for a command at the terminal: through the running server if there is one, otherwise alone."""

from collections.abc import Iterator
from contextlib import contextmanager

from shopcast.backends.backend import Backend
from shopcast.backends.sqlite.lock import WriterAlreadyRunning
from shopcast.kernel.config import Settings
from shopcast.kernel.telemetry import set_up_logging
from shopcast.wiring import build_registry, migrate, open_backend


@contextmanager
def backend_for_command(settings: Settings) -> Iterator[Backend]:
    # What the command answers is on standard output, and nothing else.
    set_up_logging(settings.log_level, "command")
    registry = build_registry()
    try:
        settings.run_dir.mkdir(parents=True, exist_ok=True)
        migrate(settings)
        backend = open_backend(settings, registry, local=True)
    except WriterAlreadyRunning:
        backend = open_backend(settings, registry)
    try:
        yield backend
    finally:
        backend.close_blocking()
