"""Waits for what has to become true, and says what was there instead when it did not."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(look: Callable[[], T | None], *, within_s: float = 10.0, every_s: float = 0.05, what: str = "") -> T:
    """The first answer of `look` that counts as true. An AssertionError or a falsy answer means: not yet."""
    until = time.monotonic() + within_s
    last: object = None
    while True:
        try:
            found = look()
            if found:
                return found
            last = found
        except AssertionError as not_yet:
            last = not_yet
        if time.monotonic() > until:
            raise AssertionError(f"{what or 'it'} did not happen within {within_s:g} s; last seen: {last!r}")
        time.sleep(every_s)
