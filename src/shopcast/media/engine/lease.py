"""Owns who may write a broadcast's media, and where its numbering goes on; must not know media."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import msgspec

from .recorder import write_atomically


class Lease(msgspec.Struct, frozen=True, kw_only=True):
    """The right of `node` to publish `epoch` of a broadcast from `next_sequence` on."""

    broadcast: str
    node: str
    epoch: int = 0
    next_sequence: int = 0
    discontinuity: int = 0
    target_duration_s: int = 0
    started_at_ms: int = 0
    # An epoch was told as ready and not yet as lost.
    on_air: bool = False
    # Somebody publishes, on air or not.
    publishing: bool = False
    # The first sequence number that a live playlist may begin with: it never goes back.
    first_listed: int = 0


class Leases(Protocol):
    """Embedded keeps leases on disk; a cluster keeps them where all nodes see them, with fencing.

    `reserves`: so many segments ahead the next number is written, where writing for each would be too much.
    """

    reserves: int

    def read(self, broadcast: str) -> Lease | None: ...
    def write(self, lease: Lease) -> None: ...


class DiskLeases:
    # A minute: numbers are never used twice even when nothing is recorded, and the file is written once in a minute.
    reserves = 32

    def __init__(self, root: Path) -> None:
        self._root = root

    def read(self, broadcast: str) -> Lease | None:
        try:
            return msgspec.json.decode((self._root / broadcast / "lease.json").read_bytes(), type=Lease)
        except (OSError, msgspec.DecodeError):
            return None

    def write(self, lease: Lease) -> None:
        """Raises OSError when the disk is full."""
        write_atomically(self._root / lease.broadcast / "lease.json", msgspec.json.encode(lease))
