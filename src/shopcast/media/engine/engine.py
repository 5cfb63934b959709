"""Owns the assembled engine: which publisher feeds which broadcast, commands, stats, start and stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import shutil
import signal
import socket
import ssl
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import msgspec
import uvicorn

from shopcast.kernel.metrics import counter, gauge

from .broadcast import Broadcast, valid_name
from .control import ControlServer
from .ingest import Ingest
from .joint import AuthorizeResult, Command, CommandResult, Fact, Hello, Mark, Stats
from .journal import Journal
from .lease import DiskLeases
from .origin import Health, Origin
from .reasons import reason_text
from .rtmp_server import Refusal, RtmpConnection, RtmpServer
from .settings import EngineSettings
from .timeline import wall_clock_ms

_ON_AIR = gauge("shopcast_media_broadcasts_on_air", "Broadcasts somebody publishes here.")
_BITRATE = gauge("shopcast_media_ingest_bits_per_second", "What all encoders send together.")
_REFUSED = counter("shopcast_media_publishers_refused_total", "Encoders refused, by reason.", ("code",))
_DISK = gauge("shopcast_media_disk_free_bytes", "Room left where recordings are written.")
_log = logging.getLogger("media.engine")
_STATS_S = 2.0
# Refusals told per address and minute; a wrong key tried in a loop is one problem, not thousands of facts.
_REFUSALS_PER_MINUTE = 10
# The public sees a refused key's end only, enough for a host to know which one it was.
_HINT_CHARACTERS = 4
# The answer to what is for a broadcast that another node holds.
NOT_HELD = "not_held"


class Ready(msgspec.Struct, frozen=True):
    """The line on standard output that says where the engine listens."""

    ready: bool
    rtmp_port: int
    http_port: int
    rtmps_port: int | None
    control: str


class Engine:
    """One machine's. What a cluster adds (cluster/node.py) goes in through the methods marked as its seams."""

    def __init__(self, settings: EngineSettings, now_ms: Callable[[], int] = wall_clock_ms) -> None:
        self._settings = settings
        self._limits = settings.limits
        self._now_ms = now_ms
        self._root = settings.data_dir / "broadcasts"
        self._root.mkdir(parents=True, exist_ok=True)
        self._leases = DiskLeases(self._root)
        self.journal = Journal(settings.data_dir / "facts.jsonl", self._limits.journal_facts)
        self._boot = secrets.token_hex(8)
        self._http_port = 0
        self._draining = False
        self._control = ControlServer(
            self.journal,
            on_mark=self._mark,
            on_command=self._command,
            hello=lambda: Hello(settings.node, self._boot, self._http_port),
            authorize_timeout_s=self._limits.authorize_timeout_s,
            on_lead=self._led,
        )
        self._origin = Origin(self._find, self._limits.waiting_requests, self._health)
        self._rtmp = RtmpServer(self._limits, self)
        self._broadcasts: OrderedDict[str, Broadcast] = OrderedDict()
        self._publishers: dict[str, tuple[RtmpConnection, Ingest]] = {}
        self._takeovers: dict[str, float] = {}
        self._refusals: Counter[str] = Counter()
        # fsync of a finished chunk may take long on a slow disk; one thread keeps chunks in order.
        self._executor = ThreadPoolExecutor(1, "seal")
        self._loop: asyncio.AbstractEventLoop | None = None

    # ---- what RTMP asks ----

    async def admit(self, connection: RtmpConnection, app: str, key: str) -> Ingest:
        if self._draining:
            raise self._refusal(connection, "engine_stopped", key, "")
        answer = await self._control.authorize(connection, app, key)
        if not answer.ok:
            code = answer.code or "unknown_key"
            raise self._refusal(connection, code, key, answer.broadcast_id, answer.reason)
        if not valid_name(answer.broadcast_id):
            raise self._refusal(connection, "unknown_key", key, "")
        broadcast = await self._take(answer)
        if broadcast is None or self._draining:
            raise self._refusal(connection, "engine_stopped" if self._draining else "no_answer", key, "")
        if broadcast.ended_at_ms:
            raise self._refusal(connection, "ended", key, broadcast.name)
        before = self._publishers.get(broadcast.name)
        if before is not None:
            if not self._may_replace(broadcast.name, before[1]):
                raise self._refusal(connection, "already_publishing", key, broadcast.name)
            before[0].dismiss("replaced")
        ingest = Ingest(broadcast, self._limits, self._now_ms)
        self._publishers[broadcast.name] = (connection, ingest)
        _log.info("media.publish.started", extra={"broadcast_id": broadcast.name, "peer": connection.peer})
        return ingest

    def released(self, connection: RtmpConnection, reason: str) -> None:
        for name, (publisher, ingest) in list(self._publishers.items()):
            if publisher is connection:
                del self._publishers[name]
                ingest.close(reason)
                _log.info("media.publish.ended", extra={"broadcast_id": name, "reason": reason})

    def refused(self, connection: RtmpConnection, code: str, codec: str) -> None:
        """A stream that had begun is stopped: the console hears why."""
        for name, (publisher, _) in self._publishers.items():
            if publisher is connection:
                self._broadcast(name).warn(code, codec=codec)

    async def _take(self, answer: AuthorizeResult) -> Broadcast | None:
        """The broadcast that a permission is for; None when it cannot be had now. A seam."""
        return self._broadcast(answer.broadcast_id)

    def _held(self, name: str) -> Broadcast | None:
        """The broadcast that a mark or a command is for; None when it is not for this node. A seam."""
        return self._broadcast(name)

    def _led(self) -> None:
        """A controller begins to lead. A seam."""

    def _may_replace(self, name: str, before: Ingest) -> bool:
        granted = self._takeovers.pop(name, None)
        if granted is not None and self._clock() - granted <= self._limits.takeover_grant_s:
            return True
        return self._now_ms() - before.last_media_ms >= self._limits.takeover_silence_s * 1000

    def _refusal(self, connection: RtmpConnection, code: str, key: str, broadcast: str, reason: str = "") -> Refusal:
        self._refusals[connection.address] += 1
        _REFUSED.add(1, code)
        _log.info("media.publish.refused", extra={"code": code, "peer": connection.peer, "broadcast_id": broadcast})
        if self._refusals[connection.address] <= _REFUSALS_PER_MINUTE:
            self.journal.add(
                Fact(
                    n=0,
                    kind="refused",
                    broadcast_id=broadcast,
                    at_ms=self._now_ms(),
                    code=code,
                    key_hint=key[-_HINT_CHARACTERS:] if len(key) > 2 * _HINT_CHARACTERS else "",
                    peer=connection.peer,
                )
            )
        return Refusal(code, reason_text(code, given=reason))

    # ---- what the controller says ----

    def _mark(self, mark: Mark) -> str:
        if not valid_name(mark.broadcast_id):
            return "bad_name"
        broadcast = self._held(mark.broadcast_id)
        return NOT_HELD if broadcast is None else broadcast.add_mark(mark)

    def _command(self, command: Command) -> CommandResult:
        if not valid_name(command.broadcast_id) or not 0 < len(command.id) <= 120:
            return CommandResult(command.id, False, "bad_name")
        if command.command == "forget":
            self._forget(command.broadcast_id)
            return CommandResult(command.id, True)
        broadcast = self._held(command.broadcast_id)
        if broadcast is None:
            return CommandResult(command.id, False, NOT_HELD)
        known = broadcast.known_result(command.id)
        if known is not None:
            return known
        code = self._obey(broadcast, command)
        result = CommandResult(command.id, not code, code)
        broadcast.remember_result(result)
        return result

    def _obey(self, broadcast: Broadcast, command: Command) -> str:
        publisher = self._publishers.get(broadcast.name)
        match command.command:
            case "cut":
                broadcast.set_cut(True)
                if publisher is not None:
                    publisher[1].cut()
            case "uncut":
                broadcast.set_cut(False)
            case "kick":
                if publisher is not None:
                    publisher[0].dismiss("kicked")
            case "take_over":
                self._takeovers[broadcast.name] = self._clock()
            case "end":
                if publisher is not None:
                    publisher[0].dismiss("ended")
                broadcast.end()
            case "redact" | "unredact":
                if command.from_ms is None or command.to_ms is None:
                    return "bad_time"
                return broadcast.redact(command.from_ms, command.to_ms, command.command == "redact")
        return ""

    def _forget(self, name: str) -> None:
        publisher = self._publishers.get(name)
        if publisher is not None:
            publisher[0].dismiss("ended")
        broadcast = self._broadcasts.pop(name, None)
        if broadcast is not None:
            broadcast.delete()
        # Behind the last seal, which may still be writing its chunk.
        self._executor.submit(shutil.rmtree, self._root / name, True)

    # ---- broadcasts ----

    def _broadcast(self, name: str) -> Broadcast:
        found = self._broadcasts.get(name)
        if found is None:
            found = self._broadcasts[name] = Broadcast(
                name,
                self._root / name,
                self._settings,
                self._leases,
                tell=self._tell,
                now_ms=self._now_ms,
                executor=self._executor,
                post=self._post,
            )
            found.load()
            self._let_idle_go()
        self._broadcasts.move_to_end(name)
        return found

    def _find(self, name: str) -> Broadcast | None:
        """For the origin: one in memory or on disk, never a new one."""
        if name in self._broadcasts or (self._root / name).is_dir():
            return self._broadcast(name)
        return None

    def _let_idle_go(self) -> None:
        idle = [name for name, found in self._broadcasts.items() if name not in self._publishers and not found.waiting]
        for name in idle[: max(0, len(idle) - self._limits.idle_broadcasts)]:
            del self._broadcasts[name]

    def _recover(self) -> None:
        """Broadcasts that were on air when the engine died are taken up at once, so that their end is told."""
        for path in sorted(self._root.iterdir()):
            lease = self._leases.read(path.name) if path.is_dir() and valid_name(path.name) else None
            if lease is not None and lease.on_air:
                self._broadcast(path.name)

    def _tell(self, fact: Fact) -> None:
        self.journal.add(fact)

    def _post(self, call: Callable[[], None]) -> None:
        """From the sealing thread to the loop; after the loop is gone there is nobody to tell."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(call)

    def _clock(self) -> float:
        return asyncio.get_running_loop().time()

    async def _send_stats(self) -> None:
        rounds = 0
        while True:
            await asyncio.sleep(_STATS_S)
            rounds += 1
            if rounds % 30 == 0:
                self._refusals.clear()
            now_ms = self._now_ms()
            total_bps = 0
            for name, (_, ingest) in list(self._publishers.items()):
                found = ingest.stats(now_ms)
                if found is None:
                    continue
                broadcast = self._broadcast(name)
                broadcast.stats = found
                total_bps += found[0]
                self._control.send_stats(Stats(name, now_ms, *found, broadcast.latest_at_ms))
            _BITRATE.set(total_bps)

    def _health(self) -> Health:
        return Health(self._settings.node, linked=self._control.linked, draining=self._draining)

    # ---- start and stop ----

    async def serve(self, on_ready: Callable[[Ready], None], stop: asyncio.Event) -> None:
        settings = self._settings
        self._loop = asyncio.get_running_loop()
        _ON_AIR.read(lambda: len(self._publishers))
        _DISK.read(lambda: shutil.disk_usage(settings.data_dir).free)
        self._recover()
        rtmp_port = await self._rtmp.listen(settings.host, settings.rtmp_port)
        rtmps_port = None
        if settings.rtmps_port is not None:
            rtmps_port = await self._rtmp.listen(settings.host, settings.rtmps_port, _tls(settings))
        listener = socket.create_server((settings.host, settings.http_port), backlog=1024)
        self._http_port = listener.getsockname()[1]
        control = await self._listen_for_controllers()
        server = _HttpServer(self._http_config())
        serving = asyncio.create_task(server.serve([listener]))
        stats = asyncio.create_task(self._send_stats())
        on_ready(Ready(True, rtmp_port, self._http_port, rtmps_port, control))
        await stop.wait()
        self._draining = True
        stats.cancel()
        for connection, _ in list(self._publishers.values()):
            connection.dismiss("engine_stopped")
        await self._rtmp.close()
        await asyncio.get_running_loop().run_in_executor(self._executor, lambda: None)
        await asyncio.sleep(0)
        await self._drain()
        server.should_exit = True
        await serving
        await self._control.close()
        self._executor.shutdown()

    async def _listen_for_controllers(self) -> str:
        """Where they find it, for the ready line. A seam."""
        assert self._settings.control_socket is not None
        await self._control.listen_unix(self._settings.control_socket)
        return str(self._settings.control_socket)

    async def _drain(self) -> None:
        """Everything is sealed; viewers are still answered. A seam."""

    def _http_config(self) -> uvicorn.Config:
        tls = self._settings.http_tls
        return uvicorn.Config(
            self._origin,
            loop="none",
            lifespan="off",
            ws="none",
            http="httptools",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=1,
            ssl_certfile=str(self._settings.tls_cert) if tls and self._settings.tls_cert else None,
            ssl_keyfile=str(self._settings.tls_key) if tls and self._settings.tls_key else None,
        )


class _HttpServer(uvicorn.Server):
    """Signals belong to `run`, not to uvicorn."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _tls(settings: EngineSettings) -> ssl.SSLContext:
    if settings.tls_cert is None or settings.tls_key is None:
        raise ValueError("RTMPS needs --tls-cert and --tls-key")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(settings.tls_cert, settings.tls_key)
    return context


async def serve_until_signal(engine: Callable[[], Engine], on_ready: Callable[[Ready], None]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await engine().serve(on_ready, stop)
