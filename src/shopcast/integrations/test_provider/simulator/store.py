"""What the simulated provider remembers, in its own SQLite file: it survives our kill -9 as a real one would."""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from shopcast.kernel.ids import new_id
from shopcast.sales import EventKind, PaymentEvent

_SCHEMA = """
CREATE TABLE IF NOT EXISTS charge (
    payment_id TEXT PRIMARY KEY, amount_minor INTEGER NOT NULL, currency TEXT NOT NULL, behaviour TEXT NOT NULL,
    content TEXT NOT NULL, description TEXT NOT NULL, return_url TEXT NOT NULL, confirm_token TEXT UNIQUE,
    method_reference TEXT, method_label TEXT
);
CREATE TABLE IF NOT EXISTS event (
    id TEXT PRIMARY KEY, payment_id TEXT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS event_of_charge ON event (payment_id);
CREATE TABLE IF NOT EXISTS refund (
    refund_id TEXT PRIMARY KEY, payment_id TEXT NOT NULL, amount_minor INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS method (reference TEXT PRIMARY KEY, behaviour TEXT NOT NULL, label TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS setup (
    setup_id TEXT PRIMARY KEY, behaviour TEXT NOT NULL, return_url TEXT NOT NULL, confirm_token TEXT UNIQUE,
    answer TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS dispute (
    id TEXT PRIMARY KEY, payment_id TEXT NOT NULL, amount_minor INTEGER NOT NULL, state TEXT NOT NULL,
    statement TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS plan (
    id TEXT PRIMARY KEY, payment_id TEXT NOT NULL, body TEXT NOT NULL, due_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS delivery (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, payment_id TEXT NOT NULL, body TEXT NOT NULL,
    due_at REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (due_at);
"""
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Charge:
    payment_id: str
    amount_minor: int
    currency: str
    behaviour: str
    content: str
    description: str
    return_url: str
    confirm_token: str | None
    method_reference: str | None
    method_label: str | None


@dataclass(frozen=True, slots=True)
class KeptSetup:
    """`answer` is the SetupAnswer now, as JSON."""

    setup_id: str
    behaviour: str
    return_url: str
    confirm_token: str | None
    answer: str


@dataclass(frozen=True, slots=True)
class Dispute:
    """opened, answered, won, lost."""

    id: str
    payment_id: str
    amount_minor: int
    state: str
    statement: str


@dataclass(frozen=True, slots=True)
class Delivery:
    number: int
    id: str
    payment_id: str
    body: bytes
    attempts: int


