"""The writer process through its socket: acknowledged means kept, exactly once, whatever dies."""

import asyncio
import random
import sqlite3
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from shopcast.backends.backend import Backend
from shopcast.backends.embedded import open_embedded
from shopcast.backends.sqlite.client import IN_FLIGHT_LIMIT, WAITING_LIMIT
from shopcast.backends.sqlite.lock import WriterAlreadyRunning
from shopcast.backends.sqlite.wire import FRAME_LIMIT_BYTES, connected_socket
from shopcast.backends.sqlite.writer import QUEUE_LIMIT
from shopcast.kernel.errors import ActionFailed, Refused
from shopcast.kernel.principal import SYSTEM
from shopcast.kernel.registry import Registry
from tests.backends.conftest import WriterProcess
from tests.factories import person, refused
from tests.factories.shop import SleepLong, SoldOut, TakeStock, WriteAndFail, WriteNote

OpenClient = Callable[[], Backend]


def rows(backend: Backend, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    return backend.reads.run_blocking(
        lambda connection: [tuple(row) for row in connection.exec_driver_sql(statement, parameters)]
    )


async def eventually(check: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not check():  # noqa: ASYNC110 - the state is in the database
            await asyncio.sleep(0.02)


async def test_results_refusals_and_failures_cross_the_socket(open_client: OpenClient) -> None:
    backend = open_client()
    note = await backend.actions.run(WriteNote(id="a"), SYSTEM)
    assert note.id == "a"
    assert note.at.tzinfo is not None
    with pytest.raises(Refused) as caught:
        await backend.actions.run(WriteAndFail(id="b", how="refusal"), SYSTEM)
    assert (caught.value.code, caught.value.status, caught.value.params) == ("test.sold_out", 409, {"number": 7})
    assert caught.value.message("en") == SoldOut(number=7).message("en") == "Number 7 is sold out."
    assert caught.value.message("zh") == "7 号已售罄。"
    with pytest.raises(ActionFailed):
        await backend.actions.run(WriteAndFail(id="c", how="bug"), SYSTEM)
    assert rows(backend, "SELECT id FROM test_notes") == [("a",)]
    assert rows(backend, "SELECT count(*) FROM kernel_jobs") == [(0,)]


async def test_blocking_calls_from_another_thread(open_client: OpenClient) -> None:
    backend = open_client()
    note = await asyncio.to_thread(backend.actions.run_blocking, WriteNote(id="a"), SYSTEM)
    assert note.id == "a"
    with refused("test.sold_out", number=7):
        await asyncio.to_thread(backend.actions.run_blocking, WriteAndFail(id="b", how="refusal"), SYSTEM)


async def test_events_and_wakes_reach_every_process(open_client: OpenClient) -> None:
    backend, other = open_client(), open_client()
    heard: list[str] = []
    other.wakes.subscribe("note:", heard.append)
    other.wakes.subscribe("effect:", heard.append)
    await other.start()
    await other.actions.run(WriteNote(id="first"), SYSTEM)
    await backend.actions.run(WriteNote(id="a", key="room"), SYSTEM)
    effects = "SELECT subscriber, note_id FROM test_effects ORDER BY 1"
    await eventually(lambda: rows(backend, effects) == [("first", "a"), ("second", "a")])
    await eventually(lambda: "effect:a" in heard)
    # The two subscribers may have run in two slices, each with its own wake.
    assert list(dict.fromkeys(heard)) == ["note:", "note:room", "effect:a"]


async def test_events_are_delivered_while_people_never_stop_acting(open_client: OpenClient) -> None:
    """Slices are put off for actions, but not for ever."""
    backend = open_client()
    await backend.actions.run(WriteNote(id="first", key="room"), SYSTEM)
    stopped = asyncio.Event()

    async def act(client: int) -> None:
        number = 0
        while not stopped.is_set():
            await backend.actions.run(WriteNote(id=f"{client}-{number}", key="room"), SYSTEM)
            number += 1

    acting = [asyncio.create_task(act(client)) for client in range(8)]
    effects = "SELECT count(*) FROM test_effects WHERE note_id = 'first'"
    await eventually(lambda: rows(backend, effects) == [(2,)])
    stopped.set()
    await asyncio.gather(*acting)


async def test_a_batch_sells_no_more_than_there_is(open_client: OpenClient, writer: WriterProcess) -> None:
    backend = open_client()
    await backend.actions.run(WriteNote(id="warm"), SYSTEM)
    with sqlite3.connect(writer.settings.database_path, timeout=5) as connection:
        connection.execute("INSERT INTO test_stock VALUES ('seven', 30)")
    connection.close()
    buyers = [person(f"usr_{number}") for number in range(100)]
    outcomes = await asyncio.gather(
        *(backend.actions.run(TakeStock(id="seven"), buyer, idempotency_key="once") for buyer in buyers),
        return_exceptions=True,
    )
    sold = sorted(outcome for outcome in outcomes if isinstance(outcome, int))
    assert sold == list(range(30))
    assert {outcome.code for outcome in outcomes if isinstance(outcome, Refused)} == {"test.sold_out"}
    assert rows(backend, 'SELECT "left" FROM test_stock') == [(0,)]


async def test_the_same_purchase_sent_twice_at_once_happens_once(
    open_client: OpenClient, writer: WriterProcess
) -> None:
    backend = open_client()
    await backend.actions.run(WriteNote(id="warm"), SYSTEM)
    with sqlite3.connect(writer.settings.database_path, timeout=5) as connection:
        connection.execute("INSERT INTO test_stock VALUES ('seven', 30)")
    connection.close()
    same = [backend.actions.run(TakeStock(id="seven"), person(), idempotency_key="one") for _ in range(20)]
    assert await asyncio.gather(*same) == [29] * 20
    with refused("idempotency_key_reused"):
        await backend.actions.run(TakeStock(id="eight"), person(), idempotency_key="one")
    with refused("idempotency_key_missing"):
        await backend.actions.run(TakeStock(id="seven"), person())
    assert rows(backend, 'SELECT "left" FROM test_stock') == [(29,)]


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_nothing_acknowledged_is_lost_when_the_writer_is_killed(
    open_client: OpenClient, writer: WriterProcess, seed: int
) -> None:
    chance = random.Random(seed)
    backend = open_client()
    await backend.start()
    acknowledged: list[str] = []
    unknown: list[str] = []
    refusals: set[tuple[bool, str]] = set()
    stop = asyncio.Event()

    async def buyer(number: int) -> None:
        count = 0
        while not stop.is_set():
            count += 1
            name = f"{number}-{count}"
            with_key = number % 2 == 0
            try:
                note = await backend.actions.run(
                    WriteNote(id=name, key=str(number)), SYSTEM, idempotency_key=name if with_key else None
                )
            except Refused as refusal:
                unknown.append(name)
                refusals.add((with_key, refusal.code))
            else:
                assert note.id == name
                acknowledged.append(name)

    buyers = [asyncio.create_task(buyer(number)) for number in range(20)]
    for _ in range(3):
        before = len(acknowledged)
        await eventually(lambda enough=before + 50: len(acknowledged) > enough)  # type: ignore[misc]
        await asyncio.sleep(chance.uniform(0, 0.05))
        await asyncio.to_thread(writer.kill)
        await asyncio.to_thread(writer.start)
    stop.set()
    await asyncio.gather(*buyers)
    # With a key every answer is found again; without, the person is told that nobody knows.
    assert refusals <= {(False, "unavailable")}
    stored = {row[0] for row in rows(backend, "SELECT id FROM test_notes")}
    assert set(acknowledged) <= stored
    assert stored <= set(acknowledged) | set(unknown)
    # Every committed note has had each effect exactly once, through all the deaths.
    expected = sorted((subscriber, note) for subscriber in ("first", "second") for note in stored)
    found: list[tuple[Any, ...]] = []

    def all_there() -> bool:
        found[:] = rows(backend, "SELECT subscriber, note_id FROM test_effects ORDER BY 1, 2")
        return len(found) >= len(expected)

    await eventually(all_there)
    assert found == expected
    assert rows(backend, "SELECT min(position), max(position), count(*) FROM kernel_events") == [
        (1, len(stored), len(stored))
    ]


async def test_a_lost_answer_is_unavailable_without_a_key_and_found_again_with_one(
    open_client: OpenClient, writer: WriterProcess
) -> None:
    backend = open_client()
    await backend.actions.run(WriteNote(id="warm"), SYSTEM)
    stuck = asyncio.create_task(backend.actions.run(SleepLong(seconds=5), SYSTEM))
    await asyncio.sleep(0.1)
    without = asyncio.create_task(backend.actions.run(WriteNote(id="without"), SYSTEM))
    with_key = asyncio.create_task(backend.actions.run(WriteNote(id="with"), SYSTEM, idempotency_key="k"))
    await asyncio.sleep(0.1)
    await asyncio.to_thread(writer.kill)
    for task in (stuck, without):
        with refused("unavailable"):
            await task
    await asyncio.to_thread(writer.start)
    assert (await with_key).id == "with"
    assert rows(backend, "SELECT id FROM test_notes ORDER BY id") == [("warm",), ("with",)]


async def test_a_stopped_writer_answers_what_it_has(open_client: OpenClient, writer: WriterProcess) -> None:
    backend = open_client()
    await backend.actions.run(WriteNote(id="warm"), SYSTEM)
    tasks = [asyncio.create_task(backend.actions.run(WriteNote(id=str(number)), SYSTEM)) for number in range(500)]
    await asyncio.sleep(0.01)
    await asyncio.to_thread(writer.stop)
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    done = {outcome.id for outcome in outcomes if not isinstance(outcome, BaseException)}
    stored = {row[0] for row in rows(backend, "SELECT id FROM test_notes WHERE id != 'warm'")}
    assert done == stored
    assert {outcome.code for outcome in outcomes if isinstance(outcome, Refused)} <= {"unavailable"}


async def test_a_full_queue_says_busy_and_does_nothing(open_client: OpenClient) -> None:
    first, second = open_client(), open_client()
    await first.actions.run(WriteNote(id="warm"), SYSTEM)
    await second.actions.run(WriteNote(id="warm too"), SYSTEM)
    blocking = asyncio.create_task(first.actions.run(SleepLong(seconds=0.5), SYSTEM))
    await asyncio.sleep(0.1)
    calls = [
        client.actions.run(WriteNote(id=f"{name}{number}"), SYSTEM)
        for name, client in (("a", first), ("b", second))
        for number in range(QUEUE_LIMIT - 200)
    ]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    await blocking
    busy = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert {refusal.code for refusal in busy} == {"busy"}
    assert rows(first, "SELECT count(*) FROM test_notes") == [(len(calls) - len(busy) + 2,)]
    assert len(busy) >= 1
    # It recovers at once.
    await first.actions.run(WriteNote(id="after"), SYSTEM)


async def test_one_client_keeps_a_bounded_number_in_flight(open_client: OpenClient) -> None:
    backend = open_client()
    await backend.actions.run(WriteNote(id="warm"), SYSTEM)
    count = IN_FLIGHT_LIMIT + WAITING_LIMIT + 100
    calls = [backend.actions.run(WriteNote(id=str(number)), SYSTEM) for number in range(count)]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    codes = [outcome.code for outcome in outcomes if isinstance(outcome, Refused)]
    # Those beyond what may wait are told at once; all others had their turn.
    assert codes == ["busy"] * 100
    assert [outcome.code for outcome in outcomes[-100:] if isinstance(outcome, Refused)] == codes
    stored = await backend.reads.run(lambda conn: conn.exec_driver_sql("SELECT count(*) FROM test_notes").scalar_one())
    assert stored == count - 100 + 1


async def test_two_writers_never_coexist(writer: WriterProcess, registry: Registry) -> None:
    with pytest.raises(WriterAlreadyRunning) as caught:
        open_embedded(writer.settings, registry, local=True)
    assert writer.process is not None
    assert f"process {writer.process.pid} already writes" in str(caught.value)
    writer.kill()
    local = open_embedded(writer.settings, registry, local=True)
    assert (await local.actions.run(WriteNote(id="local"), SYSTEM)).id == "local"
    await local.close()


async def test_garbage_on_the_socket_ends_only_that_connection(open_client: OpenClient, writer: WriterProcess) -> None:
    backend = open_client()
    garbage = [
        (FRAME_LIMIT_BYTES + 1).to_bytes(4, "big"),
        (4).to_bytes(4, "big") + b"\xc1\xc1\xc1\xc1",
        (1).to_bytes(4, "big") + msgspec.msgpack.encode(1),
        random.Random(0).randbytes(10_000),
    ]
    for data in garbage:
        connection = connected_socket(writer.settings.writer_socket_path)
        connection.settimeout(5)
        connection.sendall(data)
        assert await asyncio.to_thread(connection.recv, 1) == b""
        connection.close()
    assert (await backend.actions.run(WriteNote(id="a"), SYSTEM)).id == "a"


async def test_no_writer_at_all_is_busy(open_client: OpenClient, writer: WriterProcess) -> None:
    writer.kill()
    backend = open_client()
    with refused("busy"):
        await asyncio.to_thread(backend.actions.run_blocking, WriteNote(id="a"), SYSTEM)
    started = asyncio.create_task(backend.actions.run(WriteNote(id="b"), SYSTEM))
    await asyncio.sleep(0.05)
    await asyncio.to_thread(writer.start)
    assert (await started).id == "b"


async def test_a_slow_action_is_logged(open_client: OpenClient, writer: WriterProcess) -> None:
    await open_client().actions.run(SleepLong(seconds=0.03), SYSTEM)
    assert "kernel.action.slow" in writer.log_path.read_text()
