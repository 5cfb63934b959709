"""Owns telling PostgreSQL's errors apart: try again, connect again, refuse, or a bug."""

from enum import Enum

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from shopcast.kernel.errors import Busy, ShopcastError, StorageFull


class Trouble(Enum):
    CONFLICT = "conflict"
    """Somebody did something at the same time. Run again, it sees what they did."""
    MAYBE_CONFLICT = "maybe conflict"
    """Two wrote the same new key at the same time, or the action did so by itself: the second try tells."""
    LOST = "lost"
    """The connection is gone, PostgreSQL is starting or stopping, or a table was changed under a prepared statement:
    another connection is needed."""
    STORAGE = "storage"
    """Full, overloaded or read-only: nothing the action itself did wrong."""
    NONE = "none"


_CONFLICTS = frozenset(("40001", "40P01"))
_MAYBE_CONFLICTS = frozenset(("23505", "23P01"))
# Told to stop, crashed, starting up; and all of class 08, the connection's own.
_LOST = frozenset(("57P01", "57P02", "57P03", "57P05", "25P03"))
_DISK_FULL = "53100"
# Insufficient resources, an operator's intervention (time-outs), trouble of the system below, waiting for a lock in
# vain, a server that only reads any more.
_STORAGE_CLASSES = ("53", "57", "58")
_READ_ONLY = "25006"
_STORAGE = frozenset(("55P03", _READ_ONLY))


def trouble_of(error: BaseException) -> Trouble:
    if isinstance(error, PoolTimeoutError):
        return Trouble.STORAGE
    state = sqlstate_of(error)
    if state in _CONFLICTS:
        return Trouble.CONFLICT
    if state in _MAYBE_CONFLICTS:
        return Trouble.MAYBE_CONFLICT
    if is_lost(error, state) or is_stale(error):
        return Trouble.LOST
    if state is not None and (state in _STORAGE or state.startswith(_STORAGE_CLASSES)):
        return Trouble.STORAGE
    return Trouble.NONE


def is_lost(error: BaseException, state: str | None) -> bool:
    if state is not None:
        return state in _LOST or state.startswith("08")
    # Without a state nobody answered: the driver itself found the connection gone, or could not make one.
    original = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(original, psycopg.OperationalError | psycopg.InterfaceError)


def is_stale(error: BaseException) -> bool:
    """A statement that was prepared before its table was changed. The connection would say so for ever."""
    return sqlstate_of(error) == "0A000" and "cached plan" in str(error)


def is_refusal_to_write(error: BaseException) -> bool:
    """Of a reader it is a bug, of a writer it means that the server has become a copy of another."""
    return sqlstate_of(error) == _READ_ONLY


def refusal_of(error: BaseException) -> ShopcastError:
    return StorageFull() if sqlstate_of(error) == _DISK_FULL else Busy()


def sqlstate_of(error: BaseException) -> str | None:
    original = error.orig if isinstance(error, DBAPIError) else error
    return original.sqlstate if isinstance(original, psycopg.Error) else None
