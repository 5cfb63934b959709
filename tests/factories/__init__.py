"""What tests are set up with: a whole backend on a temporary directory, with the registry the test passes."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Concatenate, ParamSpec, TypeVar

import pytest
from sqlalchemy import create_engine

from shopcast.backends.inprocess.wakes import InProcessWakes
from shopcast.backends.sqlite.local import LocalActions
from shopcast.backends.sqlite.reads import SqliteReads
from shopcast.kernel.actions import ActionSpec, Command, ReadConnection
from shopcast.kernel.clock import FixedClock
from shopcast.kernel.config import Settings
from shopcast.kernel.errors import Refused
from shopcast.kernel.ids import new_id
from shopcast.kernel.jobs import JobSpec, Periodic
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.kernel.registry import Registry
from shopcast.kernel.subscriptions import Subscription
from shopcast.kernel.tables import metadata

P = ParamSpec("P")
R = TypeVar("R")

# A Friday evening: shows are on air.
START = datetime(2026, 3, 6, 19, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TestBackend:
    """Everything of one shop in this process. Events wait until `drain()`; time stands still until `clock.advance`."""

    __test__ = False

    settings: Settings
    registry: Registry
    actions: LocalActions
    reads: SqliteReads
    clock: FixedClock
    wakes: InProcessWakes

    def run(self, command: Command, by: Principal = SYSTEM, *, idempotency_key: str | None = None) -> Any:
        """Runs an action. Verbs that need an idempotency key get a fresh one unless the test passes its own."""
        if idempotency_key is None and self.registry.spec_of(command).moves_stock_or_money:
            idempotency_key = new_id("key")
        return self.actions.run_blocking(command, by, idempotency_key=idempotency_key)

    def read(self, fn: Callable[Concatenate[ReadConnection, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        return self.reads.run_blocking(fn, *args, **kwargs)

    def rows(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Rows of a hand-written SELECT, to prove what is (or is not) stored."""
        return self.read(
            lambda connection: [tuple(row) for row in connection.exec_driver_sql(statement, tuple(parameters))]
        )

    def drain(self) -> None:
        """Delivers all events that are due, and those they cause."""
        self.actions.drain()

    def advance(self, **amount: float) -> None:
        """`backend.advance(minutes=5)`"""
        self.clock.advance(timedelta(**amount))

    def close(self) -> None:
        self.actions.close()
        self.reads.close()


def make_backend(
    tmp_path: Path,
    *,
    actions: Sequence[ActionSpec] = (),
    subscriptions: Sequence[Subscription] = (),
    jobs: Sequence[JobSpec] = (),
    periodics: Sequence[Periodic] = (),
    now: datetime = START,
) -> TestBackend:
    """Creates all tables imported so far (import your domain first), opens a writer in this process."""
    settings = Settings(data_dir=tmp_path / "var")
    create_tables(settings.database_path)
    registry = Registry(actions=actions, subscriptions=subscriptions, jobs=jobs, periodics=periodics)
    clock = FixedClock(now)
    wakes = InProcessWakes()
    local = LocalActions(settings.database_path, settings.run_dir, registry, clock, wakes)
    # Power cuts are no test's subject; what a killed process leaves is the same.
    local.raw.execute("PRAGMA synchronous=OFF")
    return TestBackend(
        settings=settings,
        registry=registry,
        actions=local,
        reads=SqliteReads(settings.database_path),
        clock=clock,
        wakes=wakes,
    )


def create_tables(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        _create_tables(path)
    else:
        path.write_bytes(_empty_database(len(metadata.tables)))


@cache
def _empty_database(tables: int) -> bytes:
    """A file with all tables known by now: made once for hundreds of tests that start with one."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.sqlite3"
        _create_tables(path)
        return path.read_bytes()


def _create_tables(path: Path) -> None:
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA synchronous=OFF")
        metadata.create_all(connection)
    engine.dispose()


def person(name: str = "usr_anna", *roles: tuple[str, str], language: Any = "en") -> Principal:
    """`person("usr_anna", ("org_1", "owner"))`"""
    return Principal(person_id=name, session_id=f"ses_{name[4:]}", organisation_roles=roles, language=language)


def guest(name: str = "gst_ben", language: Any = "en") -> Principal:
    return Principal(guest_id=name, language=language)


def operator(name: str = "usr_operator") -> Principal:
    return Principal(person_id=name, session_id="ses_operator", is_operator=True)


@contextmanager
def refused(code: str, **params: Any) -> Iterator[None]:
    """The body must be refused with this code, and with these parameters among its own."""
    with pytest.raises(Refused) as caught:
        yield
    assert caught.value.code == code
    assert {name: caught.value.params.get(name) for name in params} == params
