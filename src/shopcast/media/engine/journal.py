"""Owns the numbered facts that wait for the controller, on disk until acknowledged; must not know who reads them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import msgspec

from .joint import Fact
from .recorder import write_atomically

# The file is written anew when so many lines of it are acknowledged.
_COMPACT_LINES = 2_000


class _Acknowledged(msgspec.Struct, frozen=True, tag="ack", tag_field="type"):
    n: int


class _Next(msgspec.Struct, frozen=True, tag="next", tag_field="type"):
    n: int


_Line = Fact | _Acknowledged | _Next


class Journal:
    """Facts survive kill -9 (written to the file before they are sent). A disk that fails keeps them in memory."""

    def __init__(self, path: Path, maximum: int, on_fact: Callable[[Fact], None] = lambda fact: None) -> None:
        self._path = path
        self._maximum = maximum
        self.on_fact = on_fact
        self._facts: OrderedDict[int, Fact] = OrderedDict()
        self._next = 1
        self._lines = 0
        self._load()

    @property
    def next_number(self) -> int:
        return self._next

    def add(self, fact: Fact) -> Fact:
        """Numbers `fact` (its own `n` is ignored), stores it, tells `on_fact`."""
        numbered = msgspec.structs.replace(fact, n=self._next)
        self._next += 1
        if len(self._facts) >= self._maximum:
            self._drop_one()
        self._facts[numbered.n] = numbered
        self._append(numbered)
        self.on_fact(numbered)
        return numbered

    def acknowledge(self, number: int) -> None:
        if self._facts.pop(number, None) is not None:
            self._append(_Acknowledged(number))
            if self._lines > _COMPACT_LINES + 2 * len(self._facts):
                self._compact()

    def oldest(self, count: int) -> list[Fact]:
        """The first facts that wait for an acknowledgement."""
        return list(islice(self._facts.values(), count))

    def _drop_one(self) -> None:
        """Over the limit the oldest advice goes before any event; then the oldest event."""
        for number, fact in self._facts.items():
            if fact.kind in ("warning", "refused"):
                del self._facts[number]
                return
        self._facts.popitem(last=False)

    def _load(self) -> None:
        if not self._path.exists():
            return
        decoder = msgspec.json.Decoder(_Line)
        for raw in self._path.read_bytes().split(b"\n"):
            try:
                line = decoder.decode(raw)
            except msgspec.DecodeError:
                continue  # The torn last line of a killed engine.
            self._next = max(self._next, line.n if isinstance(line, _Next) else line.n + 1)
            if isinstance(line, Fact):
                self._facts[line.n] = line
            elif isinstance(line, _Acknowledged):
                self._facts.pop(line.n, None)
        self._compact()

    def _append(self, line: _Line) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab") as file:
                file.write(msgspec.json.encode(line) + b"\n")
            self._lines += 1
        except OSError:
            pass  # A full disk: the fact stays in memory and is delivered all the same.

    def _compact(self) -> None:
        lines: list[_Line] = [_Next(self._next), *self._facts.values()]
        try:
            write_atomically(self._path, b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
            self._lines = len(lines)
        except OSError:
            pass
