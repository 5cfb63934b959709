"""A room heard over sockets and pieces in turn ends as the server has it: the recordings the pages replay too."""

import json
from typing import Any

import pytest

from shopcast.shows.timeline.fold import State, empty_state, fold_body
from tests.shows.make_transports import RECORDINGS, SEALED_AFTER_MS, SEEDS, START_S, record


def pieces_until(recording: dict[str, Any], second: int, now_ms: int) -> tuple[list[dict[str, Any]], int]:
    """Second by second, as far as they are sealed."""
    found = []
    while (second + 1) * 1000 + SEALED_AFTER_MS <= now_ms:
        found.append(recording["pieces"][f"{second}.json"])
        second += 1
    return found, second


def replayed(recording: dict[str, Any]) -> tuple[State, list[int]]:
    """The state in the end, and the numbers in the order they were folded."""
    state: State = empty_state()
    folded: list[int] = []
    seq = 0

    def take(entries: list[dict[str, Any]], upto: int) -> None:
        nonlocal state, seq
        for entry in entries:
            if entry["seq"] > seq:
                state = fold_body(state, entry["kind"], entry["at_ms"], entry["body"])
                folded.append(entry["seq"])
        seq = max(seq, upto)

    for delivery in recording["deliveries"]:
        if delivery["via"] == "socket":
            frame = delivery["frame"]
            if frame["after"] > seq:
                # A hole: it asks again from where it is, and the log answers.
                take(recording["entries"][seq : frame["seq"]], frame["seq"])
            take(frame["entries"], frame["seq"])
            continue
        runs, _ = pieces_until(recording, START_S - 3, delivery["now_ms"])
        for piece in runs:
            if piece["seq"] > seq:
                assert piece["after"] <= seq, "pieces have no holes"
                take(piece["entries"], piece["seq"])
    return state, folded


@pytest.mark.parametrize("seed", SEEDS)
def test_sockets_and_pieces_end_in_the_servers_state(seed: int) -> None:
    recording = json.loads((RECORDINGS / f"{seed}.json").read_text(encoding="utf-8"))
    assert recording == json.loads(json.dumps(record(seed))), "run python -m tests.shows.make_transports"
    assert {delivery["via"] for delivery in recording["deliveries"]} == {"socket", "pieces"}
    state, folded = replayed(recording)
    assert state == recording["state"]
    assert folded == list(range(1, len(recording["entries"]) + 1))
