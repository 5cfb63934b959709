"""Owns what is kept of a broadcast beside its media: marks, cut, end, redactions, answers given; one file of lines."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import msgspec

from .joint import CommandResult, Mark
from .marks import Marks
from .recorder import end_torn_line
from .redactions import Redactions

# Answers kept so that a repeated command is not done twice; a controller repeats within seconds.
_KEPT_RESULTS = 1_000


class _State(msgspec.Struct, frozen=True, tag="state", tag_field="type"):
    cut: bool
    ended_at_ms: int


class _Redaction(msgspec.Struct, frozen=True, tag="redaction", tag_field="type"):
    from_ms: int
    to_ms: int
    on: bool


_Line = _State | _Redaction | Mark | CommandResult


class BroadcastState:
    """A disk that fails keeps the state in memory; `on_disk_full` is told."""

    def __init__(self, path: Path, on_disk_full: Callable[[], None]) -> None:
        self._path = path
        self._on_disk_full = on_disk_full
        self.marks = Marks()
        self.redactions = Redactions()
        self.cut = False
        self.ended_at_ms = 0
        self._results: OrderedDict[str, CommandResult] = OrderedDict()

    def add_mark(self, mark: Mark) -> None:
        if self.marks.add(mark):
            self._append(mark, durable=False)

    def set_cut(self, cut: bool) -> None:
        self.cut = cut
        self._append(_State(self.cut, self.ended_at_ms), durable=True)

    def set_ended(self, at_ms: int) -> None:
        self.ended_at_ms = at_ms
        self._append(_State(self.cut, self.ended_at_ms), durable=True)

    def redact(self, from_ms: int, to_ms: int, on: bool) -> None:
        self._redact(from_ms, to_ms, on)
        self._append(_Redaction(from_ms, to_ms, on), durable=True)

    def result(self, identity: str) -> CommandResult | None:
        return self._results.get(identity)

    def remember(self, result: CommandResult) -> None:
        self._keep(result)
        self._append(result, durable=False)

    def load(self) -> None:
        if not self._path.exists():
            return
        end_torn_line(self._path)
        decoder = msgspec.json.Decoder(_Line)
        for raw in self._path.read_bytes().split(b"\n"):
            try:
                line = decoder.decode(raw)
            except msgspec.DecodeError:
                continue
            match line:
                case Mark():
                    self.marks.add(line)
                case _State():
                    self.cut, self.ended_at_ms = line.cut, line.ended_at_ms
                case _Redaction():
                    self._redact(line.from_ms, line.to_ms, line.on)
                case CommandResult():
                    self._keep(line)

    def _redact(self, from_ms: int, to_ms: int, on: bool) -> None:
        (self.redactions.add if on else self.redactions.remove)(from_ms, to_ms)

    def _keep(self, result: CommandResult) -> None:
        self._results[result.id] = result
        if len(self._results) > _KEPT_RESULTS:
            self._results.popitem(last=False)

    def _append(self, line: _Line, *, durable: bool) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab") as file:
                file.write(msgspec.json.encode(line) + b"\n")
                if durable:
                    file.flush()
                    os.fsync(file.fileno())
        except OSError:
            self._on_disk_full()
