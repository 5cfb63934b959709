"""A database with visitors in it goes on counting by sketch: nobody is counted twice, and no list of them stays."""

import sqlite3
from pathlib import Path

import pytest

from shopcast import migrations
from shopcast.rooms.log.model import public_key
from shopcast.rooms.presence.sketch import STANDARD_ERROR, Sketch


@pytest.mark.parametrize("people", [1, 7, 2_000])
def test_visitors_become_a_sketch(tmp_path: Path, people: int) -> None:
    url = f"sqlite:///{tmp_path / 'shop.sqlite3'}"
    migrations.upgrade(url, "0002")
    db = sqlite3.connect(tmp_path / "shop.sqlite3")
    for room in ("rom_1", "rom_2", "rom_empty"):
        db.execute(
            "INSERT INTO room (id, salt, public_log, epoch, next_seq, created_at) VALUES (?, ?, 1, 0, 1, 0)",
            (room, room),
        )
    keys = {room: [public_key(room, f"gst_{number}") for number in range(people)] for room in ("rom_1", "rom_2")}
    rows = [(room, key) for room, found in keys.items() for key in found]
    db.executemany("INSERT INTO room_visitor (room_id, public_key) VALUES (?, ?)", rows)
    db.execute(
        "INSERT INTO room_presence (room_id, at, concurrent, unique_so_far) VALUES ('rom_1', 30, 5, ?)", (people,)
    )
    db.execute("INSERT INTO room_mode (room_id, slow_mode_s, muted_words) VALUES ('rom_1', 5, '[\"spam\"]')")
    db.commit()
    migrations.upgrade(url)
    sketches = dict(db.execute("SELECT room_id, sketch FROM room_audience"))
    assert set(sketches) == {"rom_1", "rom_2"}
    for room, found in keys.items():
        kept = Sketch.unpack(sketches[room])
        assert abs(kept.count() - people) <= 4 * STANDARD_ERROR * people
        # Somebody who comes again is known; the sketch is the one the code would have made.
        assert kept.pack() == Sketch.of(found).pack()
    assert db.execute("SELECT name FROM sqlite_master WHERE name = 'room_visitor'").fetchall() == []
    assert db.execute("SELECT concurrent, unique_so_far, sketch FROM room_presence").fetchall() == [(5, people, None)]
    mode = db.execute("SELECT muted_words, house_words, followers_only, pinned_seq FROM room_mode").fetchall()
    assert mode == [('["spam"]', "[]", 0, None)]
    db.close()
