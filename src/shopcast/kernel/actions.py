"""Owns what an action is: a command, its handler, the transaction it sees, and the door to run it. Knows no engine."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Protocol, runtime_checkable

import msgspec
from sqlalchemy import CursorResult, Dialect, Executable

from shopcast.kernel.errors import ShopcastError
from shopcast.kernel.events import Event
from shopcast.kernel.principal import Principal

# Statement parameters and rows are untyped in SQLAlchemy Core; repositories give them types at once.
Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]]
DriverParameters = tuple[Any, ...] | list[tuple[Any, ...]] | Mapping[str, Any] | Sequence[Mapping[str, Any]]

# A key longer than a UUID with a prefix is a mistake or an attack.
IDEMPOTENCY_KEY_LIMIT = 128


class Command(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base of every command. Fields must be encodable by msgspec."""

    def content(self) -> "Command":
        """What makes two requests with one idempotency key the same: all of it, but for what the door adds."""
        return self


class ReadConnection(Protocol):
    """Text of one's own is written with `?` or `:name` and runs on both engines, unless it asks for the dialect."""

    @property
    def dialect(self) -> Dialect: ...

    def execute(self, statement: Executable, parameters: Parameters | None = None) -> CursorResult[Any]: ...

    def exec_driver_sql(self, statement: str, parameters: DriverParameters | None = None) -> CursorResult[Any]: ...


class Tx(ReadConnection, Protocol):
    """One open transaction. The handler never commits; returning commits, raising rolls back."""

    def record(self, event: Event) -> None:
        """Stores the event in this transaction, after everything else; subscribers hear of it after the commit."""

    def enqueue(
        self, job_name: str, payload: msgspec.Struct, run_at: datetime | None = None, key: str | None = None
    ) -> None:
        """Queues a job. While one of this name and key is still pending, a second one is not added."""

    def unqueue(self, job_name: str, keys: Sequence[str]) -> None:
        """Takes back jobs of these keys that nobody has begun: what they were to find out is known."""

    def wake(self, topic: str) -> None:
        """After the commit every process listening to the topic is told. Carries nothing, may be lost."""

    def audit(self, by: Principal, action: str, subject_id: str, details: dict[str, Any]) -> None:
        """Writes who did what to whom in this transaction. What concerns an organisation is about it, or names it as
        `organisation_id` in the details: that is how it gets into the organisation's trail."""


class Alone(Enum):
    """What a batch handler answers for a call that is not of the plain kind: it is run by the single handler next, in
    a savepoint of its own. Nothing of it may have been changed."""

    ALONE = "alone"


ALONE = Alone.ALONE
Handler = Callable[[Tx, Any, Principal, datetime], Any]
# One outcome per call, in order. A refusal is returned, not raised: the others of the batch go on.
BatchHandler = Callable[[Tx, Sequence[tuple[Any, Principal]], datetime], Sequence[Any | ShopcastError | Alone]]


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """`handler(tx, command, by, now) -> result`. `result` is what msgspec decodes the stored result as.

    A refusal returned by `batch_handler` must have changed nothing: the whole batch shares one savepoint. It is given
    at most `batch_limit` calls (None: as many as share a commit), so that it stays below what an action may take.
    `queue`: on engines where several processes write, a verb with a batch handler waits for its turn among all of
    them, and only one set of it runs at a time. With this, turns are taken by the name it derives from the command
    (e.g. of the variant), so that those who can't meet don't wait for each other; other verbs that give the same name,
    with a batch handler or without, stand in the same queue.
    `gathers`: it takes calls of its verb from behind others that wait; only for verbs whose callers don't care which
    of two unanswered calls comes first.
    """

    name: str
    command: type[Command]
    handler: Handler
    result: Any = None
    batch_handler: BatchHandler | None = None
    batch_limit: int | None = None
    gathers: bool = False
    moves_stock_or_money: bool = False
    queue: Callable[[Any], str] | None = None


@runtime_checkable
class Actions(Protocol):
    """Refusals are raised as `Refused`; a result is typed by the action's spec, which a caller's annotation repeats."""

    async def run(self, command: Command, by: Principal, *, idempotency_key: str | None = None) -> Any: ...

    def run_blocking(self, command: Command, by: Principal, *, idempotency_key: str | None = None) -> Any: ...
