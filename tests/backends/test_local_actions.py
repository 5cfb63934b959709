"""What SQLite adds to what an action may count on: refused in plain words when the disk is full."""

from collections import deque

from shopcast.backends.calls import Done, Request
from shopcast.backends.embedded import open_embedded
from shopcast.backends.sqlite.engine import writer_connection
from shopcast.backends.sqlite.executor import Executor
from shopcast.kernel.errors import Busy
from shopcast.kernel.principal import SYSTEM
from tests.factories import TestBackend, refused
from tests.factories.shop import WriteNote


def test_a_full_disk_refuses_what_does_not_fit_and_keeps_the_rest(embedded: TestBackend) -> None:
    pages = embedded.actions.raw.execute("PRAGMA page_count").fetchone()[0]
    embedded.actions.raw.execute(f"PRAGMA max_page_count = {pages + 20}")
    kept = 0
    with refused("storage_full"):
        for number in range(200):
            embedded.run(WriteNote(id=str(number), body="x" * 3_000, key="k"))
            kept += 1
    assert kept > 5
    assert embedded.rows("SELECT count(*) FROM test_notes") == [(kept,)]
    assert embedded.rows("SELECT count(*) FROM kernel_events") == [(kept,)]
    embedded.actions.raw.execute(f"PRAGMA max_page_count = {pages + 1_000}")
    embedded.run(WriteNote(id="after", body="x" * 3_000, key="k"))
    embedded.drain()
    assert embedded.rows("SELECT count(*) FROM test_effects") == [(2 * (kept + 1),)]


def test_a_batch_that_sqlite_rolls_back_by_itself_is_run_again_one_by_one(embedded: TestBackend) -> None:
    raw = embedded.actions.raw
    # What SQLite does when the disk is full or broken in the middle of a transaction, on one note only.
    raw.execute(
        "CREATE TEMP TRIGGER broken_page BEFORE INSERT ON main.test_notes WHEN NEW.id = 'c'"
        " BEGIN SELECT RAISE(ROLLBACK, 'the disk is broken'); END"
    )
    executor = Executor(raw, writer_connection(raw), embedded.clock)
    spec = embedded.registry.spec_of(WriteNote(id="a"))
    queue = deque(Request(spec, WriteNote(id=name, key="k"), SYSTEM, name) for name in "abcd")
    requests = list(queue)
    answered: list[Request] = []
    while queue:
        answered.extend(executor.run_batch(queue).requests)
    assert answered == requests
    assert [type(request.answer) for request in requests] == [Done, Done, Busy, Done]
    assert embedded.rows("SELECT id FROM test_notes") == [("a",), ("b",), ("d",)]
    assert embedded.rows("SELECT key FROM kernel_idempotency ORDER BY key") == [("a",), ("b",), ("d",)]
    assert embedded.rows("SELECT count(*) FROM kernel_events") == [(3,)]


async def test_a_lone_command_needs_no_writer(embedded: TestBackend) -> None:
    embedded.close()
    opened = open_embedded(embedded.settings, embedded.registry, local=True, clock=embedded.clock)
    await opened.start()
    assert (await opened.actions.run(WriteNote(id="a"), SYSTEM)).id == "a"
    await opened.close()
    again = open_embedded(embedded.settings, embedded.registry, local=True, clock=embedded.clock)
    await again.close()
