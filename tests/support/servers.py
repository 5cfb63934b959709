"""Throw-away PostgreSQL and Redis: private ports, data in a temporary folder, nothing left behind.

One of each serves a whole test run, however many workers it has: whoever comes first starts it, and a guard of its own
process ends it once nobody uses it any more, even when pytest was killed. Fault tests start servers of their own.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import psutil

from tests.support.serve import free_ports

# A cold start on a busy machine of two cores; a warm one takes half a second.
READY_MAX_S = 60.0
STOP_MAX_S = 30.0
USER = "shopcast"
# For tests only: a killed server loses nothing by them, a power cut would.
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
SMALL = {
    "shared_buffers": "64MB",
    "max_connections": "300",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "30min",
    "autovacuum_naptime": "10s",
    "bgwriter_lru_maxpages": "0",
    "log_min_messages": "warning",
    "log_min_error_statement": "fatal",
}


@dataclass
class Postgres:
    """A cluster in `directory`. `durable`: as an operator runs it, for tests of what a commit survives."""

    directory: Path
    port: int = 0
    durable: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)

    def start(self) -> None:
        """Goes on with the same data on the same port after `stop` or `kill`."""
        self.port = self.port or free_ports(1)[0]
        if not (self.data / "PG_VERSION").exists():
            self._create()
        command = [str(binary("postgres")), "-D", str(self.data)]
        for name, value in self._settings().items():
            command += ["-c", f"{name}={value}"]
        with self.log_path.open("ab") as log:
            server = subprocess.Popen(
                _as_owner(command), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.directory
            )
        _let_go(server)
        self.wait_until_ready()

    def stop(self) -> None:
        """Ends every connection, keeps every commit."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """As the power goes: no process of it gets to run another instruction."""
        postmaster = self._postmaster()
        if postmaster is None:
            return
        everybody = [postmaster, *postmaster.children(recursive=True)]
        for one in everybody:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.suspend()
        for one in everybody:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        for one in everybody:
            _wait_for_end(one)
        # Shared memory of a killed server is taken over by the next; its pid may be somebody else's by then.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        (self.directory / f".s.PGSQL.{self.port}.lock").unlink(missing_ok=True)

    def restart(self) -> None:
        self.stop()
        self.start()

    def delete(self) -> None:
        self._end(signal.SIGQUIT)
        shutil.rmtree(self.directory, ignore_errors=True)

    @property
    def data(self) -> Path:
        return self.directory / "data"

    @property
    def pid(self) -> int:
        postmaster = self._postmaster()
        assert postmaster is not None, "it does not run"
        return postmaster.pid

    @property
    def log_path(self) -> Path:
        return self.directory / "postgres.log"

    def url(self, database: str) -> str:
        """As SHOPCAST_DATABASE_URL has it."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def run(self, statement: str, database: str = "postgres") -> list[str]:
        """Lines of an answer, columns separated by `|`. By psql, so that a plain test needs no driver."""
        command = [str(binary("psql")), "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-c", statement]
        done = subprocess.run([*command, self.url(database)], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{statement}: {done.stderr.strip()}")
        return done.stdout.splitlines()

    def wait_until_ready(self) -> None:
        command = [str(binary("pg_isready")), "-q", "-h", "127.0.0.1", "-p", str(self.port), "-U", USER]
        until = time.monotonic() + READY_MAX_S
        while time.monotonic() < until:
            if subprocess.run(command, check=False).returncode == 0:
                return
            time.sleep(0.05)
        raise AssertionError(f"PostgreSQL was not ready in {READY_MAX_S} s:\n{self._log_end()}")

    def _create(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(self.directory, "postgres")
        command = [str(binary("initdb")), "-D", str(self.data), "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C"]
        if not self.durable:
            command.append("--no-sync")
        done = subprocess.run(_as_owner(command), capture_output=True, text=True, check=False, cwd=self.directory)
        if done.returncode:
            raise RuntimeError(f"initdb: {done.stderr.strip()}")

    def _settings(self) -> dict[str, str]:
        own = {"port": str(self.port), "listen_addresses": "127.0.0.1", "unix_socket_directories": str(self.directory)}
        return {**SMALL, **({} if self.durable else NOT_DURABLE), **own, **self.settings}

    def _postmaster(self) -> psutil.Process | None:
        return _process_of(self.data / "postmaster.pid")

    def _end(self, how: signal.Signals) -> None:
        postmaster = self._postmaster()
        if postmaster is None:
            return
        _end(postmaster, how)

    def _log_end(self) -> str:
        return self.log_path.read_text(errors="replace")[-4000:]


@dataclass
class Redis:
    """A server that keeps nothing on disk: what is gone with it must not matter to anybody."""

    directory: Path
    port: int = 0

    def start(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        self.port = self.port or free_ports(1)[0]
        command = [str(binary("redis-server")), "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        command += ["--appendonly", "no", "--dir", str(self.directory), "--pidfile", str(self._pid_path)]
        command += ["--daemonize", "yes", "--logfile", str(self.directory / "redis.log")]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        self.wait_until_ready()

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """With nothing in it: it keeps nothing."""
        self.stop()
        self.start()

    def flush(self) -> None:
        assert self.command("FLUSHALL") == "+OK"

    def delete(self) -> None:
        self.kill()
        shutil.rmtree(self.directory, ignore_errors=True)

    @property
    def url(self) -> str:
        """As SHOPCAST_REDIS_URL has it."""
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self, *words: str) -> str:
        """The first line of the answer."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=STOP_MAX_S) as connection:
            connection.sendall(" ".join(words).encode() + b"\r\n")
            return connection.makefile("r").readline().rstrip()

    def wait_until_ready(self) -> None:
        until = time.monotonic() + READY_MAX_S
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                if self.command("PING") == "+PONG":
                    return
            time.sleep(0.02)
        raise AssertionError(f"Redis was not ready in {READY_MAX_S} s")

    @property
    def pid(self) -> int:
        return int(self._pid_path.read_text())

    @property
    def _pid_path(self) -> Path:
        return self.directory / "redis.pid"

    def _end(self, how: signal.Signals) -> None:
        process = _process_of(self._pid_path)
        if process is not None:
            _end(process, how)
        self._pid_path.unlink(missing_ok=True)


@contextlib.contextmanager
def own_postgres(*, durable: bool = False, **settings: str) -> Iterator[Postgres]:
    """For one test or benchmark, which may stop it and kill it."""
    server = Postgres(Path(tempfile.mkdtemp(prefix="shopcast-postgres-")), durable=durable, settings=settings)
    try:
        server.start()
        yield server
    finally:
        server.delete()


@contextlib.contextmanager
def own_redis() -> Iterator[Redis]:
    server = Redis(Path(tempfile.mkdtemp(prefix="shopcast-redis-")))
    try:
        server.start()
        yield server
    finally:
        server.delete()


@cache
def shared_postgres() -> Postgres:
    """The one of this test run; every caller gets databases of its own in it."""
    directory = _join("postgres")
    with _locked(directory / "start.lock"):
        server = Postgres(directory / "server", port=_stored_port(directory))
        if server._postmaster() is None:
            server.start()
            (directory / "port").write_text(str(server.port))
    return server


@cache
def shared_redis() -> Redis:
    """One for each worker of this test run, since its channels have no owner."""
    directory = _join(f"redis-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
    with _locked(directory / "start.lock"):
        server = Redis(directory / "server", port=_stored_port(directory))
        if _process_of(server._pid_path) is None:
            server.start()
            (directory / "port").write_text(str(server.port))
    return server


@cache
def binary(name: str) -> Path:
    """PostgreSQL's programs are not on the path on Debian; the newest installed are taken."""
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parts[-3]))
    found = str(versions[-1]) if versions else shutil.which(name)
    if found is None:
        raise RuntimeError(f"tests on PostgreSQL and Redis need {name}; `make setup-test` installs it")
    return Path(found)


def _stored_port(directory: Path) -> int:
    path = directory / "port"
    return int(path.read_text()) if path.exists() else 0


def _as_owner(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return command
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--", *command]


def _process_of(pid_path: Path) -> psutil.Process | None:
    """None unless it runs: a file may be left by one that was killed."""
    try:
        process = psutil.Process(int(pid_path.read_text().split()[0]))
        return process if _runs(process) and process.name() in ("postgres", "redis-server") else None
    except (OSError, ValueError, IndexError, psutil.NoSuchProcess):
        return None


def _end(process: psutil.Process, how: signal.Signals) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(how)
    _wait_for_end(process)


def _wait_for_end(process: psutil.Process) -> None:
    """Nobody may come to collect what a daemon leaves, so that its pid lasts longer than itself."""
    until = time.monotonic() + STOP_MAX_S
    while _runs(process):
        if time.monotonic() > until:
            raise AssertionError(f"{process.pid} did not end in {STOP_MAX_S} s")
        time.sleep(0.01)


def _runs(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _let_go(process: subprocess.Popen[bytes]) -> None:
    """It is ended by its pid, by whoever comes last: Python must not complain that nobody waited for it."""
    process.returncode = 0


def _join(name: str) -> Path:
    """The folder of a server shared by this test run, with this process entered among its users."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", f"{os.getpid()}")
    directory = Path(tempfile.gettempdir()) / f"shopcast-tests-{os.geteuid()}-{run}-{name}"
    while True:
        directory.mkdir(mode=0o755, exist_ok=True)
        directory.chmod(0o755)
        users = directory / "users"
        descriptor = os.open(users, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        # Held until this process ends, however it ends. What it starts doesn't inherit it.
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        if users.exists() and os.fstat(descriptor).st_ino == users.stat().st_ino:
            break
        os.close(descriptor)
    with _locked(directory / "start.lock"):
        if not (directory / "guarded").exists():
            guard = [sys.executable, "-m", "tests.support.servers", str(directory)]
            with open(os.devnull, "r+b") as nowhere:
                guarding = subprocess.Popen(
                    guard, stdin=nowhere, stdout=nowhere, stderr=nowhere, start_new_session=True, cwd=_ROOT
                )
            _let_go(guarding)
            (directory / "guarded").touch()
    return directory


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _guard(directory: Path) -> None:
    """Waits until nobody uses the server, then ends it and deletes the folder."""
    descriptor = os.open(directory / "users", os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    for pid_path in (directory / "server" / "data" / "postmaster.pid", directory / "server" / "redis.pid"):
        process = _process_of(pid_path)
        if process is not None:
            _end(process, signal.SIGQUIT if pid_path.name == "postmaster.pid" else signal.SIGKILL)
    shutil.rmtree(directory, ignore_errors=True)


_ROOT = Path(__file__).parents[2]

if __name__ == "__main__":
    _guard(Path(sys.argv[1]))
