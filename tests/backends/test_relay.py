"""Events: each effect exactly once in the database, in order within its key, whatever fails."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopcast.backends.delivery import TRIES_LIMIT
from shopcast.backends.postgres.local import LocalPostgres
from shopcast.backends.sqlite.local import LocalActions
from shopcast.kernel.actions import Tx
from shopcast.kernel.operations import DiscardDeadLetter, ReplayDeadLetter
from shopcast.kernel.registry import Registry
from shopcast.kernel.subscriptions import Subscription
from tests.factories import Profile, TestBackend, make_backend, operator, person, refused
from tests.factories.raw import RawSqlite
from tests.factories.shop import ACTIONS, NoteWritten, WriteNote, effects

BOTH = pytest.mark.parametrize("profile", ["embedded", "cluster"])


class Moody:
    """A subscriber that fails as often as the test says, after having written something."""

    def __init__(self) -> None:
        self.failures: dict[str, int] = defaultdict(int)

    def react(self, tx: Tx, event: NoteWritten, now: datetime) -> None:
        tx.execute(effects.insert().values(subscriber="moody", note_id=event.id))
        if self.failures[event.id] > 0:
            self.failures[event.id] -= 1
            raise RuntimeError("not today")

    def subscription(self) -> Subscription:
        return Subscription("moody", NoteWritten, self.react, key=lambda event: event.key)


@contextmanager
def shop_with(moody: Moody, profile: Profile) -> Iterator[TestBackend]:
    with TemporaryDirectory() as directory:
        backend = make_backend(Path(directory), actions=ACTIONS, subscriptions=[moody.subscription()], profile=profile)
        yield backend
        backend.close()


def seen(backend: TestBackend) -> list[str]:
    return [row[0] for row in backend.rows("SELECT note_id FROM test_effects ORDER BY number")]


notes_with_failures = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, TRIES_LIMIT - 1)), max_size=12)


histories = given(notes=notes_with_failures, restarts=st.sets(st.integers(0, 11)), drains=st.sets(st.integers(0, 11)))


@settings(max_examples=40, deadline=None)
@histories
def test_effects_are_exactly_once_and_in_order_within_a_key(
    notes: list[tuple[str, int]], restarts: set[int], drains: set[int]
) -> None:
    effects_are_right("embedded", notes, restarts, drains)


# What differs is how a transaction is begun and undone; each history takes ten times as long.
@settings(max_examples=12, deadline=None)
@histories
def test_effects_on_postgresql_are_exactly_once_and_in_order_within_a_key(
    notes: list[tuple[str, int]], restarts: set[int], drains: set[int]
) -> None:
    effects_are_right("cluster", notes, restarts, drains)


def effects_are_right(profile: Profile, notes: list[tuple[str, int]], restarts: set[int], drains: set[int]) -> None:
    moody = Moody()
    with shop_with(moody, profile) as backend:
        for number, (key, failures) in enumerate(notes):
            moody.failures[f"{key}{number}"] = failures
            backend.run(WriteNote(id=f"{key}{number}", key=key))
            if number in drains:
                backend.drain()
            if number in restarts:
                backend = reopened(backend)
        backend.drain()
        for _ in range(len(notes) * TRIES_LIMIT):
            if not backend.rows("SELECT 1 FROM kernel_parked_keys"):
                break
            backend.advance(hours=7)
            backend.drain()
        effects_seen = seen(backend)
        written = [f"{key}{number}" for number, (key, _) in enumerate(notes)]
        assert sorted(effects_seen) == sorted(written)
        for key in "abc":
            assert [note for note in effects_seen if note[0] == key] == [note for note in written if note[0] == key]
        assert backend.rows("SELECT * FROM kernel_parked_keys") == []
        assert backend.rows("SELECT * FROM kernel_parked_events") == []
        assert [row[0] for row in backend.rows("SELECT position FROM kernel_events ORDER BY id")] == list(
            range(1, len(notes) + 1)
        )


def reopened(backend: TestBackend) -> TestBackend:
    """The same shop after its process was started again."""
    rig, settings = backend.rig, backend.settings
    if settings.database_url is None:
        rig.actions.close()
        rig.actions = LocalActions(
            settings.database_path, settings.run_dir, backend.registry, backend.clock, backend.wakes
        )
        rig.raw = RawSqlite(rig.actions.raw)
    else:
        rig.actions.close_blocking()
        rig.actions = LocalPostgres(settings.database_url, backend.registry, backend.clock, backend.wakes)
    return backend


def fail_until_dead(backend: TestBackend) -> str:
    for _ in range(TRIES_LIMIT):
        backend.drain()
        backend.advance(hours=7)
    [(letter_id,)] = backend.rows("SELECT id FROM kernel_dead_letters WHERE settled_at IS NULL")
    return str(letter_id)


@BOTH
def test_a_key_that_keeps_failing_becomes_a_dead_letter_and_holds_back_only_itself(profile: Profile) -> None:
    moody = Moody()
    with shop_with(moody, profile) as backend:
        moody.failures["a1"] = 99
        for name, key in (("a1", "a"), ("a2", "a"), ("b1", "b")):
            backend.run(WriteNote(id=name, key=key))
        letter_id = fail_until_dead(backend)
        assert seen(backend) == ["b1"]
        # Where a set is tried before one by one, that was one more.
        tried = 99 - moody.failures["a1"]
        assert tried in (TRIES_LIMIT, TRIES_LIMIT + 1)
        assert backend.rows("SELECT subscription, key, position, event_type, attempts FROM kernel_dead_letters") == [
            ("moody", "a", 1, "test.note_written", TRIES_LIMIT)
        ]
        # Nobody tries again by himself.
        backend.advance(days=30)
        backend.drain()
        assert moody.failures["a1"] == 99 - tried
        with refused("forbidden"):
            backend.run(ReplayDeadLetter(dead_letter_id=letter_id), person())
        moody.failures["a1"] = 0
        backend.run(ReplayDeadLetter(dead_letter_id=letter_id), operator())
        backend.drain()
        assert seen(backend) == ["b1", "a1", "a2"]
        assert backend.rows("SELECT * FROM kernel_parked_keys") == []
        # Asked for twice it happens once.
        backend.run(ReplayDeadLetter(dead_letter_id=letter_id), operator())
        backend.drain()
        assert seen(backend) == ["b1", "a1", "a2"]
        with refused("conflict"):
            backend.run(DiscardDeadLetter(dead_letter_id=letter_id), operator())
        with refused("not_found"):
            backend.run(ReplayDeadLetter(dead_letter_id="ded_none"), operator())
        assert backend.rows("SELECT by_key, action, subject_id FROM kernel_audit") == [
            ("usr_operator", "kernel.dead_letter_replayed", letter_id)
        ]


@BOTH
def test_a_discarded_dead_letter_lets_its_successors_go_on(profile: Profile) -> None:
    moody = Moody()
    with shop_with(moody, profile) as backend:
        moody.failures["a1"] = 99
        backend.run(WriteNote(id="a1", key="a"))
        backend.run(WriteNote(id="a2", key="a"))
        backend.run(DiscardDeadLetter(dead_letter_id=fail_until_dead(backend)), operator())
        backend.drain()
        assert seen(backend) == ["a2"]
        assert backend.rows("SELECT * FROM kernel_parked_keys") == []


@BOTH
def test_a_replay_that_fails_again_becomes_a_new_dead_letter(profile: Profile) -> None:
    moody = Moody()
    with shop_with(moody, profile) as backend:
        moody.failures["a1"] = 99
        backend.run(WriteNote(id="a1", key="a"))
        first = fail_until_dead(backend)
        backend.run(ReplayDeadLetter(dead_letter_id=first), operator())
        assert fail_until_dead(backend) != first
        assert seen(backend) == []


@BOTH
def test_an_event_nobody_can_read_waits_alone(profile: Profile) -> None:
    moody = Moody()
    with shop_with(moody, profile) as backend:
        backend.run(WriteNote(id="a1", key="a"))
        backend.raw.execute("UPDATE kernel_events SET body = '{'")
        backend.run(WriteNote(id="a2", key="a"))
        backend.drain()
        assert seen(backend) == ["a2"]
        assert backend.rows("SELECT key FROM kernel_parked_keys") == [("unreadable at 1",)]


@BOTH
@pytest.mark.parametrize(("from_beginning", "expected"), [(True, ["old", "new"]), (False, ["new"])])
def test_a_new_subscription_starts_now_unless_it_wants_all(
    tmp_path: Path, profile: Profile, from_beginning: bool, expected: list[str]
) -> None:
    backend = make_backend(tmp_path, actions=ACTIONS, profile=profile)
    backend.run(WriteNote(id="old", key="a"))
    moody = Moody()
    subscription = Subscription("moody", NoteWritten, moody.react, from_beginning=from_beginning)
    # The same shop with new code.
    backend = reopened(replace(backend, registry=Registry(actions=ACTIONS, subscriptions=[subscription])))
    backend.run(WriteNote(id="new", key="a"))
    backend.drain()
    assert seen(backend) == expected
    backend.close()


def test_a_slice_that_is_not_committed_leaves_nothing_and_is_repeated() -> None:
    moody = Moody()
    with shop_with(moody, "embedded") as backend:
        backend.run(WriteNote(id="a1", key="a"))
        raw = backend.actions.raw
        # The last statement of the slice, the cursor's, is the one that can't be carried out.
        raw.execute(
            "CREATE TEMP TRIGGER no_cursor BEFORE UPDATE ON main.kernel_cursors"
            " BEGIN SELECT RAISE(ROLLBACK, 'power cut'); END"
        )
        for _ in range(3):
            with pytest.raises(sqlite3.IntegrityError, match="power cut"):
                backend.drain()
            assert seen(backend) == []
            assert backend.rows("SELECT position FROM kernel_events") == [(None,)]
        raw.execute("DROP TRIGGER no_cursor")
        backend.drain()
        assert seen(backend) == ["a1"]


@BOTH
def test_retries_wait_longer_each_time(profile: Profile) -> None:
    moody = Moody()
    with shop_with(moody, profile) as backend:
        moody.failures["a1"] = 3
        backend.run(WriteNote(id="a1", key="a"))
        waits: list[float] = []
        backend.drain()
        while due := backend.rows("SELECT next_try_at FROM kernel_parked_keys"):
            now_us = int(backend.clock.now().timestamp() * 1_000_000)
            waits.append((due[0][0] - now_us) / 1_000_000)
            backend.clock.advance(timedelta(microseconds=due[0][0] - now_us))
            backend.drain()
        assert waits == [2, 8, 32]
        assert seen(backend) == ["a1"]


@BOTH
def test_two_subscribers_answering_each_other_are_found_out(
    tmp_path: Path, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def echo(tx: Tx, event: NoteWritten, now: datetime) -> None:
        tx.record(event)

    subscriptions = [Subscription("echo", NoteWritten, echo)]
    backend = make_backend(tmp_path, actions=ACTIONS, subscriptions=subscriptions, profile=profile)
    backend.run(WriteNote(id="a", key="a"))
    monkeypatch.setattr("shopcast.backends.sqlite.local.DRAIN_SLICES_LIMIT", 20)
    monkeypatch.setattr("shopcast.backends.postgres.relay.DRAIN_SLICES_LIMIT", 20)
    with pytest.raises(RuntimeError, match="two subscribers answering each other"):
        backend.drain()
    backend.close()
