"""Owns the door to reading: a function over a read-only snapshot. Knows no engine."""

from collections.abc import Callable
from typing import Concatenate, ParamSpec, Protocol, TypeVar, runtime_checkable

from shopcast.kernel.actions import ReadConnection

P = ParamSpec("P")
R = TypeVar("R")


@runtime_checkable
class Reads(Protocol):
    async def run(self, fn: Callable[Concatenate[ReadConnection, P], R], *args: P.args, **kwargs: P.kwargs) -> R: ...

    def run_blocking(self, fn: Callable[Concatenate[ReadConnection, P], R], *args: P.args, **kwargs: P.kwargs) -> R: ...