class Store:
    """One connection, used by one thread; every public verb is one transaction of its own or joins `with store:`."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        # A killed process loses nothing with NORMAL; only a power cut could, and this is no bank.
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(_SCHEMA)
        self._last_at = datetime.fromtimestamp(0, tz=UTC)

    def __enter__(self) -> "Store":
        self._connection.execute("BEGIN IMMEDIATE")
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._connection.execute("COMMIT" if kind is None else "ROLLBACK")

    def close(self) -> None:
        self._connection.close()

    def charge(self, payment_id: str) -> Charge | None:
        return self._charge("payment_id", payment_id)

    def charge_by_token(self, token: str) -> Charge | None:
        return self._charge("confirm_token", token)

    def add_charge(self, charge: Charge) -> None:
        self._connection.execute(
            "INSERT INTO charge VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                charge.payment_id,
                charge.amount_minor,
                charge.currency,
                charge.behaviour,
                charge.content,
                charge.description,
                charge.return_url,
                charge.confirm_token,
                charge.method_reference,
                charge.method_label,
            ),
        )

    def method(self, reference: str) -> tuple[str, str] | None:
        """Behaviour and label."""
        row = self._connection.execute(
            "SELECT behaviour, label FROM method WHERE reference = ?", (reference,)
        ).fetchone()
        return None if row is None else (row[0], row[1])

    def add_method(self, reference: str, behaviour: str, label: str) -> None:
        self._connection.execute("INSERT INTO method VALUES (?, ?, ?)", (reference, behaviour, label))

    def forget_method(self, reference: str) -> None:
        self._connection.execute("DELETE FROM method WHERE reference = ?", (reference,))

    def setup(self, setup_id: str) -> KeptSetup | None:
        row = self._connection.execute("SELECT * FROM setup WHERE setup_id = ?", (setup_id,)).fetchone()
        return None if row is None else KeptSetup(*row)

    def setup_by_token(self, token: str) -> KeptSetup | None:
        row = self._connection.execute("SELECT * FROM setup WHERE confirm_token = ?", (token,)).fetchone()
        return None if row is None else KeptSetup(*row)

    def add_setup(self, setup: KeptSetup) -> None:
        self._connection.execute(
            "INSERT INTO setup VALUES (?, ?, ?, ?, ?)",
            (setup.setup_id, setup.behaviour, setup.return_url, setup.confirm_token, setup.answer),
        )

    def set_setup(self, setup_id: str, answer: str) -> None:
        self._connection.execute("UPDATE setup SET answer = ? WHERE setup_id = ?", (answer, setup_id))

    def dispute(self, dispute_id: str) -> Dispute | None:
        row = self._connection.execute("SELECT * FROM dispute WHERE id = ?", (dispute_id,)).fetchone()
        return None if row is None else Dispute(*row)

    def disputes(self, payment_id: str) -> list[Dispute]:
        rows = self._connection.execute("SELECT * FROM dispute WHERE payment_id = ? ORDER BY id", (payment_id,))
        return [Dispute(*row) for row in rows]

    def add_dispute(self, dispute: Dispute) -> None:
        self._connection.execute(
            "INSERT INTO dispute VALUES (?, ?, ?, ?, ?)",
            (dispute.id, dispute.payment_id, dispute.amount_minor, dispute.state, dispute.statement),
        )

    def set_dispute(self, dispute_id: str, state: str, statement: str) -> None:
        self._connection.execute(
            "UPDATE dispute SET state = ?, statement = ? WHERE id = ?", (state, statement, dispute_id)
        )

    def refund_known(self, refund_id: str) -> bool:
        return self._connection.execute("SELECT 1 FROM refund WHERE refund_id = ?", (refund_id,)).fetchone() is not None

    def add_refund(self, refund_id: str, payment_id: str, amount_minor: int) -> None:
        self._connection.execute("INSERT INTO refund VALUES (?, ?, ?)", (refund_id, payment_id, amount_minor))

    def refund_came_back(self, refund_id: str) -> None:
        self._connection.execute("UPDATE refund SET amount_minor = 0 WHERE refund_id = ?", (refund_id,))

    def refunded_minor(self, payment_id: str) -> int:
        row = self._connection.execute(
            "SELECT COALESCE(SUM(amount_minor), 0) FROM refund WHERE payment_id = ?", (payment_id,)
        ).fetchone()
        return int(row[0])

    def event(
        self,
        payment_id: str,
        kind: EventKind,
        now: datetime,
        amount_minor: int = 0,
        refund_id: str | None = None,
        failure_code: str | None = None,
        next_action_url: str | None = None,
        reference: str | None = None,
        currency: str | None = None,
        dispute_id: str | None = None,
        reason: str | None = None,
        due_at: datetime | None = None,
    ) -> PaymentEvent:
        """Each event is later than the one before: a provider's own times order its facts."""
        self._last_at = max(now, self._last_at + _MICROSECOND)
        event = PaymentEvent(
            id=new_id("tpe"),
            payment_id=payment_id,
            kind=kind,
            amount_minor=amount_minor,
            at=self._last_at,
            refund_id=refund_id,
            failure_code=failure_code,
            next_action_url=next_action_url,
            reference=reference,
            currency=currency,
            dispute_id=dispute_id,
            reason=reason,
            due_at=due_at,
        )
        self._connection.execute(
            "INSERT INTO event VALUES (?, ?, ?)", (event.id, payment_id, msgspec.json.encode(event).decode())
        )
        return event

    def events(self, payment_id: str) -> tuple[PaymentEvent, ...]:
        rows = self._connection.execute("SELECT body FROM event WHERE payment_id = ? ORDER BY id", (payment_id,))
        return tuple(msgspec.json.decode(row[0], type=PaymentEvent) for row in rows)

    def plan(self, payment_id: str, body: str, due_at: datetime) -> None:
        self._connection.execute(
            "INSERT INTO plan VALUES (?, ?, ?, ?)", (new_id("tpp"), payment_id, body, due_at.timestamp())
        )

    def has_due_plans(self, now: datetime) -> bool:
        row = self._connection.execute("SELECT 1 FROM plan WHERE due_at <= ? LIMIT 1", (now.timestamp(),)).fetchone()
        return row is not None

    def take_due_plans(self, now: datetime) -> list[tuple[str, str]]:
        rows = self._connection.execute(
            "DELETE FROM plan WHERE due_at <= ? RETURNING id, payment_id, body", (now.timestamp(),)
        ).fetchall()
        return [(row[1], row[2]) for row in sorted(rows)]

    def add_delivery(self, id: str, payment_id: str, body: bytes, due_at: datetime) -> None:
        self._connection.execute(
            "INSERT INTO delivery (id, payment_id, body, due_at) VALUES (?, ?, ?, ?)",
            (id, payment_id, body.decode(), due_at.timestamp()),
        )

    def due_deliveries(self, now: datetime, limit: int) -> list[Delivery]:
        rows = self._connection.execute(
            "SELECT number, id, payment_id, body, attempts FROM delivery WHERE due_at <= ?"
            " ORDER BY due_at, number LIMIT ?",
            (now.timestamp(), limit),
        ).fetchall()
        return [Delivery(row[0], row[1], row[2], row[3].encode(), row[4]) for row in rows]

    def delivered(self, number: int) -> None:
        self._connection.execute("DELETE FROM delivery WHERE number = ?", (number,))

    def postpone(self, number: int, until: datetime) -> None:
        self._connection.execute(
            "UPDATE delivery SET attempts = attempts + 1, due_at = ? WHERE number = ?", (until.timestamp(), number)
        )

    def _charge(self, column: str, value: str) -> Charge | None:
        row = self._connection.execute(f"SELECT * FROM charge WHERE {column} = ?", (value,)).fetchone()
        return None if row is None else Charge(*row)
