"""Owns assembling the embedded profile: SQLite, local disk, one machine."""

from shopcast.backends.backend import Backend, Engines
from shopcast.backends.inprocess.broadcast import InProcessBroadcast
from shopcast.backends.inprocess.limits import InProcessLimits
from shopcast.backends.inprocess.wakes import InProcessWakes
from shopcast.backends.mail import mailer_of
from shopcast.backends.sqlite.client import WriterActions
from shopcast.backends.sqlite.local import LocalActions
from shopcast.backends.sqlite.reads import SqliteReads
from shopcast.backends.stores import blobs_of
from shopcast.kernel.clock import Clock, SystemClock
from shopcast.kernel.config import Settings
from shopcast.kernel.registry import Registry


def open_embedded(
    settings: Settings, registry: Registry, *, local: bool = False, clock: Clock | None = None
) -> Backend:
    """A client of the writer process; `local=True` writes in this process instead, and raises WriterAlreadyRunning
    while a server runs. The database must have been migrated."""
    chosen_clock = clock or SystemClock()
    wakes = InProcessWakes()
    reads = SqliteReads(settings.database_path)
    actions: WriterActions | LocalActions
    if local:
        actions = LocalActions(settings.database_path, settings.run_dir, registry, chosen_clock, wakes)
        engines = Engines(close_blocking=(actions.close, reads.close))
    else:
        actions = WriterActions(settings.writer_socket_path, registry, wakes)
        engines = Engines((actions.start,), (actions.close,), (actions.close_blocking, reads.close))
    return Backend(
        settings=settings,
        registry=registry,
        actions=actions,
        reads=reads,
        blobs=blobs_of(settings),
        mailer=mailer_of(settings),
        wakes=wakes,
        broadcast=InProcessBroadcast(),
        limits=InProcessLimits(chosen_clock),
        clock=chosen_clock,
        engines=engines,
    )
