"""Owns the whole examination: which questions are asked of which installation, in which order."""

import importlib.util
import resource
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from sqlalchemy.exc import SQLAlchemyError

from shopcast.kernel.clock import SystemClock
from shopcast.kernel.config import Settings
from shopcast.kernel.events import event_type_name
from shopcast.kernel.operate_door import machine_reports
from shopcast.kernel.registry import Registry
from shopcast.kernel.schema_version import newest_version
from shopcast.operate.backup.back_up import last_backup_at
from shopcast.operate.doctor import configuration, machine, probes, services, work
from shopcast.operate.doctor.finding import Finding, fail, ok
from shopcast.operate.sampler import Numbers, numbers
from shopcast.wiring import open_backend


def examine(settings: Settings, registry: Registry) -> Iterator[Finding]:
    """Asks and tells one thing after the other; none of them stops the others."""
    writer = probes.writer_of(settings.run_dir)
    runs = writer is not None or any(report.checks for report in machine_reports(settings.run_dir))
    for ask in (
        lambda: _configuration(settings),
        lambda: _machine(settings, runs),
        lambda: _cluster(settings) if settings.is_cluster else _embedded(settings, writer),
        lambda: _outside(settings, runs),
        lambda: [work.process(report) for report in machine_reports(settings.run_dir)] if runs else [],
        lambda: _work(settings, registry),
    ):
        yield from _guarded(ask)


def _guarded(ask: Callable[[], list[Finding]]) -> list[Finding]:
    try:
        return ask()
    except Exception as error:  # noqa: BLE001 - a doctor who faints over one question must still answer the others
        said = f"{type(error).__name__}: {error}"[:300]
        return [fail("doctor", f"A question could not be asked ({said}).", f"检查未能完成({said})。")]


def _configuration(settings: Settings) -> list[Finding]:
    return [
        configuration.demo(settings),
        configuration.payments(settings),
        configuration.https(settings),
        configuration.proxies(settings),
        configuration.mail(settings),
    ]


def _machine(settings: Settings, runs: bool) -> list[Finding]:
    folder = probes.existing(settings.data_dir)
    ports = _ports(settings)
    free = {name: probes.is_free(settings.host, number) for name, number in ports.items()}
    # In a cluster this machine may run some of the roles only.
    asked = {} if settings.is_cluster else ports
    return [
        *machine.doubled_ports(ports),
        *(machine.port(name, number, free[name], runs) for name, number in asked.items()),
        machine.disk(shutil.disk_usage(folder).free, probes.inodes_share(folder)),
        machine.file_limit(*resource.getrlimit(resource.RLIMIT_NOFILE)),
        machine.exports(importlib.util.find_spec("av") is not None),
    ]


def _ports(settings: Settings) -> dict[str, int]:
    named = {
        "SHOPCAST_HTTP_PORT": settings.http_port,
        "SHOPCAST_MEDIA_HTTP_PORT": settings.media_http_port,
        "SHOPCAST_RTMP_PORT": settings.rtmp_port,
        "SHOPCAST_RTMPS_PORT": settings.rtmps_port,
    }
    return {name: number for name, number in named.items() if number is not None}


def _embedded(settings: Settings, writer: int | None) -> list[Finding]:
    if not settings.database_path.exists():
        return [services.schema(None, newest_version())]
    damage, version = probes.sqlite_facts(settings.database_path)
    wal = settings.database_path.with_name(settings.database_path.name + "-wal")
    return [
        services.sqlite(damage, writer),
        *([services.schema(version, newest_version())] if damage == "ok" else []),
        machine.wal(wal.stat().st_size if wal.exists() else 0),
    ]


def _cluster(settings: Settings) -> list[Finding]:
    return [*_postgres(settings), *_redis(settings), *_bucket(settings)]


