"""What an action may count on, on either engine: all or nothing, once per key."""

import asyncio

import pytest
from structlog.testing import capture_logs

from shopcast.backends.calls import Done, Request
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import ActionFailed, Refused
from shopcast.kernel.principal import SYSTEM
from tests.factories import TestBackend, guest, person, refused
from tests.factories.raw import RawSqlite
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
    backend.raw.execute("INSERT INTO test_stock VALUES ('seven', 0)")
    with refused("test.sold_out"):
        backend.run(TakeStock(id="seven"), idempotency_key="k")
    backend.raw.execute('UPDATE test_stock SET "left" = 1')
    assert backend.run(TakeStock(id="seven"), idempotency_key="k") == 0
    assert backend.run(TakeStock(id="seven"), idempotency_key="k") == 0


def test_a_slow_action_is_warned_about(backend: TestBackend) -> None:
    with capture_logs() as logs:
        backend.run(SleepLong(seconds=0.06))
        backend.run(WriteNote(id="a"))
    assert [(line["event"], line["action"]) for line in logs] == [("kernel.action.slow", "test.sleep")]


def test_reads_see_one_snapshot_and_write_nothing(backend: TestBackend) -> None:
    def look_twice(connection: ReadConnection) -> tuple[int | None, int | None]:
        before = connection.exec_driver_sql("SELECT count(*) FROM test_notes").scalar()
        backend.run(WriteNote(id="meanwhile"))
        return before, connection.exec_driver_sql("SELECT count(*) FROM test_notes").scalar()

    assert backend.read(look_twice) == (0, 0)
    assert backend.rows("SELECT count(*) FROM test_notes") == [(1,)]
    with pytest.raises(Exception, match=r"readonly database|read-only transaction"):
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


def test_a_set_answers_each_as_if_it_had_come_alone(backend: TestBackend) -> None:
    backend.raw.execute("INSERT INTO test_stock VALUES ('seven', 3)")
    spec = backend.registry.spec_of(TakeStock(id="seven"))
    buyers = [person("usr_a"), person("usr_b"), person("usr_a"), person("usr_c"), person("usr_d"), person("usr_e")]
    requests = [Request(spec, TakeStock(id="seven"), buyer, "once") for buyer in buyers]
    requests += [
        Request(spec, TakeStock(id="eight"), buyers[0], "once"),
        Request(spec, TakeStock(id="seven"), buyers[0]),
    ]
    backend.together(requests)
    assert [type(request.answer) for request in requests[:6]] == [Done, Done, Done, Done, SoldOut, SoldOut]
    # The one that was sent twice has one result.
    assert requests[0].answer == requests[2].answer
    assert [getattr(request.answer, "code", "") for request in requests[6:]] == [
        "idempotency_key_reused",
        "idempotency_key_missing",
    ]
    assert backend.rows('SELECT "left" FROM test_stock') == [(0,)]
    assert backend.rows("SELECT principal_key FROM kernel_idempotency ORDER BY 1") == [
        ("usr_a",),
        ("usr_b",),
        ("usr_c",),
    ]
    # The same again, as after a lost answer.
    again = [Request(spec, TakeStock(id="seven"), buyer, "once") for buyer in buyers[:2]]
    backend.together(again)
    assert [request.answer for request in again] == [request.answer for request in requests[:2]]


def test_a_bug_in_a_set_based_verb_harms_only_the_culprit(backend: TestBackend) -> None:
    backend.raw.execute("INSERT INTO test_stock VALUES ('seven', 3), ('bad', 3)")
    curse(backend)
    spec = backend.registry.spec_of(TakeStock(id="seven"))
    names = ("seven", "bad", "seven", "seven", "seven")
    requests = [Request(spec, TakeStock(id=name), SYSTEM) for name in names]
    backend.together(requests)
    assert [type(request.answer) for request in requests] == [Done, ActionFailed, Done, Done, SoldOut]
    assert backend.rows('SELECT id, "left" FROM test_stock ORDER BY id') == [("bad", 3), ("seven", 0)]


def curse(backend: TestBackend) -> None:
    """Whoever takes the bad one fails by a statement nobody foresaw."""
    if isinstance(backend.raw, RawSqlite):
        backend.raw.execute(
            "CREATE TEMP TRIGGER cursed BEFORE UPDATE ON main.test_stock WHEN NEW.id = 'bad'"
            " BEGIN SELECT RAISE(ABORT, 'cursed'); END"
        )
    else:
        backend.raw.execute("ALTER TABLE test_stock ADD CONSTRAINT cursed CHECK (id <> 'bad' OR \"left\" = 3)")
