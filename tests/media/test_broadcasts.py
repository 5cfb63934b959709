"""Keys, arrival and redactions as the database keeps them: facts once, in any order, and never back from the end."""

import pytest

from shopcast import media
from shopcast.media.broadcasts.queries import broadcast_of_key
from tests.factories import START, TestBackend, refused
from tests.media.support import Air, at


@pytest.fixture
def air(backend: TestBackend) -> Air:
    return Air.of(backend)


def state(air: Air) -> str:
    return air.backend.read(media.broadcast, air.id).state


def epochs(air: Air) -> list[tuple[int, float, float | None]]:
    return [
        (
            one.epoch,
            (one.started_at - START).total_seconds(),
            None if one.ended_at is None else (one.ended_at - START).total_seconds(),
        )
        for one in air.backend.read(media.epochs, air.id)
    ]


def test_a_key_is_kept_as_a_digest_and_opens_one_broadcast(air: Air) -> None:
    found = air.backend.read(broadcast_of_key, air.key)
    assert found is not None
    assert (found[0].id, found[1]) == (air.id, False)
    assert air.backend.read(broadcast_of_key, air.key + "x") is None
    stored = [str(row) for table in ("media_stream_key", "kernel_audit") for row in rows(air, table)]
    assert not [row for row in stored if air.key in row]
    assert air.backend.read(media.key_hint, air.id) == air.key[-4:]


def rows(air: Air, table: str) -> list[tuple[object, ...]]:
    return air.backend.rows(f"SELECT * FROM {table}")


def test_a_new_key_revokes_the_old_one_and_sends_its_publisher_away(air: Air) -> None:
    new = air.do("rotate_key")
    old = air.backend.read(broadcast_of_key, air.key)
    assert old is not None
    assert old[1] is True
    assert air.backend.read(media.key_hint, air.id) == new[-4:]
    assert [one["command"] for one in air.instructions()] == ["kick"]


def test_after_the_end_nothing_begins_again(air: Air) -> None:
    air.tell("ready", 0, epoch=1)
    air.do("end")
    air.do("end")
    found = air.backend.read(broadcast_of_key, air.key)
    assert found is not None
    assert (found[0].state, found[1]) == ("ended", True)
    assert air.events() == ["broadcast_ready", "broadcast_ended"]
    for verb in ("rotate_key", "take_over", "cut", "uncut"):
        with refused("media.broadcast_ended"):
            air.do(verb)
    air.tell("ready", 5, epoch=2)
    air.tell("lost", 6, epoch=1)
    assert state(air) == "ended"
    assert air.events() == ["broadcast_ready", "broadcast_ended"]


def test_a_fact_counts_once_however_often_it_comes(air: Air) -> None:
    ready = air.fact("ready", 0, epoch=1, width=1280, height=720)
    lost = air.fact("lost", 10, epoch=1, reason="idle")
    air.deliver(ready, ready, lost, ready, lost, lost)
    assert air.events() == ["broadcast_ready", "broadcast_lost"]
    assert (state(air), epochs(air)) == ("lost", [(1, 0.0, 10.0)])
    health = air.backend.read(media.health, air.id)
    assert (health.width, health.height) == (1280, 720)


def test_the_loss_of_an_epoch_that_was_followed_is_no_loss(air: Air) -> None:
    air.tell("ready", 0, epoch=1)
    late = air.fact("lost", 9, epoch=1, reason="replaced")
    air.tell("ready", 10, epoch=2)
    air.deliver(late)
    assert (state(air), epochs(air)) == ("ready", [(1, 0.0, 10.0), (2, 10.0, None)])
    assert air.events() == ["broadcast_ready", "broadcast_ready"]


def test_late_news_of_an_older_epoch_change_nothing(air: Air) -> None:
    late = air.fact("ready", 0, epoch=1)
    air.tell("ready", 10, epoch=2)
    air.deliver(late)
    assert (state(air), epochs(air)) == ("ready", [(2, 10.0, None)])
    air.tell("lost", 20, epoch=2)
    assert (state(air), epochs(air)) == ("lost", [(2, 10.0, 20.0)])


