"""What tests are set up with: a whole backend on a temporary directory, with the registry the test passes."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar

import pytest

from shopcast.backends.calls import Request
from shopcast.backends.inprocess.wakes import InProcessWakes
from shopcast.kernel.actions import ActionSpec, Command, ReadConnection, Tx
from shopcast.kernel.clock import Clock, FixedClock
from shopcast.kernel.config import Settings
from shopcast.kernel.errors import Refused
from shopcast.kernel.ids import new_id
from shopcast.kernel.jobs import JobSpec, Periodic
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.kernel.registry import Registry
from shopcast.kernel.subscriptions import Subscription
from shopcast.kernel.tables import metadata
from tests.factories.raw import Raw
from tests.factories.rigs import EmbeddedRig, Rig, create_tables

__all__ = [
    "START",
    "TestBackend",
    "create_tables",
    "guest",
    "make_backend",
    "operator",
    "person",
    "refused",
    "run_profile",
]

Profile = Literal["embedded", "cluster"]
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
    # A FixedClock, unless the test passes its own.
    clock: Any
    wakes: InProcessWakes
    rig: Rig

    @property
    def actions(self) -> Any:
        return self.rig.actions

    @property
    def reads(self) -> Any:
        return self.rig.reads

    @property
    def raw(self) -> Raw:
        """What a test does behind the shop's back."""
        return self.rig.raw

    def run(self, command: Command, by: Principal = SYSTEM, *, idempotency_key: str | None = None) -> Any:
        """Runs an action. Verbs that need an idempotency key get a fresh one unless the test passes its own."""
        if idempotency_key is None and self.registry.spec_of(command).moves_stock_or_money:
            idempotency_key = new_id("key")
        return self.actions.run_blocking(command, by, idempotency_key=idempotency_key)

    def read(self, fn: Callable[Concatenate[ReadConnection, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        found: R = self.reads.run_blocking(fn, *args, **kwargs)
        return found

    def rows(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Rows of a hand-written SELECT, to prove what is (or is not) stored."""
        return self.read(
            lambda connection: [tuple(row) for row in connection.exec_driver_sql(statement, tuple(parameters))]
        )

    def columns(self, table: str) -> list[str]:
        return [column.name for column in metadata.tables[table].columns]

    def together(self, requests: Sequence[Request]) -> None:
        """Answers them as calls that came in at the same instant."""
        self.rig.together(requests)

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """For façades that other verbs call: committed, or rolled back when something is raised."""
        with self.rig.transaction() as tx:
            yield tx

    def drain(self) -> None:
        """Delivers all events that are due, and those they cause."""
        self.rig.drain()

    def advance(self, **amount: float) -> None:
        """`backend.advance(minutes=5)`"""
        self.clock.advance(timedelta(**amount))

    def close(self) -> None:
        self.rig.close()


def make_backend(
    tmp_path: Path,
    *,
    actions: Sequence[ActionSpec] = (),
    subscriptions: Sequence[Subscription] = (),
    jobs: Sequence[JobSpec] = (),
    periodics: Sequence[Periodic] = (),
    now: datetime = START,
    copy_of: TestBackend | None = None,
    changed: Sequence[str] = (),
    profile: Profile | None = None,
    clock: Clock | None = None,
) -> TestBackend:
    """Creates all tables imported so far (import your domain first), opens the writing side in this process.

    Without a `profile` it is the run's: SHOPCAST_TEST_PROFILE=cluster puts it on PostgreSQL. `copy_of`: begins with all
    rows of that one, after the statements of `changed`. Without a `clock` time stands still at `now`.
    """
    settings = Settings(data_dir=tmp_path / "var")
    registry = Registry(actions=actions, subscriptions=subscriptions, jobs=jobs, periodics=periodics)
    chosen_clock = clock or FixedClock(now)
    wakes = InProcessWakes()
    if (profile or run_profile()) == "cluster":
        # Here, because most runs have no PostgreSQL and need not load its driver.
        from tests.factories.cluster_rig import ClusterRig, lend_database  # noqa: PLC0415

        settings, database = lend_database(settings)
        if copy_of is not None:
            database.copy_from(copy_of.raw.database, changed)
        rig: Rig = ClusterRig(settings, registry, chosen_clock, wakes, database)
    else:
        if copy_of is not None:
            copy_of.raw.copy_to(settings.database_path, changed)
        rig = EmbeddedRig(settings, registry, chosen_clock, wakes)
    return TestBackend(settings=settings, registry=registry, clock=chosen_clock, wakes=wakes, rig=rig)


def run_profile() -> Profile:
    """What this run's shops are on: one process with SQLite, or PostgreSQL and Redis."""
    return "cluster" if os.environ.get("SHOPCAST_TEST_PROFILE", "embedded") == "cluster" else "embedded"


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
