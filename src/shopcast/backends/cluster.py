"""Owns assembling the cluster profile: PostgreSQL, Redis, many processes on many machines."""

from shopcast.backends.backend import Backend, Engines
from shopcast.backends.mail import mailer_of
from shopcast.backends.postgres.actions import PostgresActions
from shopcast.backends.postgres.reads import PostgresReads
from shopcast.backends.postgres.relay import PostgresRelay
from shopcast.backends.redis.broadcast import RedisBroadcast
from shopcast.backends.redis.connection import RedisLine
from shopcast.backends.redis.limits import RedisLimits
from shopcast.backends.redis.wakes import RedisWakes
from shopcast.backends.stores import blobs_of
from shopcast.kernel.clock import Clock, SystemClock
from shopcast.kernel.config import Settings
from shopcast.kernel.registry import Registry


def open_cluster(
    settings: Settings, registry: Registry, *, delivers: bool = False, clock: Clock | None = None
) -> Backend:
    """Nothing is connected to before it is needed. The database must have been migrated.

    `delivers`: this process takes part in delivering events. Of those who do, one does; if it dies, the next.
    """
    if settings.database_url is None or settings.redis_url is None:
        raise ValueError("the cluster profile needs SHOPCAST_DATABASE_URL and SHOPCAST_REDIS_URL")
    chosen_clock = clock or SystemClock()
    # Whoever knows the secret is of this installation; others may share the server.
    line = RedisLine(settings.redis_url, settings.secret)
    wakes = RedisWakes(line)
    actions = PostgresActions(settings.database_url, registry, chosen_clock, wakes)
    reads = PostgresReads(settings.database_url)
    relays = [PostgresRelay(settings.database_url, registry, chosen_clock, wakes)] if delivers else []
    return Backend(
        settings=settings,
        registry=registry,
        actions=actions,
        reads=reads,
        blobs=blobs_of(settings),
        mailer=mailer_of(settings),
        wakes=wakes,
        broadcast=RedisBroadcast(line),
        limits=RedisLimits(line, chosen_clock),
        clock=chosen_clock,
        engines=Engines(
            start=(line.start, actions.start, *(relay.start for relay in relays)),
            close=(*(relay.close for relay in relays), actions.close, line.close),
            # What was done is told last.
            close_blocking=(actions.close_blocking, line.close_blocking, reads.close),
        ),
    )
