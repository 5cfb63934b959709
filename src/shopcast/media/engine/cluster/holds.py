"""Owns the leases that this node holds: what it says of them, when it says so, and when it gives one back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from shopcast.media.engine.broadcast import Broadcast
from shopcast.media.engine.joint import LeaseState
from shopcast.media.engine.lease import Lease

from .uploads import Uploads

# A broadcast without a publisher is kept so long: the encoder most often comes back to the same node.
_IDLE_S = 60.0


@dataclass
class Hold:
    token: int
    broadcast: Broadcast
    root: Path
    uploads: Uploads
    uploading: asyncio.Task[None]
    idle_since: float
    # When media was last heard, in the loop's time: who wants to take over is measured by it.
    media_at: float
    learning: asyncio.Task[None] | None = None
    handing_back: bool = False


class HeldLeases:
    """What `Broadcast` writes its lease to: the next renewal, which is then sent at once, tells the shop."""

    # Each segment is told: after a takeover viewers see few missing numbers.
    reserves = 0

    def __init__(self) -> None:
        self.changed = asyncio.Event()

    def read(self, broadcast: str) -> Lease | None:
        return None

    def write(self, lease: Lease) -> None:
        self.changed.set()


def state_of(hold: Hold, *, publishing: bool, silent_ms: int) -> LeaseState:
    lease = hold.broadcast.lease()
    return LeaseState(
        broadcast_id=lease.broadcast,
        token=hold.token,
        epoch=lease.epoch,
        next_sequence=hold.broadcast.next_position()[0],
        first_listed=lease.first_listed,
        discontinuity=lease.discontinuity,
        target_duration_s=lease.target_duration_s,
        started_at_ms=lease.started_at_ms,
        silent_ms=silent_ms,
        publishing=publishing and not hold.handing_back,
        on_air=lease.on_air,
        handed_back=hold.handing_back,
    )


def may_be_handed_back(hold: Hold, now: float, *, draining: bool) -> bool:
    """Nobody publishes (the caller knows), the store has everything, and nothing is to be waited for."""
    waited = draining or bool(hold.broadcast.ended_at_ms) or now - hold.idle_since >= _IDLE_S
    return waited and hold.uploads.finished and not hold.broadcast.publishing
