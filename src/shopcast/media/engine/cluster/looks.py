"""Owns what the shop says of broadcasts that this node is asked for, remembered for a second."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from shopcast.media.engine.control import ControlServer, NoAnswer
from shopcast.media.engine.joint import Mark, Seen

# A redaction, a new holder and the end of a show reach every node within this.
_FRESH_S = 1.0
_ANSWER_S = 2.0
_REMEMBERED = 2_000
# Pages of marks: `Limits.marks` in pages of at least fifty.
_PAGES = 500


class Looks:
    def __init__(self, control: ControlServer) -> None:
        self._control = control
        self._seen: OrderedDict[str, tuple[float, Seen]] = OrderedDict()
        self._asking: dict[str, asyncio.Task[Seen]] = {}

    async def get(self, name: str) -> Seen:
        """While no worker answers, what is remembered counts. Raises NoAnswer when nothing is."""
        now = asyncio.get_running_loop().time()
        found = self._seen.get(name)
        if found is not None and now - found[0] < _FRESH_S:
            return found[1]
        try:
            seen = await self._ask_once(name)
        except NoAnswer:
            if found is None:
                raise
            seen = found[1]
        self._seen[name] = (asyncio.get_running_loop().time(), seen)
        self._seen.move_to_end(name)
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return seen

    def forget(self, name: str) -> None:
        self._seen.pop(name, None)

    async def marks(self, name: str) -> tuple[Seen, list[Mark]]:
        """Fresh, with every mark. Raises NoAnswer."""
        seen = await self._control.look(name, "", _ANSWER_S)
        marks, page = list(seen.marks), seen.next_page
        for _ in range(_PAGES):
            if not page:
                break
            more = await self._control.look(name, page, _ANSWER_S)
            marks += more.marks
            page = more.next_page
        return seen, marks

    async def _ask_once(self, name: str) -> Seen:
        """Viewers who come together ask together."""
        task = self._asking.get(name)
        if task is None:
            task = self._asking[name] = asyncio.create_task(self._control.look(name, None, _ANSWER_S))
            task.add_done_callback(lambda _: self._asking.pop(name, None))
        return await asyncio.shield(task)
