"""Owns broadcasts that are shown from the store alone: nobody holds them, or their holder does not answer."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from shopcast.media.engine.broadcast import Broadcast
from shopcast.media.engine.control import NoAnswer
from shopcast.media.engine.joint import Seen
from shopcast.media.engine.lease import Lease
from shopcast.media.engine.settings import EngineSettings

from .holds import HeldLeases
from .library import Library, StoredChunks
from .looks import Looks
from .stored import Stored

# A holder that is gone may still have uploaded a part, and one that comes back uploads what it had not.
_FRESH_WHILE_OPEN_S = 2.0
_FRESH_ONCE_ENDED_S = 30.0
_NEWS_S = 1.0


class ShownBroadcast(Broadcast):
    """Read only. Who waits for news of it asks again soon, since another node may take it up."""

    loaded_at = float("-inf")
    token_seen = 0

    @property
    def is_behind(self) -> bool:
        return True

    @property
    def patience_s(self) -> float:
        return _NEWS_S


class Shown:
    """The broadcasts shown last. Raises OSError when the store is away and nothing is known yet."""

    def __init__(
        self, library: Library, looks: Looks, settings: EngineSettings, root: Path, now_ms: Callable[[], int]
    ) -> None:
        self._library = library
        self._looks = looks
        self._settings = settings
        self._root = root
        self._now_ms = now_ms
        self._found: OrderedDict[str, ShownBroadcast] = OrderedDict()
        self._loading: dict[str, asyncio.Lock] = {}

    async def get(self, name: str, seen: Seen, *, anew: bool = False) -> Broadcast:
        """`anew`: what was read before does not count, since its holder has just been found dead."""
        lock = self._loading.setdefault(name, asyncio.Lock())
        async with lock:
            found = self._found.get(name) or self._new(name)
            if anew or self._is_stale(found, seen):
                await self._refresh(found, seen)
            self._follow(found, seen)
        self._found[name] = found
        self._found.move_to_end(name)
        while len(self._found) > self._settings.limits.idle_broadcasts:
            gone, _ = self._found.popitem(last=False)
            self._loading.pop(gone, None)
        return found

    def stored(self, name: str) -> StoredChunks | None:
        """The chunks known of a broadcast that was shown before, without asking anybody."""
        found = self._found.get(name)
        return found.source if found is not None and isinstance(found.source, StoredChunks) else None

    def forget(self, name: str) -> None:
        self._found.pop(name, None)

    def _new(self, name: str) -> ShownBroadcast:
        return ShownBroadcast(
            name,
            self._root / name,
            self._settings,
            HeldLeases(),
            tell=lambda fact: None,
            now_ms=self._now_ms,
            executor=None,
            post=lambda call: call(),
            source=self._library.chunks(name, Stored()),
        )

    def _is_stale(self, found: ShownBroadcast, seen: Seen) -> bool:
        fresh_s = _FRESH_ONCE_ENDED_S if seen.ended_at_ms else _FRESH_WHILE_OPEN_S
        return asyncio.get_running_loop().time() - found.loaded_at >= fresh_s or found.token_seen != seen.token

    async def _refresh(self, found: ShownBroadcast, seen: Seen) -> None:
        known = found.loaded_at > float("-inf")
        try:
            stored = await self._library.load(found.name, seen.token)
        except OSError:
            if known:
                return
            raise
        with contextlib.suppress(NoAnswer):
            _, marks = await self._looks.marks(found.name)
            for mark in marks:
                found.marks.add(mark)
        found.source = self._library.chunks(found.name, stored)
        lease = Lease(
            broadcast=found.name,
            node="",
            epoch=seen.epoch,
            discontinuity=seen.discontinuity,
            target_duration_s=seen.target_duration_s,
            started_at_ms=seen.started_at_ms,
            first_listed=seen.first_listed,
        )
        found.take_up(lease, 0, stored.recording)
        found.loaded_at, found.token_seen = asyncio.get_running_loop().time(), seen.token
        found.changed()

    def _follow(self, found: ShownBroadcast, seen: Seen) -> None:
        """What the shop says holds at once, whatever the store says."""
        changed = found.redactions.replace(seen.redactions)
        changed = changed or found.ended_at_ms != seen.ended_at_ms
        found.state.cut, found.state.ended_at_ms = seen.cut, seen.ended_at_ms
        if changed:
            found.changed()
