"""Events on PostgreSQL: no commit is overlooked, one worker delivers at a time, and any of them may die."""

import os
import random
import signal
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from typing import Any

import psycopg
import pytest

from shopcast.backends.inprocess.wakes import InProcessWakes
from shopcast.backends.postgres.local import LocalPostgres
from shopcast.kernel.actions import Tx
from shopcast.kernel.clock import SystemClock
from shopcast.kernel.principal import SYSTEM
from shopcast.kernel.registry import Registry
from shopcast.kernel.subscriptions import Subscription
from tests.backends.rivals import REGISTRY, deliverer
from tests.factories.shop import ACTIONS, NoteWritten, WriteNote
from tests.support.databases import Database, lent_database
from tests.support.waiting import eventually

Worker = tuple[ForkServerProcess, Connection]


@pytest.fixture
def database() -> Iterator[Database]:
    with lent_database() as lent:
        yield lent


@pytest.fixture
def shop(database: Database) -> Iterator[LocalPostgres]:
    opened = LocalPostgres(database.url, REGISTRY, SystemClock(), InProcessWakes())
    yield opened
    opened.close_blocking()


@pytest.fixture
def start_worker(database: Database, fork_server: ForkServerContext) -> Iterator[Callable[[], Worker]]:
    started: list[Worker] = []

    def start() -> Worker:
        ours, theirs = fork_server.Pipe()
        process = fork_server.Process(target=deliverer, args=(database.url, theirs), daemon=True)
        process.start()
        theirs.close()
        started.append((process, ours))
        return started[-1]

    yield start
    for process, pipe in started:
        kill(process)
        process.close()
        pipe.close()


def kill(process: ForkServerProcess) -> None:
    if process.is_alive():
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
    process.join(timeout=10)


def leader_of(workers: list[Worker]) -> Worker:
    return eventually(lambda: next((one for one in workers if one[1].poll()), None), within_s=20, what="a leader")


def rows(database: Database, statement: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in database.execute(statement).fetchall()]


def test_who_commits_late_with_a_lower_number_is_not_overlooked(database: Database, shop: LocalPostgres) -> None:
    shop.run_blocking(WriteNote(id="before", key="k"), SYSTEM)
    with psycopg.connect(database.url) as slow:
        slow.execute(
            "INSERT INTO kernel_events (event_type, body, recorded_at) VALUES ('test.note_written',"
            """ '{"type":"test.note_written","id":"slow","key":"k"}', 1)"""
        )
        shop.run_blocking(WriteNote(id="quick", key="k"), SYSTEM)
        shop.drain()
        assert rows(database, "SELECT position, body::json ->> 'id' FROM kernel_events ORDER BY id") == [
            (1, "before"),
            (2, "quick"),
        ]
        slow.commit()
    shop.drain()
    # Without a gap, each once, though the lower number came later.
    assert rows(database, "SELECT position, body::json ->> 'id' FROM kernel_events ORDER BY id") == [
        (1, "before"),
        (3, "slow"),
        (2, "quick"),
    ]
    told = rows(database, "SELECT note_id FROM test_effects WHERE subscriber = 'first' ORDER BY number")
    assert told == [("before",), ("quick",), ("slow",)]


def test_the_next_worker_leads_when_the_leader_is_killed(
    database: Database, shop: LocalPostgres, start_worker: Callable[[], Worker]
) -> None:
    chance = random.Random(7)
    workers = [start_worker() for _ in range(3)]
    written = 0
    for _ in range(3):
        process, pipe = leader_of(workers)
        assert pipe.recv() == "leads"
        # None but one.
        assert sum(other.poll() for _, other in workers) == 0
        for _ in range(40):
            written += 1
            shop.run_blocking(WriteNote(id=f"{written:03d}", key=chance.choice("abc")), SYSTEM)
        # In the middle of its work.
        kill(process)
        workers = [one for one in workers if one[0] is not process]
        workers.append(start_worker())
    expected = [(subscriber, f"{note:03d}") for subscriber in ("first", "second") for note in range(1, written + 1)]
    found = eventually(
        lambda: (
            rows(database, "SELECT subscriber, note_id FROM test_effects ORDER BY 1, 2")
            if rows(database, "SELECT count(*) FROM test_effects") >= [(len(expected),)]
            else None
        ),
        within_s=20,
    )
    assert found == expected
    assert rows(database, "SELECT min(position), max(position), count(position) FROM kernel_events") == [
        (1, written, written)
    ]


def test_a_leader_whose_connection_ends_begins_again(
    database: Database, shop: LocalPostgres, start_worker: Callable[[], Worker]
) -> None:
    _, pipe = start_worker()
    assert pipe.poll(20)
    for number in range(5):
        shop.run_blocking(WriteNote(id=str(number), key="k"), SYSTEM)
        database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'shopcast relay' AND datname = current_database()"
        )
    effects = "SELECT note_id FROM test_effects WHERE subscriber = 'first' ORDER BY number"
    eventually(lambda: rows(database, effects) == [(str(number),) for number in range(5)], within_s=20)


def test_what_is_not_committed_leaves_nothing_and_is_repeated(database: Database, shop: LocalPostgres) -> None:
    shop.run_blocking(WriteNote(id="a", key="k"), SYSTEM)
    database.execute(
        "CREATE FUNCTION no_cursor() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION USING MESSAGE = 'power cut', ERRCODE = 'io_error'; END $$"
    )
    # At the very end, when the commit is asked for.
    database.execute(
        "CREATE CONSTRAINT TRIGGER power_cut AFTER UPDATE ON kernel_cursors INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION no_cursor()"
    )
    for _ in range(3):
        with pytest.raises(psycopg.Error, match="power cut"):
            shop.drain()
        assert rows(database, "SELECT count(*) FROM test_effects") == [(0,)]
    database.execute("DROP TRIGGER power_cut ON kernel_cursors")
    shop.drain()
    assert rows(database, "SELECT subscriber FROM test_effects ORDER BY 1") == [("first",), ("second",)]


def test_a_subscriber_that_meets_an_action_sees_what_it_did(database: Database) -> None:
    """The effect reads what an action in another process changes in between, and is run again."""
    seen: list[int] = []
    others: list[psycopg.Connection] = []

    def count(tx: Tx, event: NoteWritten, now: object) -> None:
        held: int = tx.exec_driver_sql("""SELECT "left" FROM test_stock WHERE id = 'seven'""").scalar_one()
        seen.append(held)
        if others:
            with others.pop() as other:
                other.execute("""UPDATE test_stock SET "left" = "left" - 1 WHERE id = 'seven'""")
        tx.exec_driver_sql("""UPDATE test_stock SET "left" = ? WHERE id = 'seven'""", (held - 1,))

    registry = Registry(actions=ACTIONS, subscriptions=[Subscription("counts", NoteWritten, count)])
    shop = LocalPostgres(database.url, registry, SystemClock(), InProcessWakes())
    database.execute("INSERT INTO test_stock VALUES ('seven', 10)")
    shop.run_blocking(WriteNote(id="a", key="k"), SYSTEM)
    others.append(psycopg.connect(database.url))
    shop.drain()
    assert seen == [10, 9]
    assert rows(database, 'SELECT "left" FROM test_stock') == [(8,)]
    assert rows(database, "SELECT count(*) FROM kernel_parked_keys") == [(0,)]
    shop.close_blocking()
