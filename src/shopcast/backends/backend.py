"""Owns what a process is given to work with: the ports, whichever engines stand behind them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from shopcast.kernel.actions import Actions
from shopcast.kernel.clock import Clock
from shopcast.kernel.config import Settings
from shopcast.kernel.ports import BlobStore, Broadcast, Mailer, RateLimits, Wakes
from shopcast.kernel.reads import Reads
from shopcast.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class Engines:
    """What opening and closing means for the engines of a profile, in the order in which it is done."""

    start: Sequence[Callable[[], Awaitable[None]]] = ()
    close: Sequence[Callable[[], Awaitable[None]]] = ()
    close_blocking: Sequence[Callable[[], None]] = ()


@dataclass(frozen=True, slots=True)
class Backend:
    settings: Settings
    registry: Registry
    actions: Actions
    reads: Reads
    blobs: BlobStore
    mailer: Mailer
    wakes: Wakes
    broadcast: Broadcast
    limits: RateLimits
    clock: Clock
    engines: Engines

    async def start(self) -> None:
        """Begins to listen for wakes. Call it on the event loop that will use the backend."""
        for start in self.engines.start:
            await start()

    async def close(self) -> None:
        for close in self.engines.close:
            await close()
        self.close_blocking()

    def close_blocking(self) -> None:
        """For commands without an event loop."""
        for close in self.engines.close_blocking:
            close()
