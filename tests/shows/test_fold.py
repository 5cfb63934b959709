"""The fold of a room's log: recordings shared with the pages, and what holds for any history."""

import copy
import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopcast.shows import ROOM_RULES
from shopcast.shows.timeline.fold import State, empty_state, fold_body
from shopcast.shows.timeline.kinds import LANES, lane_key, lane_of
from tests.shows.make_recordings import (
    RECORDINGS,
    STORIES,
    card,
    coupon,
    drop,
    pinned,
    record,
    stock,
    unpinned,
)

NUMBERS = st.integers(1, 4)
COUNTS = st.integers(0, 20)
ENTRIES = st.one_of(
    st.builds(lambda number, left: ("shelf.item", card(number, left=left + 4)), NUMBERS, COUNTS),
    st.builds(pinned, NUMBERS, st.integers(1, 9)),
    st.builds(unpinned, NUMBERS, st.integers(1, 9)),
    st.builds(stock, NUMBERS, COUNTS, COUNTS),
    st.builds(
        lambda numbers: ("shelf.order", {"ids": [f"itm_{number}" for number in numbers]}), st.lists(NUMBERS, max_size=5)
    ),
    st.sampled_from(["live", "interrupted", "ended", "replay"]).map(lambda state: ("show.state", {"state": state})),
    st.builds(lambda seconds: ("chat.mode", {"slow_mode_s": seconds}), COUNTS),
    st.builds(lambda seq, text: ("chat.pinned", {"seq": seq, "line": text and {"text": text}}), COUNTS, st.text()),
    st.builds(lambda seq: ("chat.hidden", {"seq": seq}), COUNTS),
    st.just(("chat.line", {"text": "hello"})),
    st.builds(
        lambda number, state, left: drop(number, number, state, left=left),
        NUMBERS,
        st.sampled_from(["countdown", "running", "ended"]),
        COUNTS,
    ),
    st.builds(lambda number, left: coupon(number, "running", left=left), NUMBERS, COUNTS),
)
# Whatever comes over the wire: any kind with any JSON object.
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = [
    "id",
    "drop_id",
    "promotion_id",
    "item_id",
    "moment_id",
    "ids",
    "state",
    "variants",
    "left",
    "top",
    "last",
    "slow_mode_s",
]
BODIES = st.dictionaries(st.sampled_from(FIELDS), JSON | st.just("itm_1"), max_size=6)


def folded(entries: list[tuple[str, object]], start: State | None = None, at_ms: int = 0) -> State:
    state = empty_state() if start is None else start
    for index, (kind, body) in enumerate(entries):
        assert isinstance(body, dict)
        state = fold_body(state, kind, at_ms + index, body)
    return state


@pytest.mark.parametrize("path", sorted(RECORDINGS.glob("*.json")), ids=lambda path: path.stem)
def test_recordings_fold_as_recorded(path: Path) -> None:
    recording = json.loads(path.read_text(encoding="utf-8"))
    state: State = empty_state()
    for entry, expected in zip(recording["entries"], recording["states"], strict=True):
        state = fold_body(state, entry["kind"], entry["at_ms"], entry["body"])
        assert state == expected, entry


@pytest.mark.parametrize("name", STORIES)
def test_recordings_are_the_stories(name: str) -> None:
    stored = json.loads((RECORDINGS / f"{name}.json").read_text(encoding="utf-8"))
    assert stored == json.loads(json.dumps(record(STORIES[name])))


def test_an_evening_ends_as_it_should() -> None:
    states = record(STORIES["evening"])["states"]
    assert isinstance(states, list)
    last = states[-1]
    assert last["show"] == {"state": "replay"}
    assert last["order"] == ["itm_1", "itm_2", "itm_7"]
    assert last["on_air"] is None
    assert last["stock"] == {"var_1_m": 6, "var_1_l": 4, "var_2_m": 6, "var_2_l": 4, "var_7_m": 0, "var_7_l": 0}
    assert last["items"]["itm_7"]["left"] == 0
    assert [variant["left"] for variant in last["items"]["itm_7"]["variants"]] == [0, 0]
    assert set(last["last_moments"]) == {"itm_2", "itm_7"}
    assert last["last_moments"]["itm_7"]["moment_id"] == "mom_3"
    assert last["mode"] == {"slow_mode_s": 5, "followers_only": False}


