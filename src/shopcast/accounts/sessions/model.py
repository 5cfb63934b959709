"""Owns how long a session lives. Knows no cookie."""

from datetime import datetime, timedelta

import msgspec

# Signed in until a month without a visit; half a year after signing in at the latest, whoever found the device.
IDLE = timedelta(days=30)
LONGEST = timedelta(days=180)
# Sliding writes a row, so it waits until an hour makes a difference.
SLIDE_AFTER = timedelta(hours=1)
DEVICE_LIMIT = 200
# More devices than a person has; the least recently seen one is signed out for the next.
SESSIONS_LIMIT = 50


class NewSession(msgspec.Struct, frozen=True, kw_only=True):
    """The token stays with the browser; `device` is what its owner will recognise in the list."""

    digest: str
    device: str = ""


class Session(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    device: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


def expires_at(created_at: datetime, seen_at: datetime) -> datetime:
    return min(created_at + LONGEST, seen_at + IDLE)
