"""Owns the door through which a process tells how it is: to its siblings on a socket in the run directory, and, where
an operator gave a port, to scrapers and probes over HTTP for all processes of this machine at once.

It runs on threads of its own, so that it answers also when the process' event loop does not. It is never public: a port
on anything but loopback needs a token for the numbers.
"""

import hmac
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import msgspec
import structlog

from shopcast.kernel.config import Settings
from shopcast.kernel.exposition import CONTENT_TYPE, exposition
from shopcast.kernel.metrics import INSTRUMENTS, Family
from shopcast.kernel.vitals import VITALS, Report

# A sibling answers in milliseconds, its checks in a second or two; one that is stopped must not hold up the others.
ASK_WAIT_S = 3.0
_CLIENT_WAIT_S = 5.0
_REQUEST_LIMIT_BYTES = 8_192
_ANSWER_LIMIT_BYTES = 16 * 1024 * 1024
# The sibling that answered for the machine may have fallen: another takes the port over within this time.
_PORT_RETRY_S = 2.0
_FOLDER = "operate"
# sockaddr_un holds 108 bytes including the final zero.
_SOCKET_PATH_LIMIT = 107
_NUMBERS, _VITALS = b"n", b"v"

_log = structlog.get_logger()
Look = Callable[[], None]


class OperatePort(NamedTuple):
    """`token` is asked for the numbers; None on loopback."""

    host: str
    port: int
    token: str | None


def operate_port(settings: Settings) -> OperatePort | None:
    if settings.metrics_port is None:
        return None
    return OperatePort(settings.metrics_host, settings.metrics_port, settings.metrics_token or None)