def test_an_engine_that_counts_from_one_again_is_believed(air: Air) -> None:
    """Its disk was lost; the broadcast goes on."""
    air.tell("ready", 0, epoch=1)
    air.tell("ready", 10, epoch=2)
    air.tell("ready", 20, epoch=1)
    assert (state(air), epochs(air)[-1]) == ("ready", (2, 10.0, 20.0))
    air.tell("lost", 30, epoch=1)
    assert state(air) == "lost"


def test_facts_of_nobodys_broadcast_are_only_numbered(air: Air) -> None:
    stray = air.fact("ready", 0, epoch=1)
    air.id = "bct_other"
    unknown = air.fact("ready", 0, epoch=1)
    air.deliver(unknown, air.fact("chunk", 1), stray)
    assert air.events() == ["broadcast_ready"]


def test_a_refusal_is_advice_with_a_hint_and_no_key(air: Air) -> None:
    air.tell("refused", 3, code="revoked_key", key_hint="live_secret_abcd")
    health = air.backend.read(media.health, air.id)
    assert [warning.code for warning in health.warnings] == ["refused_revoked_key"]
    assert air.events() == ["publish_refused", "broadcast_warned"]
    bodies = [row[0] for row in air.backend.rows("SELECT body FROM kernel_events")]
    assert not [body for body in bodies if "secret" in body]


def test_advice_ends_with_the_epoch_it_was_for(air: Air) -> None:
    air.tell("ready", 0, epoch=1)
    air.tell("warning", 5, code="gop_long", parameters={"seconds": "10"})
    air.tell("warning", 6, code="gop_long", parameters={"seconds": "11"})
    [warning] = air.backend.read(media.health, air.id).warnings
    assert (warning.code, warning.parameters) == ("gop_long", {"seconds": "11"})
    air.tell("ready", 20, epoch=2)
    assert air.backend.read(media.health, air.id).warnings == []


def test_a_stretch_must_lie_in_the_recording(air: Air) -> None:
    with refused("media.stretch_outside_recording"):
        air.do("redact", at(0), at(1))
    air.tell("ready", 0, epoch=1)
    air.tell("lost", 60, epoch=1)
    for begin, end in ((10, 10), (10, 5), (-20, -10), (61, 70)):
        with refused("media.stretch_outside_recording"):
            air.do("redact", at(begin), at(end))
    assert air.do("redact", at(50), at(70)).startswith("cut_")


def test_putting_back_leaves_out_what_others_took_out(air: Air) -> None:
    air.tell("ready", 0, epoch=1)
    air.tell("lost", 100, epoch=1)
    first = air.do("redact", at(10), at(30))
    second = air.do("redact", at(20), at(40))
    assert air.backend.read(media.covered, air.id, at(25)) is False
    air.do("unredact", first)
    covered = [air.backend.read(media.covered, air.id, at(second)) for second in (15, 25, 35, 45)]
    assert covered == [True, False, False, True]
    said = [(one["command"], one["from_ms"], one["to_ms"]) for one in air.instructions()]
    stretches = [tuple(media.epoch_ms(at(second)) for second in pair) for pair in ((10, 30), (20, 40))]
    assert said == [
        ("redact", *stretches[0]),
        ("redact", *stretches[1]),
        ("unredact", *stretches[0]),
        ("redact", *stretches[1]),
    ]
    air.do("unredact", second)
    assert air.backend.read(media.covered, air.id, at(25)) is True
    with refused("not_found"):
        air.do("unredact", second)


def test_pictures_are_covered_where_they_arrived(air: Air) -> None:
    air.tell("ready", 0, epoch=1)
    air.tell("lost", 10, epoch=1)
    air.tell("ready", 20, epoch=2)
    covered = [air.backend.read(media.covered, air.id, at(second)) for second in (-1, 0, 10, 15, 20, 99)]
    assert covered == [False, True, True, False, True, True]
