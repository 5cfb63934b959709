"""The sketch that counts people: its error, merging, and what it refuses."""

import hashlib
import math
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopcast.rooms.log.model import public_key
from shopcast.rooms.presence.sketch import PACKED_LIMIT_BYTES, REGISTERS, STANDARD_ERROR, Sketch


def keys(amount: int, salt: str = "salt") -> list[str]:
    return [public_key(salt, f"gst_{number}") for number in range(amount)]


@pytest.mark.parametrize("amount", [0, 1, 2, 5])
def test_a_handful_is_counted_one_by_one(amount: int) -> None:
    assert Sketch.of(keys(amount)).count() == amount


@pytest.mark.parametrize("amount", [100, 3_000, 12_000, 57_000])
def test_the_error_is_what_is_stated(amount: int) -> None:
    """Over six rooms the mean square error is the standard error, within what six samples can say."""
    errors = [Sketch.of(keys(amount, f"room {room}")).count() / amount - 1 for room in range(6)]
    assert pytest.approx(0.01625) == STANDARD_ERROR
    assert math.sqrt(sum(error**2 for error in errors) / len(errors)) < 2 * STANDARD_ERROR
    assert max(map(abs, errors)) < 4 * STANDARD_ERROR


@given(st.lists(st.sets(st.integers(0, 400)), max_size=4), st.randoms())
def test_merging_is_the_union_in_any_order_and_any_number_of_times(groups: list[set[int]], order: object) -> None:
    all_keys = keys(401)
    parts = [Sketch.of(all_keys[number] for number in group) for group in groups]
    whole = Sketch.of(all_keys[number] for group in groups for number in group)
    merged = Sketch()
    arriving = [*parts, *parts]
    order.shuffle(arriving)  # type: ignore[attr-defined]  # hypothesis gives a Random
    for part in arriving:
        merged.merge(Sketch.unpack(part.pack()))
    assert merged.pack() == whole.pack()
    assert merged.is_empty == (not any(groups))


def test_a_sketch_is_small_and_names_nobody() -> None:
    packed = Sketch.of(keys(57_000)).pack()
    assert len(packed) < 3_000
    assert len(Sketch.of(keys(1)).pack()) < 60
    # Of a full room half of the strangers look as if they had been there: nobody can be told from it.
    room = Sketch.of(keys(57_000))
    before = room.pack()
    unchanged = 0
    for stranger in range(200):
        tried = Sketch.unpack(before)
        tried.add(hashlib.sha256(f"stranger {stranger}".encode()).hexdigest()[:16])
        unchanged += tried.pack() == before
    assert unchanged > 150


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"no sketch",
        zlib.compress(bytes(REGISTERS - 1)),
        zlib.compress(bytes(REGISTERS + 1)),
        zlib.compress(bytes([60]) * REGISTERS),
        zlib.compress(bytes(100_000_000)),
        b"x" * (PACKED_LIMIT_BYTES + 1),
    ],
)
def test_what_is_no_sketch_is_refused(packed: bytes) -> None:
    with pytest.raises(ValueError, match="sketch"):
        Sketch.unpack(packed)
