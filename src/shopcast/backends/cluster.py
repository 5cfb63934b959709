"""Owns assembling the cluster profile: PostgreSQL, Redis, many processes on many machines."""

from shopcast.backends.backend import Backend, Engines
from shopcast.backends.disk.blobs import DiskBlobs
from shopcast.backends.inprocess.broadcast import InProcessBroadcast
from shopcast.backends.inprocess.limits import InProcessLimits
from shopcast.backends.inprocess.wakes import InProcessWakes
from shopcast.backends.mail import mailer_of
from shopcast.backends.postgres.actions import PostgresActions
from shopcast.backends.postgres.reads import PostgresReads
from shopcast.kernel.clock import Clock, SystemClock
from shopcast.kernel.config import Settings
from shopcast.kernel.registry import Registry


def open_cluster(settings: Settings, registry: Registry, *, clock: Clock | None = None) -> Backend:
    """Nothing is connected to before it is needed. The database must have been migrated."""
    if settings.database_url is None:
        raise ValueError("the cluster profile needs SHOPCAST_DATABASE_URL")
    chosen_clock = clock or SystemClock()
    wakes = InProcessWakes()
    actions = PostgresActions(settings.database_url, registry, chosen_clock, wakes)
    reads = PostgresReads(settings.database_url)
    return Backend(
        settings=settings,
        registry=registry,
        actions=actions,
        reads=reads,
        blobs=DiskBlobs(settings.data_dir / "blobs"),
        mailer=mailer_of(settings),
        wakes=wakes,
        broadcast=InProcessBroadcast(),
        limits=InProcessLimits(chosen_clock),
        clock=chosen_clock,
        engines=Engines((actions.start,), (actions.close,), (actions.close_blocking, reads.close)),
    )
