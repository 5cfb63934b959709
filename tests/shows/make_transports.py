"""Writes the recordings of rooms heard over sockets and pieces in turn: `python -m tests.shows.make_transports`.

Frames and pieces are what the server encodes. They get lost, come twice and overlap as the seed says; whoever replays
them (tests/shows/test_transports.py and the pages' room client) must end in the server's state, each entry folded once.
"""

import json
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from shopcast.rooms import Entry
from shopcast.rooms.gateway.wire import encode_entry, entries_frame, wire_entry
from shopcast.rooms.http.schemas import Chunk
from shopcast.shows.timeline.fold import State, empty_state, fold_body
from tests.shows.make_recordings import START_MS, STORIES

RECORDINGS = Path(__file__).parent.parent / "recordings" / "transports"
SEEDS = (1, 2, 3, 4)
START_S = START_MS // 1000
# How long nothing of a second is missing any more.
SEALED_AFTER_MS = 2_400

Json = dict[str, Any]


def history(luck: random.Random) -> list[Entry]:
    """Stories one after the other, some entries within one tick and some seconds apart."""
    at_ms = START_MS
    entries: list[Entry] = []
    for name in ("evening", "chat", "moments", "drops"):
        for kind, body in STORIES[name]:
            at_ms += luck.choice((0, 0, 40, 400, 1_100, 2_700))
            assert isinstance(body, dict)
            entries.append(
                Entry(
                    id=f"ent_{len(entries)}",
                    seq=len(entries) + 1,
                    epoch=1,
                    kind=kind,
                    lane="lossless",
                    audience="all",
                    at=datetime.fromtimestamp(at_ms / 1000, UTC),
                    body=body,
                )
            )
    return entries


def pieces(entries: list[Entry]) -> Json:
    """Every piece anybody may ask for, by name."""
    found: Json = {}
    last_s = entries[-1].at_ms // 1000 + 20
    for span in (1, 2, 5, 10):
        for second in range(START_S - START_S % span - 10, last_s, span):
            name = f"{second}.json" if span == 1 else f"{second}-{span}.json"
            found[name] = _piece(entries, second, span)
    return found


def _piece(entries: list[Entry], second: int, span: int) -> Json:
    before = [entry for entry in entries if entry.at_ms < second * 1000]
    until = [entry for entry in entries if entry.at_ms < (second + span) * 1000]
    chunk = Chunk(
        second=second,
        span_s=span,
        sealed=True,
        epoch=1,
        after=len(before),
        seq=len(until),
        entries=[wire_entry(entry) for entry in until[len(before) :]],
    )
    encoded: Json = json.loads(msgspec.json.encode(chunk))
    return encoded


def deliveries(entries: list[Entry], luck: random.Random) -> list[Json]:
    """In turn: a while on a socket, whose frames may be lost or come again, and a while in pieces."""
    found: list[Json] = []
    sent = 0
    while sent < len(entries):
        upto = min(len(entries), sent + luck.randint(5, 18))
        if luck.random() < 0.5:
            while sent < upto:
                # A resumed socket begins before what is known.
                after = max(0, sent - luck.choice((0, 0, 3)))
                seq = min(upto, sent + luck.randint(1, 4))
                frame = json.loads(entries_frame(1, after, seq, map(encode_entry, entries[after:seq])))
                if luck.random() > 0.2:
                    found += [{"via": "socket", "frame": frame}] * luck.choice((1, 1, 2))
                sent = seq
        else:
            sent = upto
            heard_ms = entries[sent - 1].at_ms
            found.append(
                {"via": "pieces", "now_ms": heard_ms + luck.randint(0, 4_000), "span_s": luck.choice((1, 2, 5))}
            )
    last_ms = entries[-1].at_ms
    found.append({"via": "pieces", "now_ms": last_ms + 15_000, "span_s": luck.choice((1, 2, 5, 10))})
    return found


def record(seed: int) -> Json:
    luck = random.Random(seed)
    entries = history(luck)
    state: State = empty_state()
    for entry in entries:
        state = fold_body(state, entry.kind, entry.at_ms, entry.body)
    return {
        "entries": [json.loads(encode_entry(entry)) for entry in entries],
        "pieces": pieces(entries),
        "deliveries": deliveries(entries, luck),
        "state": state,
    }


def main() -> None:
    for seed in SEEDS:
        text = json.dumps(record(seed), ensure_ascii=False, separators=(",", ":"))
        (RECORDINGS / f"{seed}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
