"""Owns what a Tx leaves to be written or announced at its end; the engines add how a statement is run."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, CursorResult, Executable

from shopcast.kernel.actions import DriverParameters, Parameters
from shopcast.kernel.events import Event, event_type_name
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import Principal
from shopcast.kernel.tables import to_microseconds
from shopcast.kernel.tracing import current_traceparent, with_traceparent

# A payload travels through the database and the logs; anything larger belongs in the blob store.
PAYLOAD_LIMIT_BYTES = 64 * 1024
# One action records facts, it does not stream; more than this is a loop gone wild.
EVENTS_PER_ACTION_LIMIT = 2_000


# Type, body and instant of one event.
EventRow = tuple[str, str, int]
# Id, name, payload, key, and when it is due and was added.
JobRow = tuple[str, str, str, str | None, int, int]

ADD_JOB = (
    "INSERT INTO kernel_jobs (id, name, payload, key, run_at, state, attempts, created_at)"
    " VALUES (?, ?, ?, ?, ?, 'pending', 0, ?) ON CONFLICT DO NOTHING"
)


class RecordingTx(ABC):
    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self.dialect = connection.dialect
        self.now = now
        self._events: list[Event] = []
        self.wakes: list[str] = []
        # Rows that lead on to something else carry it.
        self._trace = current_traceparent()

    def execute(self, statement: Executable, parameters: Parameters | None = None) -> CursorResult[Any]:
        return self._connection.execute(statement, parameters)

    @abstractmethod
    def exec_driver_sql(self, statement: str, parameters: DriverParameters | None = None) -> CursorResult[Any]: ...

    def record(self, event: Event) -> None:
        if len(self._events) >= EVENTS_PER_ACTION_LIMIT:
            raise ValueError(f"an action may record {EVENTS_PER_ACTION_LIMIT} events at most")
        self._events.append(event)

    def enqueue(
        self, job_name: str, payload: msgspec.Struct, run_at: datetime | None = None, key: str | None = None
    ) -> None:
        now = to_microseconds(self.now)
        due = now if run_at is None else to_microseconds(run_at)
        # One that waits already was announced when it was added; a drop would otherwise wake the worker for each buyer.
        if self._add_job((new_id("job"), job_name, _encoded(payload, self._trace), key, due, now)):
            self.wake("jobs")

    def _add_job(self, row: JobRow) -> bool:
        """False if one of its name and key waits already."""
        # Driver text: on the path of every order (compiling the construct costs more than running it).
        return self.exec_driver_sql(ADD_JOB, row).rowcount == 1

    def unqueue(self, job_name: str, keys: Sequence[str]) -> None:
        if keys:
            self.exec_driver_sql(
                "DELETE FROM kernel_jobs WHERE name = ? AND key = ? AND state = 'pending'",
                [(job_name, key) for key in keys],
            )

    def wake(self, topic: str) -> None:
        if topic not in self.wakes:
            self.wakes.append(topic)

    def audit(self, by: Principal, action: str, subject_id: str, details: dict[str, Any]) -> None:
        self.exec_driver_sql(
            "INSERT INTO kernel_audit (id, at, by_key, by_session_id, is_operator, action, subject_id, organisation_id,"
            " details) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                new_id("aud"),
                to_microseconds(self.now),
                by.key,
                by.session_id,
                by.is_operator,
                action,
                subject_id,
                subject_id if subject_id.startswith("org_") else details.get("organisation_id"),
                _encoded(details),
            ),
        )

    def take_over(self, other: "RecordingTx") -> None:
        """What a part left to be written or announced is left by the whole."""
        for event in other._events:
            self.record(event)
        for topic in other.wakes:
            self.wake(topic)

    def flush_events(self) -> set[str]:
        """Inserts the recorded events, last of all statements; returns their types."""
        rows = self.take_events()
        if rows:
            self._insert_events(rows)
        return {row[0] for row in rows}

    def take_events(self) -> list[EventRow]:
        """The recorded events as rows, for whoever inserts them itself."""
        recorded_at = to_microseconds(self.now)
        rows: list[EventRow] = [
            (event_type_name(type(event)), _encoded(event, self._trace), recorded_at) for event in self._events
        ]
        self._events = []
        return rows

    def _insert_events(self, rows: Sequence[EventRow]) -> None:
        self.exec_driver_sql("INSERT INTO kernel_events (event_type, body, recorded_at) VALUES (?, ?, ?)", list(rows))


def _encoded(value: object, trace: str | None = None) -> str:
    encoded = with_traceparent(msgspec.json.encode(value), trace)
    if len(encoded) > PAYLOAD_LIMIT_BYTES:
        raise ValueError(f"{type(value).__name__} is {len(encoded)} bytes; at most {PAYLOAD_LIMIT_BYTES} may be stored")
    return encoded.decode()
