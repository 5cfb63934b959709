"""A second machine on this one: a network namespace with a cable to PostgreSQL and another to Redis. Needs root."""

from __future__ import annotations

import contextlib
import selectors
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass

NAMESPACE = "shopcast-faults"
# Of the documentation's own networks (RFC 5737), which nothing routes.
DATABASE_HERE, DATABASE_THERE = "198.51.100.1", "198.51.100.2"
REDIS_HERE, REDIS_THERE = "203.0.113.1", "203.0.113.2"
_BUFFER_BYTES = 65_536


@dataclass
class Machine:
    """`address`: where what runs there is reached; `command` stands in front of what is to run there."""

    address: str = DATABASE_THERE
    command: tuple[str, ...] = ("ip", "netns", "exec", NAMESPACE)

    def cut_redis(self) -> None:
        """As a cable that is pulled: nothing answers, nothing refuses."""
        _ip("link", "set", "faults-redis", "down")

    def mend_redis(self) -> None:
        _ip("link", "set", "faults-redis", "up")


@contextlib.contextmanager
def another_machine(database_port: int, redis_port: int) -> Iterator[Machine]:
    _remove()
    _ip("netns", "add", NAMESPACE)
    try:
        _ip("-n", NAMESPACE, "link", "set", "lo", "up")
        for name, here, there in (
            ("faults-data", DATABASE_HERE, DATABASE_THERE),
            ("faults-redis", REDIS_HERE, REDIS_THERE),
        ):
            _ip("link", "add", name, "type", "veth", "peer", "name", f"{name}-x", "netns", NAMESPACE)
            _ip("addr", "add", f"{here}/24", "dev", name)
            _ip("link", "set", name, "up")
            _ip("-n", NAMESPACE, "addr", "add", f"{there}/24", "dev", f"{name}-x")
            _ip("-n", NAMESPACE, "link", "set", f"{name}-x", "up")
        with _carrying(DATABASE_HERE, database_port), _carrying(REDIS_HERE, redis_port):
            yield Machine()
    finally:
        _remove()


def _remove() -> None:
    for name in ("faults-data", "faults-redis"):
        subprocess.run(["ip", "link", "del", name], check=False, capture_output=True)
    subprocess.run(["ip", "netns", "del", NAMESPACE], check=False, capture_output=True)


def _ip(*words: str) -> None:
    done = subprocess.run(["ip", *words], check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"ip {' '.join(words)}: {done.stderr}"


@contextlib.contextmanager
def _carrying(address: str, port: int) -> Iterator[None]:
    """The servers listen on loopback alone; whoever comes to this address is carried there."""
    stopped = threading.Event()
    with socket.create_server((address, port)) as listener:
        listener.settimeout(0.2)
        thread = threading.Thread(target=_carry, args=(listener, port, stopped))
        thread.start()
        try:
            yield
        finally:
            stopped.set()
            thread.join()


def _carry(listener: socket.socket, port: int, stopped: threading.Event) -> None:
    """One thread for all lines: whatever comes on one end of a line goes out of the other."""
    with selectors.DefaultSelector() as lines, contextlib.ExitStack() as everything:
        lines.register(listener, selectors.EVENT_READ)
        while not stopped.is_set():
            for key, _ in lines.select(0.2):
                if key.fileobj is listener:
                    near, _ = listener.accept()
                    far = socket.create_connection(("127.0.0.1", port))
                    for one, other in ((near, far), (far, near)):
                        everything.enter_context(one)
                        lines.register(one, selectors.EVENT_READ, other)
                else:
                    _pass_on(lines, key.fileobj, key.data)  # type: ignore[arg-type]  # a socket, as registered


def _pass_on(lines: selectors.BaseSelector, one: socket.socket, other: socket.socket) -> None:
    try:
        data = one.recv(_BUFFER_BYTES)
        if data:
            other.sendall(data)
            return
    except OSError:
        pass
    for end in (one, other):
        with contextlib.suppress(KeyError, OSError, ValueError):
            lines.unregister(end)
            end.shutdown(socket.SHUT_RDWR)
