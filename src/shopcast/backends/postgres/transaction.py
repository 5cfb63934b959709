"""Owns the Tx that handlers see on PostgreSQL, and the connection that readers see."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, CursorResult, Executable

from shopcast.backends.postgres.sets import array_literal, gathered, set_statement
from shopcast.backends.postgres.statements import translated
from shopcast.backends.recording import EventRow, JobRow, RecordingTx
from shopcast.kernel.actions import DriverParameters, Parameters

# Fewer parameters than this are not worth looking for lists among them.
GATHERED_FROM = 2
INSERT_EVENTS = (
    "INSERT INTO kernel_events (event_type, body, recorded_at)"
    " SELECT event_type, body, recorded_at FROM unnest(%s::text[], %s::text[], %s::bigint[])"
    " WITH ORDINALITY AS given (event_type, body, recorded_at, number) ORDER BY number"
)

_KEEP_JOB = "SELECT 1 FROM kernel_jobs WHERE name = %s AND key = %s AND state = 'pending' FOR SHARE"


class PostgresTx(RecordingTx):
    def exec_driver_sql(self, statement: str, parameters: DriverParameters | None = None) -> CursorResult[Any]:
        if isinstance(parameters, list) and len(parameters) > 1:
            return self._exec_many(statement, parameters)
        if isinstance(parameters, tuple) and len(parameters) > GATHERED_FROM:
            statement, parameters = gathered(statement, parameters)
        return self._connection.exec_driver_sql(translated(statement), parameters)

    def _exec_many(self, statement: str, rows: list[Any]) -> CursorResult[Any]:
        """One message instead of one per row, where that is the same."""
        together = set_statement(statement)
        arrays = None if together is None else together.parameters(rows)
        if together is None or arrays is None:
            return self._connection.exec_driver_sql(translated(statement), rows)
        return self._connection.exec_driver_sql(together.text, arrays)

    def _add_job(self, row: JobRow) -> bool:
        added = super()._add_job(row)
        if not added:
            # Kept from beginning before this commits: it would run without seeing what it is wanted for now, and nobody
            # would run it again.
            self._connection.exec_driver_sql(_KEEP_JOB, (row[1], row[3]))
        return added

    def _insert_events(self, rows: Sequence[EventRow]) -> None:
        # One statement: a drop's batch records hundreds, each of which would be a message of its own.
        self._connection.exec_driver_sql(INSERT_EVENTS, event_arrays(rows))


def event_arrays(rows: Sequence[EventRow]) -> tuple[str, ...]:
    """The parameters of INSERT_EVENTS."""
    return tuple(map(array_literal, zip(*rows, strict=True)))


class PostgresReadConnection:
    """A snapshot. Hand-written statements keep their `?`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.dialect = connection.dialect

    def execute(self, statement: Executable, parameters: Parameters | None = None) -> CursorResult[Any]:
        return self._connection.execute(statement, parameters)

    def exec_driver_sql(self, statement: str, parameters: DriverParameters | None = None) -> CursorResult[Any]:
        return self._connection.exec_driver_sql(translated(statement), parameters)