def test_a_pin_ends_the_one_before() -> None:
    state = folded([pinned(1, 1), pinned(2, 2)], at_ms=1000)
    assert state["on_air"] == {"item_id": "itm_2", "moment_id": "mom_2", "since_ms": 1001}
    assert state["last_moments"] == {
        "itm_1": {"moment_id": "mom_1", "from_ms": 1000, "to_ms": 1001},
        "itm_2": {"moment_id": "mom_2", "from_ms": 1001, "to_ms": None},
    }


@settings(deadline=None)
@given(st.lists(ENTRIES, max_size=30), st.integers(0, 30))
def test_a_snapshot_and_its_tail_are_the_whole(entries: list[tuple[str, object]], cut: int) -> None:
    whole = folded(entries)
    snapshot = folded(entries[:cut])
    # A snapshot travels as JSON.
    stored = msgspec.json.decode(msgspec.json.encode(snapshot), type=ROOM_RULES.state_type)
    assert folded(entries[cut:], stored, at_ms=min(cut, len(entries))) == whole


@settings(deadline=None)
@given(st.lists(ENTRIES, max_size=15))
def test_nothing_given_is_changed(entries: list[tuple[str, object]]) -> None:
    state: State = empty_state()
    for at_ms, (kind, body) in enumerate(entries):
        assert isinstance(body, dict)
        before = copy.deepcopy((state, body))
        after = fold_body(state, kind, at_ms, body)
        assert (state, body) == before
        state = after


@settings(deadline=None)
@given(st.lists(ENTRIES, max_size=30))
def test_at_most_one_item_is_on_air_and_only_its_moment_runs(entries: list[tuple[str, object]]) -> None:
    state = folded(entries)
    on_air, moments = state["on_air"], state["last_moments"]
    assert isinstance(moments, dict)
    running = {item_id: moment for item_id, moment in moments.items() if moment["to_ms"] is None}
    if on_air is None:
        assert running == {}
    else:
        assert isinstance(on_air, dict)
        expected = {"moment_id": on_air["moment_id"], "from_ms": on_air["since_ms"], "to_ms": None}
        assert running == {on_air["item_id"]: expected}


@settings(deadline=None)
@given(st.lists(ENTRIES, max_size=30))
def test_order_and_cards_name_the_same_items(entries: list[tuple[str, object]]) -> None:
    state = folded(entries)
    items, order = state["items"], state["order"]
    assert isinstance(items, dict)
    assert isinstance(order, list)
    assert sorted(items) == sorted(order)
    assert len(set(order)) == len(order)


@settings(deadline=None)
@given(st.sampled_from([*LANES, "unknown.kind"]), BODIES, st.lists(ENTRIES, max_size=5))
def test_ill_formed_entries_do_no_harm(kind: str, body: dict[str, object], entries: list[tuple[str, object]]) -> None:
    state = folded(entries)
    after = fold_body(state, kind, 99, body)
    assert set(after) == set(empty_state())
    msgspec.json.encode(after)


def test_only_what_is_whole_in_its_newest_entry_may_be_replaced() -> None:
    replaceable = {"stock", "requests", "drop", "coupon", "staff.cue", "staff.sales", "chat.pinned", "chat.queue"}
    assert {kind for kind in LANES if lane_of(kind) == "state"} == replaceable
    assert lane_of("order.paid") == "lossless"
    assert lane_key("stock", {"item_id": "itm_1"}) != lane_key("stock", {"item_id": "itm_2"})
    assert lane_key("requests", {"top": []}) == "requests"
    # Two drops of one item are two things; so are two coupons, which are about no item.
    assert lane_key("drop", {"drop_id": "drp_1", "item_id": "itm_1"}) == "drop:drp_1"
    assert lane_key("drop", {"drop_id": "drp_2", "item_id": "itm_1"}) == "drop:drp_2"
    assert lane_key("coupon", {"promotion_id": "pro_1"}) == "coupon:pro_1"


@settings(deadline=None)
@given(st.lists(ENTRIES, max_size=30))
def test_the_newest_word_about_a_drop_is_the_whole_of_it(entries: list[tuple[str, object]]) -> None:
    """Which is why a slow reader may be given that one alone."""
    newest = {body["drop_id"]: body for kind, body in entries if kind == "drop" and isinstance(body, dict)}
    assert folded(entries)["drops"] == newest
    assert folded([("drop", body) for body in newest.values()])["drops"] == newest
