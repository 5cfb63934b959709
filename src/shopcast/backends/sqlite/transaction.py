"""Owns the Tx that handlers see on SQLite."""

from typing import Any

from sqlalchemy import CursorResult

from shopcast.backends.recording import RecordingTx
from shopcast.kernel.actions import DriverParameters


class SqliteTx(RecordingTx):
    def exec_driver_sql(self, statement: str, parameters: DriverParameters | None = None) -> CursorResult[Any]:
        return self._connection.exec_driver_sql(statement, parameters)
