"""Owns the answer to what is asked of a broadcast that this node does not hold: from its holder, or from the store."""

from __future__ import annotations

import asyncio
import re

from shopcast.media.engine.control import NoAnswer
from shopcast.media.engine.joint import Seen
from shopcast.media.engine.origin import Origin, Refused, Scope, Send

from .looks import Looks
from .proxy import HOP_HEADER, HolderUnreachable, Proxy
from .shown import Shown

_CHUNK = re.compile(r"\d{1,9}/chunk-(\d{1,9})\.mp4")
_RANGE_END = re.compile(rb"bytes=\d{1,15}-(\d{1,15})")
# A holder that did not answer is not asked again for so long: every viewer would wait for it.
_SUSPECT_S = 2.0


class Elsewhere:
    def __init__(self, node: str, origin: Origin, looks: Looks, shown: Shown, proxy: Proxy) -> None:
        self._node = node
        self._origin = origin
        self._looks = looks
        self._shown = shown
        self._proxy = proxy
        self._suspects: dict[str, float] = {}

    async def __call__(self, name: str, rest: str, scope: Scope, send: Send) -> None:
        try:
            seen = await self._looks.get(name)
        except NoAnswer:
            raise Refused(503, "the shop does not answer") from None
        if not seen.known:
            raise Refused(404, "no such broadcast")
        dead = False
        address = self._holder(seen, scope)
        if address is not None and not await self._is_stored(name, rest, seen, scope):
            try:
                await self._proxy.pass_on(address, scope, send)
                return
            except HolderUnreachable:
                dead = True
                self._suspects[address] = asyncio.get_running_loop().time() + _SUSPECT_S
                self._looks.forget(name)
        await self._origin.route(await self._shown.get(name, seen, anew=dead), rest, scope, send)

    def _holder(self, seen: Seen, scope: Scope) -> str | None:
        """Where to pass it on to. What was passed on before, nobody passes on again."""
        if seen.holder is None or seen.holder.node == self._node or HOP_HEADER in dict(scope["headers"]):
            return None
        now = asyncio.get_running_loop().time()
        self._suspects = {address: until for address, until in self._suspects.items() if until > now}
        return None if seen.holder.address in self._suspects else seen.holder.address

    async def _is_stored(self, name: str, rest: str, seen: Seen, scope: Scope) -> bool:
        """Whole chunks of replays and clips come from the store, so that the holder has its core for the show."""
        match = _CHUNK.fullmatch(rest)
        asked = _RANGE_END.fullmatch(dict(scope["headers"]).get(b"range", b""))
        if match is None or asked is None:
            return False
        known = self._shown.stored(name)
        if known is None or not known.has(int(match[1]), int(asked[1]) + 1):
            try:
                await self._shown.get(name, seen)
            except OSError:
                return False
            known = self._shown.stored(name)
        return known is not None and known.has(int(match[1]), int(asked[1]) + 1)