class Door:
    """Open from `open_door` until `close`."""

    def __init__(self, run_dir: Path, process: str, port: OperatePort | None) -> None:
        self._run_dir = run_dir
        self._path = socket_path(run_dir, process)
        self._port = port
        self._closing = threading.Event()
        self._listener = _listen_locally(self._path)
        self._threads = [threading.Thread(target=self._serve_siblings, name="operate", daemon=True)]
        if port is not None:
            self._threads.append(threading.Thread(target=self._serve_machine, args=(port,), daemon=True))
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        self._closing.set()
        self._path.unlink(missing_ok=True)
        self._listener.close()

    def _serve_siblings(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            with connection, suppress(OSError):
                connection.settimeout(_CLIENT_WAIT_S)
                connection.sendall(_answer(connection.recv(1)))

    def _serve_machine(self, port: OperatePort) -> None:
        while not self._closing.is_set():
            try:
                listener = socket.create_server((port.host, port.port), family=_family(port.host))
            except OSError:
                # A sibling holds it.
                self._closing.wait(_PORT_RETRY_S)
                continue
            with listener:
                self._serve_scrapers(listener, port.token)

    def _serve_scrapers(self, listener: socket.socket, token: str | None) -> None:
        listener.settimeout(1.0)
        while not self._closing.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            with connection, suppress(OSError):
                connection.settimeout(_CLIENT_WAIT_S)
                connection.sendall(_http_answer(_read_request(connection), self._run_dir, token))


@contextmanager
def open_door(run_dir: Path, process: str, port: OperatePort | None = None) -> Iterator[Door]:
    """`process` is unique on this machine. A second one of a name takes the door over from the one before."""
    VITALS.begin(process)
    door = Door(run_dir, process, port)
    try:
        yield door
    finally:
        door.close()


def forget_doors(run_dir: Path) -> None:
    """Before the processes of a machine are started: those of a run before, which may have had other names."""
    for process in processes(run_dir):
        socket_path(run_dir, process).unlink(missing_ok=True)


def socket_path(run_dir: Path, process: str) -> Path:
    return run_dir / _FOLDER / f"{process}.sock"


def processes(run_dir: Path) -> list[str]:
    """Those that have a door on this machine, fallen ones included."""
    return sorted(path.stem for path in (run_dir / _FOLDER).glob("*.sock"))


def report_of(run_dir: Path, process: str) -> Report:
    """Raises OSError when it does not answer."""
    return msgspec.msgpack.decode(_ask(socket_path(run_dir, process), _VITALS), type=Report)


def numbers_of(run_dir: Path, process: str) -> list[Family]:
    """Raises OSError when it does not answer."""
    return msgspec.msgpack.decode(_ask(socket_path(run_dir, process), _NUMBERS), type=list[Family])


def machine_numbers(run_dir: Path) -> dict[str, list[Family]]:
    found: dict[str, list[Family]] = {}
    for process in processes(run_dir):
        with suppress(OSError, msgspec.DecodeError):
            found[process] = numbers_of(run_dir, process)
    return found


def machine_reports(run_dir: Path) -> list[Report]:
    """One that does not answer is reported as not ready."""
    reports = []
    for process in processes(run_dir):
        try:
            reports.append(report_of(run_dir, process))
        except (OSError, msgspec.DecodeError):
            reports.append(Report(process=process, ready=False, draining=False, checks=[]))
    return reports


def _answer(asked: bytes) -> bytes:
    if asked == _NUMBERS:
        return msgspec.msgpack.encode(INSTRUMENTS.families())
    return msgspec.msgpack.encode(VITALS.report())


def _ask(path: Path, question: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection, _short_name(path) as name:
        connection.settimeout(ASK_WAIT_S)
        connection.connect(name)
        connection.sendall(question)
        parts: list[bytes] = []
        size = 0
        # Ends with the sibling's end of the stream, the time-out, or the limit.
        while part := connection.recv(65_536):
            parts.append(part)
            size += len(part)
            if size > _ANSWER_LIMIT_BYTES:
                raise OSError(f"{path.stem} told more than {_ANSWER_LIMIT_BYTES} bytes")
        if not parts:
            raise ConnectionResetError(f"{path.stem} told nothing")
        return b"".join(parts)


def _listen_locally(path: Path) -> socket.socket:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # What a dead process left.
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with _short_name(path) as name:
        listener.bind(name)
    path.chmod(0o600)
    listener.listen(16)
    # Looks up now and then whether it should end.
    listener.settimeout(1.0)
    return listener


@contextmanager
def _short_name(path: Path) -> Iterator[str]:
    """A name that fits the kernel's limit, however deep the data directory lies."""
    if len(os.fsencode(path)) <= _SOCKET_PATH_LIMIT:
        yield str(path)
        return
    descriptor = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{path.name}"
    finally:
        os.close(descriptor)


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _read_request(connection: socket.socket) -> bytes:
    request = b""
    while b"\r\n\r\n" not in request and len(request) < _REQUEST_LIMIT_BYTES:
        part = connection.recv(_REQUEST_LIMIT_BYTES)
        if not part:
            break
        request += part
    return request


def _http_answer(request: bytes, run_dir: Path, token: str | None) -> bytes:
    head, *headers = request.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    method, _, rest = head.partition(" ")
    path = rest.partition(" ")[0].partition("?")[0]
    if method != "GET":
        return _http(405, "text/plain", b"Only GET is answered here.\n")
    match path:
        case "/metrics":
            if not _may_read(headers, token):
                return _http(401, "text/plain", b"Send the token: Authorization: Bearer ...\n")
            return _http(200, CONTENT_TYPE, exposition(machine_numbers(run_dir)))
        case "/health/live":
            if VITALS.is_stuck:
                return _http(503, "application/json", b'{"status":"stuck"}\n')
            return _http(200, "application/json", b'{"status":"alive"}\n')
        case "/health/ready":
            reports = machine_reports(run_dir)
            ready = bool(reports) and all(report.ready for report in reports)
            body = {"status": "ready" if ready else "not_ready", "processes": reports}
            return _http(200 if ready else 503, "application/json", msgspec.json.encode(body) + b"\n")
        case _:
            return _http(404, "text/plain", b"Here are /metrics, /health/live and /health/ready.\n")


def _may_read(headers: list[str], token: str | None) -> bool:
    if token is None:
        return True
    given = next((line.partition(":")[2].strip() for line in headers if line.lower().startswith("authorization:")), "")
    return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())


_REASONS = {200: "OK", 401: "Unauthorized", 404: "Not Found", 405: "Method Not Allowed", 503: "Service Unavailable"}


def _http(status: int, content_type: str, body: bytes) -> bytes:
    head = (
        f"HTTP/1.1 {status} {_REASONS[status]}\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n"
        "Cache-Control: no-store\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
