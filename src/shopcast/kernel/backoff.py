"""Owns how long to wait before trying again."""

from datetime import timedelta

# 2, 8, 32 … seconds: the first retry still helps a person who waits, the last ones outlive a restart or an outage.
_FIRST_S = 2
_FACTOR = 4
_LONGEST_S = 6 * 3600


def delay_after(attempts: int) -> timedelta:
    """The wait after `attempts` failures (1 or more)."""
    return timedelta(seconds=min(_FIRST_S * _FACTOR ** min(attempts - 1, 10), _LONGEST_S))
