"""What an action may count on: all or nothing, once per key, refused in plain words when the disk is full."""

import asyncio
from collections import deque

import pytest
from structlog.testing import capture_logs

from shopcast.backends.calls import Done, Request
from shopcast.backends.embedded import open_embedded
from shopcast.backends.sqlite.engine import writer_connection
from shopcast.backends.sqlite.executor import Executor
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import ActionFailed, Busy, Refused
from shopcast.kernel.principal import SYSTEM
from tests.factories import TestBackend, guest, person, refused
from tests.factories.shop import Note, SleepLong, SoldOut, TakeStock, WriteAndFail, WriteNote

LEFTOVERS = """
    SELECT (SELECT count(*) FROM test_notes), (SELECT count(*) FROM kernel_events),
           (SELECT count(*) FROM kernel_jobs), (SELECT count(*) FROM kernel_audit)
"""


@pytest.mark.parametrize("how", ["integrity", "bug"])
def test_a_bug_leaves_nothing(backend: TestBackend, how: str) -> None:
    heard: list[str] = []
    backend.wakes.subscribe("", heard.append)
    with pytest.raises(ActionFailed):
        backend.run(WriteAndFail(id="a", how=how))
    assert backend.rows(LEFTOVERS) == [(0, 0, 0, 0)]
    assert heard == []
    assert backend.run(WriteNote(id="a")).id == "a"


def test_a_refusal_leaves_nothing_and_keeps_its_cause(backend: TestBackend) -> None:
    with pytest.raises(Refused) as caught:
        backend.run(WriteAndFail(id="a", how="refusal"))
    assert isinstance(caught.value.__cause__, SoldOut)
    assert str(caught.value) == "test.sold_out: Number 7 is sold out."
    assert backend.rows(LEFTOVERS) == [(0, 0, 0, 0)]


def test_a_success_leaves_everything(backend: TestBackend) -> None:
    heard: list[str] = []
    backend.wakes.subscribe("", heard.append)
    backend.run(WriteAndFail(id="a", how="not"), person())
    assert backend.rows(LEFTOVERS) == [(1, 1, 1, 1)]
    assert heard == ["jobs", "note:failed"]
    assert backend.rows("SELECT by_key, by_session_id, action, details FROM kernel_audit") == [
        ("usr_anna", "ses_anna", "test.write", '{"how":"not"}')
    ]


def test_idempotency_is_per_person_action_and_key(backend: TestBackend) -> None:
    first = backend.run(WriteNote(id="a"), person("usr_anna"), idempotency_key="k")
    backend.advance(minutes=1)
    again = backend.run(WriteNote(id="a"), person("usr_anna"), idempotency_key="k")
    assert again == first == Note(id="a", at=first.at)
    with refused("idempotency_key_reused"):
        backend.run(WriteNote(id="b"), person("usr_anna"), idempotency_key="k")
    backend.run(WriteNote(id="c"), person("usr_ben"), idempotency_key="k")
    backend.run(WriteNote(id="d"), guest(), idempotency_key="k")
    with refused("invalid_input"):
        backend.run(WriteNote(id="e"), idempotency_key="k" * 129)
    assert backend.rows("SELECT id FROM test_notes ORDER BY id") == [("a",), ("c",), ("d",)]


def test_a_refusal_is_decided_anew(backend: TestBackend) -> None:
    backend.actions.raw.execute("INSERT INTO test_stock VALUES ('seven', 0)")
    with refused("test.sold_out"):
        backend.run(TakeStock(id="seven"), idempotency_key="k")
    backend.actions.raw.execute('UPDATE test_stock SET "left" = 1')
    assert backend.run(TakeStock(id="seven"), idempotency_key="k") == 0
    assert backend.run(TakeStock(id="seven"), idempotency_key="k") == 0


def test_a_full_disk_refuses_what_does_not_fit_and_keeps_the_rest(backend: TestBackend) -> None:
    pages = backend.actions.raw.execute("PRAGMA page_count").fetchone()[0]
    backend.actions.raw.execute(f"PRAGMA max_page_count = {pages + 20}")
    kept = 0
    with refused("storage_full"):
        for number in range(200):
            backend.run(WriteNote(id=str(number), body="x" * 3_000, key="k"))
            kept += 1
    assert kept > 5
    assert backend.rows("SELECT count(*) FROM test_notes") == [(kept,)]
    assert backend.rows("SELECT count(*) FROM kernel_events") == [(kept,)]
    backend.actions.raw.execute(f"PRAGMA max_page_count = {pages + 1_000}")
    backend.run(WriteNote(id="after", body="x" * 3_000, key="k"))
    backend.drain()
    assert backend.rows("SELECT count(*) FROM test_effects") == [(2 * (kept + 1),)]


