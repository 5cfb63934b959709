"""Owns what the roles of a cluster print: each line with the name of its role in front, and none torn by another's."""

import os
import selectors
import sys
from dataclasses import dataclass, field

# A longer line is passed on in pieces; tracebacks in JSON reach some 20 kB.
LINE_LIMIT_BYTES = 256 * 1024
_READ_BYTES = 64 * 1024


@dataclass(slots=True)
class _Pipe:
    prefix: bytes
    begun: bytearray = field(default_factory=bytearray)


class LogPipes:
    """Made in the supervisor. `inlet` gives a role what becomes its standard output and error."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._selector = selectors.DefaultSelector()

    def inlet(self, name: str) -> int:
        """The caller closes it once it has been handed on."""
        outlet, inlet = os.pipe2(os.O_CLOEXEC)
        os.set_blocking(outlet, False)
        self._selector.register(outlet, selectors.EVENT_READ, _Pipe(f"{name:<{self._width}} | ".encode()))
        return inlet

    def pump(self, seconds: float) -> None:
        """Passes on what is said, for about this long."""
        for key, _ in self._selector.select(seconds):
            self._pass_on(key.fd, key.data)

    def _pass_on(self, outlet: int, pipe: _Pipe) -> None:
        try:
            said = os.read(outlet, _READ_BYTES)
        except BlockingIOError:
            return
        pipe.begun += said
        *lines, rest = pipe.begun.split(b"\n")
        pipe.begun = bytearray(rest)
        if not said or len(pipe.begun) > LINE_LIMIT_BYTES:
            lines.append(pipe.begun)
            pipe.begun = bytearray()
        out = b"".join(pipe.prefix + line + b"\n" for line in lines if line)
        if out:
            sys.stdout.buffer.write(out)
            sys.stdout.buffer.flush()
        if not said:
            self._selector.unregister(outlet)
            os.close(outlet)
