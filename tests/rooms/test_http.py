"""Rooms over HTTP: polling, private entries, chunks for replays, saying and moderating without a socket."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from shopcast.backends.disk.blobs import DiskBlobs
from shopcast.backends.inprocess.broadcast import InProcessBroadcast
from shopcast.backends.inprocess.limits import InProcessLimits
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.principal import Principal
from shopcast.rooms import Beacons, HideLine, SpokenLine, Ticket, sign_ticket
from shopcast.rooms.http import ROUTES, Snapshots
from shopcast.rooms.log.lease_room import LeaseRoom
from shopcast.rooms.log.sequence_room import SequenceRoom
from shopcast.web_support.app import litestar_app
from shopcast.web_support.context import WebContext
from tests.factories import START, TestBackend
from tests.rooms.support import RULES, Append, AppendPrivate, OpenRoom

SECOND = int(START.timestamp())


class NoSessions:
    def resolve(self, connection: ReadConnection, session_token_digest: str, now: Any, /) -> Principal | None:
        return None


@pytest.fixture
def client(backend: TestBackend, room: str, tmp_path: Path) -> Iterator[TestClient[Any]]:
    beacons = Beacons(backend.actions, backend.reads, InProcessBroadcast(), backend.clock)
    context = WebContext(
        actions=backend.actions,
        reads=backend.reads,
        clock=backend.clock,
        settings=backend.settings,
        blobs=DiskBlobs(tmp_path / "blobs"),
        limits=InProcessLimits(backend.clock),
        sessions=NoSessions(),
        secret=backend.settings.secret,
        ports={"beacons": beacons, "snapshots": Snapshots(backend.reads, backend.clock, RULES, beacons)},
    )
    backend.run(LeaseRoom(room_id=room, holder="one:a"))
    with TestClient(litestar_app(ROUTES, context)) as opened:
        yield opened


def _bearer(backend: TestBackend, person_key: str = "gst_ann", room_id: str = "rom_1", **fields: Any) -> dict[str, str]:
    expires_at = backend.clock.now() + timedelta(minutes=5)
    ticket = Ticket(room_id=room_id, person_key=person_key, name=person_key[4:], expires_at=expires_at, **fields)
    return {"Authorization": f"Bearer {sign_ticket(backend.settings.secret, ticket)}"}


def _number(backend: TestBackend) -> None:
    backend.run(SequenceRoom(room_id="rom_1", holder="one:a", epoch=1))


STAFF: dict[str, Any] = {"role": "host", "rights": ("chat", "moderate", "staff")}


def test_polling_covers_what_sockets_do(backend: TestBackend, client: TestClient[Any]) -> None:
    said = client.post("/v1/rooms/rom_1/chat", json={"text": " number 7?  "}, headers=_bearer(backend))
    assert said.status_code == 201
    backend.run(Append(room_id="rom_1", kind="staff.sales", body={"total": 9}, audience="staff"))
    for value in (1, 2):
        backend.run(Append(room_id="rom_1", kind="set", body={"k": "a", "v": value}))
    _number(backend)
    page = client.get("/v1/rooms/rom_1/entries?after_seq=0&limit=2", headers=_bearer(backend))
    assert page.headers["cache-control"] == "no-store"
    first = page.json()
    assert [(entry["seq"], entry["kind"]) for entry in first["entries"]] == [(1, "chat.line"), (3, "set")]
    assert (first["epoch"], first["after"], first["seq"], first["more"]) == (1, 0, 3, True)
    assert first["entries"][0]["body"]["id"] == said.json()["id"]
    assert first["entries"][0]["body"]["text"] == "number 7?"
    assert first["entries"][1]["at_ms"] == SECOND * 1000
    rest = client.get("/v1/rooms/rom_1/entries?after_seq=3", headers=_bearer(backend)).json()
    assert ([entry["seq"] for entry in rest["entries"]], rest["seq"], rest["more"]) == ([4], 4, False)
    staff = client.get("/v1/rooms/rom_1/entries", headers=_bearer(backend, "usr_host", **STAFF)).json()
    assert [entry["kind"] for entry in staff["entries"]] == ["chat.line", "staff.sales", "set", "set"]


def test_private_entries_are_the_tickets_own(backend: TestBackend, client: TestClient[Any]) -> None:
    for number in (1, 2):
        backend.run(AppendPrivate(room_id="rom_1", person_key="gst_ann", kind="order.paid", body={"n": number}))
    mine = client.get("/v1/rooms/rom_1/private?after_pseq=1", headers=_bearer(backend)).json()
    assert mine == {"pseq": 2, "private": [{"pseq": 2, "kind": "order.paid", "at_ms": SECOND * 1000, "body": {"n": 2}}]}
    assert client.get("/v1/rooms/rom_1/private", headers=_bearer(backend, "gst_ben")).json() == {
        "pseq": 0,
        "private": [],
    }


def test_chunks_are_cacheable_once_sealed_and_hold_only_what_is_public(
    backend: TestBackend, client: TestClient[Any]
) -> None:
    client.post("/v1/rooms/rom_1/chat", json={"text": "rude"}, headers=_bearer(backend))
    client.post("/v1/rooms/rom_1/chat", json={"text": "kind"}, headers=_bearer(backend, "gst_ben"))
    backend.run(Append(room_id="rom_1", kind="staff.sales", body={"total": 9}, audience="staff"))
    _number(backend)
    url = f"/v1/rooms/rom_1/chunks/{SECOND}.json"
    early = client.get(url)
    assert (early.json()["sealed"], early.headers["cache-control"]) == (False, "public, max-age=1")
    backend.advance(seconds=2.999)
    assert client.get(url).json()["sealed"] is False
    backend.run(HideLine(room_id="rom_1", seq=1))
    backend.advance(seconds=0.001)
    sealed = client.get(url)
    assert sealed.headers["cache-control"] == "public, max-age=30, stale-while-revalidate=30"
    assert "set-cookie" not in sealed.headers
    chunk = sealed.json()
    assert (chunk["second"], chunk["sealed"]) == (SECOND, True)
    assert [(entry["seq"], entry["body"]["text"]) for entry in chunk["entries"]] == [(1, None), (2, "kind")]
    # The hide is numbered later and lies in its own second; the clock going back does not reopen this one.
    backend.advance(seconds=-3)
    _number(backend)
    assert len(client.get(url).json()["entries"]) == 3
    backend.advance(seconds=10)
    assert client.get(f"/v1/rooms/rom_1/chunks/{SECOND + 5}.json").json()["entries"] == []


def test_a_clock_that_goes_back_never_numbers_into_an_earlier_second(
    backend: TestBackend, client: TestClient[Any]
) -> None:
    backend.run(Append(room_id="rom_1", kind="add", body={"v": 1}))
    backend.advance(seconds=10)
    _number(backend)
    backend.run(Append(room_id="rom_1", kind="add", body={"v": 2}))
    backend.advance(seconds=-10)
    _number(backend)
    backend.advance(seconds=20)
    seconds = [client.get(f"/v1/rooms/rom_1/chunks/{SECOND + s}.json").json()["entries"] for s in (0, 10)]
    assert [[entry["seq"] for entry in entries] for entries in seconds] == [[], [1, 2]]


def test_a_private_rooms_chunks_need_a_ticket_and_are_not_cached(backend: TestBackend, client: TestClient[Any]) -> None:
    backend.run(OpenRoom(room_id="rom_p", public_log=False))
    backend.advance(seconds=10)
    url = f"/v1/rooms/rom_p/chunks/{SECOND}.json"
    assert client.get(url).status_code == 401
    assert client.get(url, headers=_bearer(backend, room_id="rom_1")).status_code == 401
    allowed = client.get(url, headers=_bearer(backend, room_id="rom_p"))
    assert (allowed.status_code, allowed.headers["cache-control"]) == (200, "no-store")


@pytest.mark.parametrize("name", ["x.json", "-1.json", "99999999999.json", "1.5.json", "４２.json"])
def test_chunks_have_whole_seconds_for_names(client: TestClient[Any], name: str) -> None:
    assert client.get(f"/v1/rooms/rom_1/chunks/{name}").status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "entries"), ("GET", "private"), ("POST", "chat"), ("POST", "hides"), ("POST", "mutes"), ("PUT", "mode")],
)
def test_every_door_needs_its_own_rooms_ticket(
    backend: TestBackend, client: TestClient[Any], method: str, path: str
) -> None:
    bodies = {
        "chat": {"text": "x"},
        "hides": {"seq": 1},
        "mutes": {"key": "k", "seconds": 1},
        "mode": {"slow_mode_s": 1},
    }
    for headers in (
        {"Authorization": "Bearer nonsense"},
        _bearer(backend, room_id="rom_other"),
        {"Authorization": _bearer(backend)["Authorization"] + "x"},
    ):
        answer = client.request(method, f"/v1/rooms/rom_1/{path}", json=bodies.get(path), headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "rooms.ticket_refused")
    if path in ("hides", "mutes", "mode"):
        answer = client.request(method, f"/v1/rooms/rom_1/{path}", json=bodies[path], headers=_bearer(backend))
        assert (answer.status_code, answer.json()["code"]) == (403, "rooms.not_allowed")
    assert backend.rows("SELECT count(*) FROM room_entry") == [(0,)]


def test_moderating_over_http(backend: TestBackend, client: TestClient[Any]) -> None:
    staff = _bearer(backend, "usr_host", **STAFF)
    client.post("/v1/rooms/rom_1/chat", json={"text": "rude"}, headers=_bearer(backend))
    _number(backend)
    entry = client.get("/v1/rooms/rom_1/entries", headers=staff).json()["entries"][0]
    assert client.post("/v1/rooms/rom_1/hides", json={"seq": 1}, headers=staff).status_code == 204
    assert client.post("/v1/rooms/rom_1/hides", json={"seq": 7}, headers=staff).status_code == 404
    assert client.delete("/v1/rooms/rom_1/hides/1", headers=staff).status_code == 204
    assert client.delete("/v1/rooms/rom_1/hides/7", headers=staff).status_code == 404
    mute = {"key": entry["body"]["key"], "seconds": 30}
    assert client.post("/v1/rooms/rom_1/mutes", json=mute, headers=staff).status_code == 204
    assert client.put("/v1/rooms/rom_1/mode", json={"slow_mode_s": 9}, headers=staff).status_code == 204
    refused = client.post("/v1/rooms/rom_1/chat", json={"text": "more"}, headers=_bearer(backend, language="zh"))
    assert (refused.status_code, refused.json()["code"]) == (403, "muted")
    assert refused.json()["params"] == {"retry_after_s": 30}
    too_long = client.post("/v1/rooms/rom_1/chat", json={"text": "x" * 301}, headers=staff)
    assert (too_long.status_code, too_long.json()["code"]) == (422, "line_invalid")
    huge = client.post("/v1/rooms/rom_1/chat", json={"text": "x" * 5_000}, headers=staff)
    assert huge.status_code == 413
    client.put("/v1/rooms/rom_1/mode", json={"slow_mode_s": 0}, headers=staff)
    ben = _bearer(backend, "gst_ben")
    flood = [client.post("/v1/rooms/rom_1/chat", json={"text": f"line {n}"}, headers=ben) for n in range(6)]
    assert [answer.status_code for answer in flood] == [201] * 5 + [429]
    assert flood[5].json()["code"] == "flood"


def test_a_snapshot_and_the_pieces_after_it_are_the_room(backend: TestBackend, client: TestClient[Any]) -> None:
    """Whatever the span, pieces follow one another without a hole, and lead from the snapshot to now."""
    client.post("/v1/rooms/rom_1/chat", json={"text": "early"}, headers=_bearer(backend))
    backend.run(Append(room_id="rom_1", kind="add", body={"v": 1}))
    _number(backend)
    backend.advance(seconds=10)
    snapshot = client.get("/v1/rooms/rom_1/snapshot")
    assert snapshot.headers["cache-control"] == "public, max-age=2"
    first = snapshot.json()
    assert (first["epoch"], first["seq"], first["state"]) == (1, 2, {"sum": 1})
    assert [entry["body"]["text"] for entry in first["chat"]] == ["early"]
    assert (first["second"], first["server_ms"]) == (SECOND + 8, (SECOND + 10) * 1000)
    assert first["pace"] == {"poll_ms": 2000, "span_s": 2, "beacon_ms": 30000}
    for value in range(2, 9):
        backend.run(Append(room_id="rom_1", kind="add", body={"v": value}))
        backend.run(Append(room_id="rom_1", kind="staff.sales", body={"total": 9}, audience="staff"))
        _number(backend)
        backend.advance(seconds=1.5)
    backend.advance(seconds=20)
    for span in (1, 2, 5, 10):
        seq, total, second = first["seq"], 1, first["second"] - first["second"] % span
        while second < backend.clock.now().timestamp() - span - 2:
            name = f"{second}.json" if span == 1 else f"{second}-{span}.json"
            piece = client.get(f"/v1/rooms/rom_1/chunks/{name}").json()
            assert (piece["second"], piece["span_s"], piece["sealed"]) == (second, span, True)
            assert piece["after"] <= seq, "a hole"
            for entry in piece["entries"]:
                assert piece["after"] < entry["seq"] <= piece["seq"]
                if entry["seq"] > seq and entry["kind"] == "add":
                    total += entry["body"]["v"]
            seq, second = max(seq, piece["seq"]), second + span
        assert (seq, total) == (16, sum(range(9)))


@pytest.mark.parametrize("span", ["0", "3", "1", "11", "x", "-2", "02x"])
def test_pieces_begin_at_their_multiples(client: TestClient[Any], span: str) -> None:
    assert client.get(f"/v1/rooms/rom_1/chunks/{SECOND - SECOND % 10}-{span}.json").status_code == 404
    assert client.get(f"/v1/rooms/rom_1/chunks/{SECOND - SECOND % 10 + 1}-2.json").status_code == 404


def test_a_cache_may_ask_whether_a_piece_is_still_right(backend: TestBackend, client: TestClient[Any]) -> None:
    client.post("/v1/rooms/rom_1/chat", json={"text": "rude"}, headers=_bearer(backend))
    _number(backend)
    backend.advance(seconds=100)
    url = f"/v1/rooms/rom_1/chunks/{SECOND}.json"
    fetched = client.get(url)
    etag = fetched.headers["etag"]
    again = client.get(url, headers={"If-None-Match": etag, "Cookie": "shopcast_guest=somebody"})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    for answer in (fetched, again):
        assert "cookie" not in answer.headers.get("vary", "").lower()
        assert "set-cookie" not in answer.headers
    backend.run(HideLine(room_id="rom_1", seq=1))
    changed = client.get(url, headers={"If-None-Match": etag})
    assert (changed.status_code, changed.json()["entries"][0]["body"]["text"]) == (200, None)


def test_a_full_chat_is_thinned_in_pieces_and_nothing_else_is(backend: TestBackend, client: TestClient[Any]) -> None:
    lines = tuple(
        SpokenLine(
            entry_id=f"ent_{number}",
            person_key=f"gst_{number}",
            name="x",
            role="viewer" if number % 10 else "host",
            text=f"line {number}",
        )
        for number in range(100)
    )
    backend.run(SequenceRoom(room_id="rom_1", holder="one:a", epoch=1, chat_lines=lines))
    for value in range(5):
        backend.run(Append(room_id="rom_1", kind="add", body={"v": value}))
    _number(backend)
    backend.advance(seconds=10)
    piece = client.get(f"/v1/rooms/rom_1/chunks/{SECOND}.json").json()
    roles = [entry["body"].get("role", entry["kind"]) for entry in piece["entries"]]
    assert (roles.count("viewer"), roles.count("host"), roles.count("add")) == (20, 10, 5)
    assert (piece["after"], piece["seq"]) == (0, 105)


def test_a_private_rooms_snapshot_needs_a_ticket(backend: TestBackend, client: TestClient[Any]) -> None:
    backend.run(OpenRoom(room_id="rom_p", public_log=False))
    url = "/v1/rooms/rom_p/snapshot"
    assert client.get(url).status_code == 401
    assert client.get(url, headers=_bearer(backend, room_id="rom_1")).status_code == 401
    allowed = client.get(url, headers=_bearer(backend, room_id="rom_p"))
    assert (allowed.status_code, allowed.headers["cache-control"]) == (200, "no-store")
    assert client.get("/v1/rooms/rom_none/snapshot").status_code == 404


def test_beacons_need_a_ticket_and_say_when_to_come_again(backend: TestBackend, client: TestClient[Any]) -> None:
    url = "/v1/rooms/rom_1/beacons"
    assert client.post(url, headers={"Authorization": "Bearer nonsense"}).status_code == 401
    for _ in range(3):
        heard = client.post(url, headers=_bearer(backend))
        assert (heard.status_code, heard.json()) == (200, {"next_ms": 30_000, "viewers": 1})
    assert client.post(url, headers=_bearer(backend, "gst_ben")).json()["viewers"] == 2
    assert [client.post(url, headers=_bearer(backend)).status_code for _ in range(25)][-1] == 429


def test_the_queue_over_http(backend: TestBackend, client: TestClient[Any]) -> None:
    staff, ann = _bearer(backend, "usr_host", **STAFF), _bearer(backend)
    rules = [{"word": "dodgy", "action": "hold"}]
    assert client.put("/v1/rooms/rom_1/mode", json={"muted_words": rules}, headers=staff).status_code == 204
    mode = client.get("/v1/rooms/rom_1/mode", headers=staff).json()
    assert (mode["muted_words"], mode["house_words"], mode["followers_only"]) == (rules, [], False)
    held = client.post("/v1/rooms/rom_1/chat", json={"text": "d.o.d.g.y"}, headers=ann)
    assert (held.status_code, held.json()["code"]) == (403, "held")
    client.post("/v1/rooms/rom_1/chat", json={"text": "fine"}, headers=_bearer(backend, "gst_ben"))
    _number(backend)
    report = client.post("/v1/rooms/rom_1/reports", json={"seq": 3, "reason": "abuse"}, headers=ann)
    assert report.status_code == 204
    queue = client.get("/v1/rooms/rom_1/queue", headers=staff)
    assert queue.headers["cache-control"] == "no-store"
    case = queue.json()["items"][0]
    assert (case["kind"], case["text"], case["word"], case["seq"]) == ("held", "d.o.d.g.y", "dodgy", None)
    decide = {"ids": [case["id"]], "decision": "let"}
    assert client.post("/v1/rooms/rom_1/queue/decisions", json=decide, headers=staff).json() == {"decided": 1}
    twice = client.post("/v1/rooms/rom_1/queue/decisions", json=decide, headers=staff)
    assert (twice.status_code, twice.json()["code"]) == (409, "rooms.already_decided")
    assert client.get("/v1/rooms/rom_1/queue?decided=true", headers=staff).json()["items"][0]["state"] == "let"
    _number(backend)
    entries = client.get("/v1/rooms/rom_1/entries", headers=ann).json()["entries"]
    said = next(entry for entry in entries if entry["body"].get("text") == "d.o.d.g.y")
    assert client.put("/v1/rooms/rom_1/pin", json={"seq": said["seq"]}, headers=staff).status_code == 204
    hidden = client.post("/v1/rooms/rom_1/hides/many", json={"seqs": [said["seq"]]}, headers=staff)
    assert hidden.json() == {"hidden": 1}
    for method, path, body in (
        ("GET", "queue", None),
        ("GET", "mode", None),
        ("PUT", "pin", {"seq": None}),
        ("POST", "hides/many", {"seqs": [1]}),
        ("POST", "queue/decisions", decide),
    ):
        answer = client.request(method, f"/v1/rooms/rom_1/{path}", json=body, headers=ann)
        assert (answer.status_code, answer.json()["code"]) == (403, "rooms.not_allowed")
