"""Subscribers that take many events at once: what they leave is what they would have left one by one."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from shopcast.backends.delivery import TRIES_LIMIT
from shopcast.kernel.actions import Tx
from shopcast.kernel.subscriptions import Subscription
from tests.backends.test_relay import BOTH, Moody, seen
from tests.factories import Profile, make_backend
from tests.factories.shop import ACTIONS, NoteWritten, WriteNote, effects


class Eager(Moody):
    """Takes all at once, and fails after having written them when one of them is to fail."""

    def __init__(self) -> None:
        super().__init__()
        self.sets: list[int] = []

    def react_together(self, tx: Tx, events: Sequence[NoteWritten], now: datetime) -> None:
        for event in events:
            tx.execute(effects.insert().values(subscriber="moody", note_id=event.id))
        if any(self.failures[event.id] > 0 for event in events):
            raise RuntimeError("not all of them")
        self.sets.append(len(events))

    def subscription(self) -> Subscription:
        return Subscription(
            "moody", NoteWritten, self.react, key=lambda event: event.key, batch_handler=self.react_together
        )


notes_with_failures = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, TRIES_LIMIT - 1)), max_size=12)


histories = given(notes=notes_with_failures, drains=st.sets(st.integers(0, 11)))


@settings(max_examples=40, deadline=None)
@histories
def test_effects_of_sets_are_exactly_once_and_in_order_within_a_key(
    notes: list[tuple[str, int]], drains: set[int]
) -> None:
    effects_of_sets_are_right("embedded", notes, drains)


@settings(max_examples=12, deadline=None)
@histories
def test_effects_of_sets_on_postgresql_are_exactly_once_and_in_order_within_a_key(
    notes: list[tuple[str, int]], drains: set[int]
) -> None:
    effects_of_sets_are_right("cluster", notes, drains)


def effects_of_sets_are_right(profile: Profile, notes: list[tuple[str, int]], drains: set[int]) -> None:
    eager = Eager()
    with TemporaryDirectory() as directory:
        backend = make_backend(Path(directory), actions=ACTIONS, subscriptions=[eager.subscription()], profile=profile)
        for number, (key, failures) in enumerate(notes):
            eager.failures[f"{number}"] = failures
            backend.run(WriteNote(id=f"{number}", key=key))
            if number in drains:
                backend.drain()
        for _ in range(TRIES_LIMIT * len(notes) + 1):
            backend.drain()
            backend.clock.advance(timedelta(days=1))
        found = seen(backend)
        assert sorted(found) == sorted(str(number) for number in range(len(notes)))
        for wanted in "abc":
            of_key = [str(number) for number, (key, _) in enumerate(notes) if key == wanted]
            assert [note for note in found if note in of_key] == of_key
        assert backend.rows("SELECT count(*) FROM kernel_parked_events") == [(0,)]
        backend.close()


@BOTH
def test_what_waits_together_is_handled_together(tmp_path: Path, profile: Profile) -> None:
    eager = Eager()
    backend = make_backend(tmp_path, actions=ACTIONS, subscriptions=[eager.subscription()], profile=profile)
    for number in range(300):
        backend.run(WriteNote(id=f"{number:03d}", key="a"))
    backend.drain()
    assert seen(backend) == [f"{number:03d}" for number in range(300)]
    assert sum(eager.sets) == 300
    assert max(eager.sets) == 250
    backend.close()
