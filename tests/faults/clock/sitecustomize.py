"""On the path of a shop's processes, Python reads this first: their time of day is off by what a file says.

libfaketime would do it below Python, but breaks waiting: with the monotonic clock left alone, `time.sleep` is refused.
How long something takes is not touched.
"""

import os
import time
from datetime import datetime, timedelta
from pathlib import Path

from shopcast.kernel.clock import SystemClock

_OFFSET = Path(os.environ["SHOPS_CLOCK"])
_LOOK_EVERY_S = 0.2
_real_now, _real_time = SystemClock.now, time.time
_known = [-1.0, 0.0]


def _offset_s() -> float:
    now = time.monotonic()
    if now - _known[0] > _LOOK_EVERY_S:
        _known[:] = now, float(_OFFSET.read_text())
    return _known[1]


def _now(clock: SystemClock) -> datetime:
    return _real_now(clock) + timedelta(seconds=_offset_s())


SystemClock.now = _now  # type: ignore[method-assign]  # the point of this file
time.time = lambda: _real_time() + _offset_s()
