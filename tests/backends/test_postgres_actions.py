"""What PostgreSQL adds to what an action may count on: rivals in other processes, and a database that goes away."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.context import ForkServerContext
from typing import Any

import pytest

from shopcast.backends.inprocess.wakes import InProcessWakes
from shopcast.backends.postgres import engine as connecting
from shopcast.backends.postgres import executor as executing
from shopcast.backends.postgres.actions import PostgresActions
from shopcast.backends.postgres.reads import PostgresReads
from shopcast.backends.postgres.session import lock_key
from shopcast.kernel.actions import Command
from shopcast.kernel.clock import SystemClock
from shopcast.kernel.errors import ActionFailed, Refused
from shopcast.kernel.principal import SYSTEM
from tests.backends.cut_line import CutLine
from tests.backends.rivals import REGISTRY, LookAtAll, Report, TakeFromPair, WriteSlowly, WriteTwiceAndSwallow, rival
from tests.factories import person, refused
from tests.factories.shop import TakeStock, WriteNote
from tests.support.databases import Database, create_tables, lent_database
from tests.support.servers import own_postgres
from tests.support.waiting import eventually

Commands = Sequence[tuple[Command, str, str | None]]
Compete = Callable[..., list[Report]]


@pytest.fixture
def database() -> Iterator[Database]:
    with lent_database() as lent:
        lent.execute("INSERT INTO test_stock VALUES ('warm', 1000)")
        yield lent


@pytest.fixture
def open_actions() -> Iterator[Callable[[str], PostgresActions]]:
    opened: list[PostgresActions] = []

    def open_one(url: str) -> PostgresActions:
        opened.append(PostgresActions(url, REGISTRY, SystemClock(), InProcessWakes()))
        return opened[-1]

    yield open_one
    for actions in opened:
        actions.close_blocking()


@pytest.fixture
def compete(database: Database, fork_server: ForkServerContext) -> Compete:
    def run(*commands: Commands, without: Sequence[str] = ()) -> list[Report]:
        """One process for each; all begin together."""
        pipes = []
        for theirs in commands:
            ours, end = fork_server.Pipe()
            fork_server.Process(target=rival, args=(database.url, list(theirs), without, end), daemon=True).start()
            end.close()
            pipes.append(ours)
        assert [pipe.recv() for pipe in pipes] == ["ready"] * len(pipes)
        for pipe in pipes:
            pipe.send("go")
        reports: list[Report] = [pipe.recv() for pipe in pipes]
        for pipe in pipes:
            pipe.close()
        return reports

    return run


def left(database: Database, *names: str) -> int:
    row = database.execute('SELECT sum("left") FROM test_stock WHERE id = ANY(?)', list(names)).fetchone()
    assert row is not None
    return int(row[0])


def takers(process: str, of: str, count: int) -> Commands:
    return [(TakeFromPair(id=of, floor=141), f"usr_{process}", None) for _ in range(count)]


def test_what_is_right_alone_is_right_among_others(database: Database, compete: Compete) -> None:
    database.execute("INSERT INTO test_stock VALUES ('a', 100), ('b', 100)")
    reports = compete(takers("one", "a", 40), takers("two", "b", 40))
    answers = [answer for report, _ in reports for answer in report]
    # Each saw what the one before had left, and all were answered.
    assert sorted((answer for answer in answers if isinstance(answer, int)), reverse=True) == list(range(199, 140, -1))
    assert Counter(answer for answer in answers if isinstance(answer, str)) == {"test.sold_out": 80 - 59}
    assert left(database, "a", "b") == 141
    assert sum(conflicts for _, conflicts in reports) > 0


@pytest.mark.parametrize("safeguard", ["serialisable", "retry"])
def test_without_a_safeguard_it_would_not_be(database: Database, compete: Compete, safeguard: str) -> None:
    database.execute("INSERT INTO test_stock VALUES ('a', 100), ('b', 100)")
    reports = compete(takers("one", "a", 40), takers("two", "b", 40), without=[safeguard])
    answers = [answer for report, _ in reports for answer in report]
    taken = sorted((answer for answer in answers if isinstance(answer, int)), reverse=True)
    assert taken != list(range(199, 140, -1))
    if safeguard == "retry":
        assert "busy" in answers


def test_hot_sets_of_two_processes_wait_instead_of_undoing_each_other(database: Database, compete: Compete) -> None:
    database.execute("INSERT INTO test_stock VALUES ('seven', 500)")
    reports = compete(*buyers(400))
    answers = [answer for report, _ in reports for answer in report]
    assert sorted(answer for answer in answers if isinstance(answer, int)) == list(range(500))
    assert Counter(answer for answer in answers if isinstance(answer, str)) == {"test.sold_out": 300}
    assert left(database, "seven") == 0
    assert [conflicts for _, conflicts in reports] == [0, 0]


def test_without_the_queue_they_would_undo_each_other(database: Database, compete: Compete) -> None:
    database.execute("INSERT INTO test_stock VALUES ('seven', 500)")
    reports = compete(*buyers(400), without=["queue"])
    assert sum(conflicts for _, conflicts in reports) > 0
    # Slower, and right all the same.
    assert left(database, "seven") == 500 - sum(isinstance(one, int) for report, _ in reports for one in report)


def buyers(count: int) -> tuple[Commands, Commands]:
    return tuple(  # type: ignore[return-value]  # two of them
        [(TakeStock(id="seven"), f"usr_{process}_{number}", "once") for number in range(count)] for process in "ab"
    )


def test_the_same_purchase_sent_to_two_processes_happens_once(database: Database, compete: Compete) -> None:
    database.execute("INSERT INTO test_stock VALUES ('a', 1), ('b', 30), ('seven', 50)")
    same: Commands = [
        *((TakeFromPair(id="b"), f"usr_{number}", "once") for number in range(40)),
        *((TakeStock(id="seven"), f"usr_{number}", "once") for number in range(40)),
    ]
    (first, _), (second, _) = compete(same, same)
    # Nobody who got one is told by the other process that it is sold out.
    assert first == second
    assert sum(isinstance(answer, int) for answer in first) == 30 + 40
    assert left(database, "a", "b") == 1
    assert left(database, "seven") == 10


@pytest.mark.parametrize("key", ["k", None])
async def test_a_connection_that_ends_in_the_middle_is_replaced(
    database: Database, open_actions: Callable[[str], PostgresActions], key: str | None
) -> None:
    actions = open_actions(database.url)
    running = asyncio.create_task(actions.run(WriteSlowly(id="a", seconds=0.3), SYSTEM, idempotency_key=key))
    await asyncio.sleep(0.15)
    end_others(database)
    # The commit was not sent yet, so that trying again is safe, with a key or without.
    assert await running == "a"
    assert actions.counts.lost_connections == 1
    assert rows(database, "SELECT id, body FROM test_notes") == [("a", "whole")]
    assert rows(database, "SELECT count(*) FROM kernel_events") == [(1,)]


@pytest.mark.parametrize("key", ["k", None])
async def test_a_connection_that_ends_in_the_commit(
    database: Database, open_actions: Callable[[str], PostgresActions], key: str | None
) -> None:
    database.execute(
        "CREATE FUNCTION doze() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.5); RETURN NULL; END $$"
    )
    database.execute(
        "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON test_notes INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION doze()"
    )
    actions = open_actions(database.url)
    running = asyncio.create_task(actions.run(WriteNote(id="a"), SYSTEM, idempotency_key=key))
    await asyncio.sleep(0.25)
    end_others(database)
    if key is None:
        with refused("unavailable"):
            await running
    else:
        assert (await running).id == "a"
    assert rows(database, "SELECT id FROM test_notes") == ([] if key is None else [("a",)])


@pytest.mark.parametrize("key", ["k", None])
async def test_the_answer_to_a_commit_is_lost(
    database: Database, open_actions: Callable[[str], PostgresActions], key: str | None
) -> None:
    line = CutLine(database.url)
    actions = open_actions(line.url)
    await actions.run(WriteNote(id="warm"), SYSTEM)
    line.armed = True
    running = actions.run(WriteNote(id="a"), SYSTEM, idempotency_key=key)
    if key is None:
        with refused("unavailable"):
            await running
    else:
        assert (await running).id == "a"
    assert line.cuts == 1
    assert rows(database, "SELECT id FROM test_notes ORDER BY id") == [("a",), ("warm",)]
    line.close()


async def test_a_set_whose_answer_is_lost_is_found_again_by_its_keys(
    database: Database, open_actions: Callable[[str], PostgresActions]
) -> None:
    database.execute("INSERT INTO test_stock VALUES ('seven', 100)")
    line = CutLine(database.url)
    actions = open_actions(line.url)
    await actions.run(WriteNote(id="warm"), SYSTEM)
    line.armed = True
    with_keys = [actions.run(TakeStock(id="seven"), person(f"usr_{n}"), idempotency_key="once") for n in range(10)]
    without = [actions.run(TakeStock(id="seven"), SYSTEM) for _ in range(3)]
    answers = await asyncio.gather(*with_keys, *without, return_exceptions=True)
    assert all(isinstance(answer, int) for answer in answers[:10])
    assert all(isinstance(answer, int) or getattr(answer, "code", "") == "unavailable" for answer in answers[10:])
    # Whatever the three without a key were told, nothing happened twice.
    assert left(database, "seven") == 100 - 13
    line.close()


async def test_nothing_acknowledged_is_lost_when_postgresql_is_killed(
    open_actions: Callable[[str], PostgresActions],
) -> None:
    with own_postgres(durable=True) as server:
        server.run("CREATE DATABASE shop")
        database = Database(server, "shop")
        create_tables(database)
        database.close()
        actions = open_actions(database.url)
        acknowledged: list[str] = []
        unknown: list[str] = []
        refusals: set[tuple[bool, str]] = set()
        stop = asyncio.Event()

        async def write(writer: int) -> None:
            number = 0
            while not stop.is_set():
                number += 1
                name, with_key = f"{writer}-{number}", writer % 2 == 0
                try:
                    await actions.run(WriteNote(id=name), SYSTEM, idempotency_key=name if with_key else None)
                except Refused as refusal:
                    unknown.append(name)
                    refusals.add((with_key, refusal.code))
                else:
                    acknowledged.append(name)

        writers = [asyncio.create_task(write(number)) for number in range(8)]
        for end in (server.kill, server.stop):
            before = len(acknowledged)
            await asyncio.to_thread(eventually, lambda enough=before + 30: len(acknowledged) > enough)
            await asyncio.to_thread(end)
            await asyncio.to_thread(server.start)
        before = len(acknowledged)
        await asyncio.to_thread(eventually, lambda: len(acknowledged) > before + 10)
        stop.set()
        await asyncio.gather(*writers)
        stored = {row[0] for row in rows(database, "SELECT id FROM test_notes")}
        assert set(acknowledged) <= stored
        assert stored <= set(acknowledged) | set(unknown)
        assert refusals <= {(False, "unavailable"), (False, "busy"), (True, "unavailable"), (True, "busy")}
        database.close()


def test_no_postgresql_at_all_is_busy(
    open_actions: Callable[[str], PostgresActions], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executing, "RECONNECT_S", 0.3)
    actions = open_actions("postgresql://shopcast@127.0.0.1:9/nowhere")
    with refused("busy"):
        actions.run_blocking(WriteNote(id="a"), SYSTEM)


@pytest.mark.parametrize(("state", "code"), [("53100", "storage_full"), ("53200", "busy"), ("25006", "busy")])
def test_trouble_of_the_storage_is_refused_in_plain_words(
    database: Database, open_actions: Callable[[str], PostgresActions], state: str, code: str
) -> None:
    database.execute(
        "CREATE FUNCTION trouble() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION USING MESSAGE = 'trouble', ERRCODE = '{state}'; END $$"
    )
    database.execute("CREATE TRIGGER full_disk BEFORE INSERT ON test_notes EXECUTE FUNCTION trouble()")
    actions = open_actions(database.url)
    with refused(code):
        actions.run_blocking(WriteNote(id="a", key="k"), SYSTEM, idempotency_key="k")
    assert rows(database, "SELECT count(*) FROM kernel_events") == [(0,)]
    database.execute("DROP TRIGGER full_disk ON test_notes")
    assert actions.run_blocking(WriteNote(id="a", key="k"), SYSTEM, idempotency_key="k").id == "a"


def test_waiting_in_vain_is_busy(
    database: Database, open_actions: Callable[[str], PostgresActions], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "LOCK_TIMEOUT_MS", 100)
    actions = open_actions(database.url)
    database.execute("INSERT INTO test_stock VALUES ('seven', 1)")
    database.execute("SELECT pg_advisory_lock(?)", lock_key("test.take_stock"))
    started = time.monotonic()
    with refused("busy"):
        actions.run_blocking(TakeStock(id="seven"), person(), idempotency_key="k")
    assert time.monotonic() - started < 2
    database.execute("SELECT pg_advisory_unlock_all()")
    assert actions.run_blocking(TakeStock(id="seven"), person(), idempotency_key="k") == 0


def test_a_failure_that_a_handler_swallows_is_not_taken_for_success(
    database: Database, open_actions: Callable[[str], PostgresActions]
) -> None:
    actions = open_actions(database.url)
    with pytest.raises(ActionFailed, match="as if it had not"):
        actions.run_blocking(WriteTwiceAndSwallow(id="a"), SYSTEM)
    assert rows(database, "SELECT id FROM test_notes") == []


def test_tables_may_change_under_a_running_process(
    database: Database, open_actions: Callable[[str], PostgresActions]
) -> None:
    actions, reads = open_actions(database.url), PostgresReads(database.url, threads=1)

    def look() -> int:
        return len(reads.run_blocking(lambda connection: connection.exec_driver_sql("SELECT * FROM test_stock").keys()))

    for number in range(10):
        assert look() == 2
        actions.run_blocking(LookAtAll(id=str(number)), SYSTEM)
    database.execute("ALTER TABLE test_stock ADD COLUMN more text")
    assert look() == 3
    assert actions.run_blocking(LookAtAll(id="after"), SYSTEM) == 3
    reads.close()


async def test_too_many_at_once_are_told_so_at_once(
    database: Database, open_actions: Callable[[str], PostgresActions], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shopcast.backends.postgres.actions.WAITING_LIMIT", 50)
    actions = open_actions(database.url)
    answers = await asyncio.gather(
        *(actions.run(WriteNote(id=str(number)), SYSTEM) for number in range(60)), return_exceptions=True
    )
    assert [getattr(answer, "code", "done") for answer in answers] == ["done"] * 50 + ["busy"] * 10
    assert rows(database, "SELECT count(*) FROM test_notes") == [(50,)]


async def test_wakes_are_told_on_the_loop_whoever_asks(database: Database) -> None:
    wakes = InProcessWakes()
    actions = PostgresActions(database.url, REGISTRY, SystemClock(), wakes)
    heard: list[tuple[str, int]] = []
    wakes.subscribe("note:", lambda topic: heard.append((topic, threading.get_ident())))
    await actions.start()
    await actions.run(WriteNote(id="a", key="loop"), SYSTEM)
    await asyncio.to_thread(actions.run_blocking, WriteNote(id="b", key="thread"), SYSTEM)
    await asyncio.sleep(0)
    assert heard == [("note:loop", threading.get_ident()), ("note:thread", threading.get_ident())]
    await actions.close()
    actions.close_blocking()


def rows(database: Database, statement: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in database.execute(statement).fetchall()]


def end_others(database: Database) -> None:
    database.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