def _postgres(settings: Settings) -> list[Finding]:
    # Here, because the driver comes with the cluster extra.
    import psycopg  # noqa: PLC0415

    try:
        with psycopg.connect(settings.database_url or "", connect_timeout=int(probes.ANSWER_WAIT_S)) as connection:
            asked = ("server_encoding", "fsync", "synchronous_commit", "max_connections", "server_version_num")
            known = {name: str(_value(connection.execute(f"SHOW {name}"))) for name in asked}
            recovering = bool(_value(connection.execute("SELECT pg_is_in_recovery()")))
            theirs = float(str(_value(connection.execute("SELECT extract(epoch FROM clock_timestamp())"))))
            ahead = timedelta(seconds=theirs - time.time())
            collate = "SELECT datcollate FROM pg_database WHERE datname = current_database()"
            collation = str(_value(connection.execute(collate)))
            versioned = _value(connection.execute("SELECT to_regclass('alembic_version') IS NOT NULL"))
            schema = _value(connection.execute("SELECT version_num FROM alembic_version")) if versioned else None
    except psycopg.OperationalError as unreachable:
        why = str(unreachable).strip().splitlines()[-1][:200]
        return [services.unreachable("database", "SHOPCAST_DATABASE_URL", why)]
    return [
        services.postgres(int(known["server_version_num"]) // 10_000, known, in_recovery=recovering),
        services.collation(collation),
        services.schema(None if schema is None else str(schema), newest_version()),
        machine.clock(ahead, "the database's", "数据库"),
    ]


def _value(cursor: object) -> object:
    row = cursor.fetchone()  # type: ignore[attr-defined]  # a cursor of psycopg, which is imported only where it is there
    return None if row is None else row[0]


def _redis(settings: Settings) -> list[Finding]:
    # Here, because the library comes with the cluster extra.
    from redis import Redis  # noqa: PLC0415
    from redis.exceptions import RedisError  # noqa: PLC0415

    wait_s = probes.ANSWER_WAIT_S
    try:
        with Redis.from_url(settings.redis_url or "", socket_timeout=wait_s, socket_connect_timeout=wait_s) as server:
            about = server.info()
    except RedisError as unreachable:
        return [services.unreachable("redis", "SHOPCAST_REDIS_URL", str(unreachable)[:200])]
    policy = str(about.get("maxmemory_policy", "noeviction"))
    return [services.redis(str(about["redis_version"]), policy, has_memory_limit=int(about.get("maxmemory", 0)) > 0)]


def _bucket(settings: Settings) -> list[Finding]:
    if settings.blobs_url is None:
        return []
    # Here, because the library comes with the cluster extra.
    from shopcast.operate.backup.bucket import store_of  # noqa: PLC0415

    store = store_of(settings.blobs_url, settings)
    key, content = f"doctor/{secrets.token_hex(8)}", secrets.token_bytes(32)
    steps: tuple[tuple[str, Callable[[], object]], ...] = (
        ("put", lambda: store.put(key, content, "application/octet-stream")),
        ("get", lambda: store.open(key).read()),
        ("list", lambda: store.sizes("doctor")),
        ("delete", lambda: store.delete(key)),
    )
    for name, step in steps:
        try:
            step()
        except OSError as refused:
            return [services.bucket(name, str(refused)[:200])]
    return [services.bucket(None, "")]


def _outside(settings: Settings, runs: bool) -> list[Finding]:
    found = []
    if settings.smtp_url is not None:
        trouble = probes.smtp_trouble(settings.smtp_url)
        found.append(
            services.unreachable("smtp", "SHOPCAST_SMTP_URL", trouble)
            if trouble
            else ok("smtp", "The mail server takes us.", "邮件服务器可用。")
        )
    if not runs:
        return found
    url = settings.public_url
    status, body, ahead, why = probes.fetched(f"{url}/health/live")
    found.append(services.public_address(url, status, why, is_ours=b'"alive"' in body))
    if ahead is not None and configuration.is_public(settings):
        found.append(machine.clock(ahead, f"{urlsplit(url).hostname}'s", f" {urlsplit(url).hostname} "))
    if settings.is_https:
        found.append(services.certificate(*probes.certificate_left(url)))
    rtmp = probes.rtmp_trouble(settings.public_rtmp_url)
    found.append(
        services.unreachable("rtmp", "SHOPCAST_PUBLIC_RTMP_URL", rtmp)
        if rtmp
        else ok("rtmp", f"Encoders reach {settings.public_rtmp_url}.", f"编码器可连接 {settings.public_rtmp_url}。")
    )
    return found


def _work(settings: Settings, registry: Registry) -> list[Finding]:
    backed_up_at = last_backup_at(settings.data_dir)
    backup = work.backup(None if backed_up_at is None else timedelta(seconds=max(time.time() - backed_up_at, 0)))
    if not settings.is_cluster and not settings.database_path.exists():
        return [backup]
    found = _numbers(settings, registry)
    if found is None:
        return [backup]
    return [work.deliveries(found), work.dead_letters(found), work.jobs(found), backup]


def _numbers(settings: Settings, registry: Registry) -> Numbers | None:
    """None if the database can't be asked, which was said already."""
    backend = open_backend(settings, registry)
    listening = {one.name: event_type_name(one.event_type) for one in registry.subscriptions}
    try:
        return backend.reads.run_blocking(numbers, listening, SystemClock().now())
    except (SQLAlchemyError, OSError):
        return None
    finally:
        backend.close_blocking()