def test_a_batch_that_sqlite_rolls_back_by_itself_is_run_again_one_by_one(backend: TestBackend) -> None:
    raw = backend.actions.raw
    # What SQLite does when the disk is full or broken in the middle of a transaction, on one note only.
    raw.execute(
        "CREATE TEMP TRIGGER broken_page BEFORE INSERT ON main.test_notes WHEN NEW.id = 'c'"
        " BEGIN SELECT RAISE(ROLLBACK, 'the disk is broken'); END"
    )
    executor = Executor(raw, writer_connection(raw), backend.clock)
    spec = backend.registry.spec_of(WriteNote(id="a"))
    queue = deque(Request(spec, WriteNote(id=name, key="k"), SYSTEM, name) for name in "abcd")
    requests = list(queue)
    answered: list[Request] = []
    while queue:
        answered.extend(executor.run_batch(queue).requests)
    assert answered == requests
    assert [type(request.answer) for request in requests] == [Done, Done, Busy, Done]
    assert backend.rows("SELECT id FROM test_notes") == [("a",), ("b",), ("d",)]
    assert backend.rows("SELECT key FROM kernel_idempotency ORDER BY key") == [("a",), ("b",), ("d",)]
    assert backend.rows("SELECT count(*) FROM kernel_events") == [(3,)]


def test_a_bug_in_a_set_based_verb_harms_only_the_culprit(backend: TestBackend) -> None:
    backend.actions.raw.execute("INSERT INTO test_stock VALUES ('seven', 3), ('bad', 3)")
    backend.actions.raw.execute(
        "CREATE TEMP TRIGGER cursed BEFORE UPDATE ON main.test_stock WHEN NEW.id = 'bad'"
        " BEGIN SELECT RAISE(ABORT, 'cursed'); END"
    )
    executor = Executor(backend.actions.raw, writer_connection(backend.actions.raw), backend.clock)
    spec = backend.registry.spec_of(TakeStock(id="seven"))
    names = ("seven", "bad", "seven", "seven", "seven")
    requests = [Request(spec, TakeStock(id=name), SYSTEM) for name in names]
    executor.run_batch(deque(requests))
    assert [type(request.answer) for request in requests] == [Done, ActionFailed, Done, Done, SoldOut]
    assert backend.rows('SELECT id, "left" FROM test_stock ORDER BY id') == [("bad", 3), ("seven", 0)]


def test_a_slow_action_is_warned_about(backend: TestBackend) -> None:
    with capture_logs() as logs:
        backend.run(SleepLong(seconds=0.03))
        backend.run(WriteNote(id="a"))
    assert [(line["event"], line["action"]) for line in logs] == [("kernel.action.slow", "test.sleep")]


def test_reads_see_one_snapshot_and_write_nothing(backend: TestBackend) -> None:
    def look_twice(connection: ReadConnection) -> tuple[int | None, int | None]:
        before = connection.exec_driver_sql("SELECT count(*) FROM test_notes").scalar()
        backend.run(WriteNote(id="meanwhile"))
        return before, connection.exec_driver_sql("SELECT count(*) FROM test_notes").scalar()

    assert backend.read(look_twice) == (0, 0)
    assert backend.rows("SELECT count(*) FROM test_notes") == [(1,)]
    with pytest.raises(Exception, match="readonly database"):
        backend.read(lambda connection: connection.exec_driver_sql("DELETE FROM test_notes"))


async def test_reads_and_actions_on_an_event_loop(backend: TestBackend) -> None:
    await asyncio.gather(*(backend.actions.run(WriteNote(id=str(number)), SYSTEM) for number in range(20)))
    counts = await asyncio.gather(
        *(
            backend.reads.run(lambda connection: connection.exec_driver_sql("SELECT count(*) FROM test_notes").scalar())
            for _ in range(20)
        )
    )
    assert counts == [20] * 20


async def test_a_lone_command_needs_no_writer(backend: TestBackend) -> None:
    backend.close()
    opened = open_embedded(backend.settings, backend.registry, local=True, clock=backend.clock)
    await opened.start()
    assert (await opened.actions.run(WriteNote(id="a"), SYSTEM)).id == "a"
    await opened.close()
    again = open_embedded(backend.settings, backend.registry, local=True, clock=backend.clock)
    await again.close()
