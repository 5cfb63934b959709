"""Measures joining a show that has been on air for three hours: a snapshot and what came after it, on both profiles.

    python bench/join.py

The show is made on disk. A real one is opened first, with its shelf shown piece by piece; its entries are then repeated
under new numbers until the log is as long as asked, nine lines of chat to one of everything else, and the folded state
is stored where a gateway would have stored it last at the worst: 499 entries before the end. Joins are timed by the
client, over loopback, from the request of the upgrade to the last byte of what it is given; "cold" is the first join of
a process that was just started and has to read the room. Bytes are those of the socket behind the HTTP head.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT), str(ROOT / "bench")]

from join_log import lengthen, open_database  # noqa: E402 - the path comes first
from report import Row, other_load, percentile, tell, versions  # noqa: E402

from tests.faults.shop import DATABASE, cluster_shop  # noqa: E402
from tests.rooms.raw import TEXT, knock, upgrade_request  # noqa: E402
from tests.support.people import Json, Person  # noqa: E402
from tests.support.serve import Serve  # noqa: E402
from tests.support.servers import binary, own_postgres, own_redis  # noqa: E402
from tests.support.stage import Market, Stage  # noqa: E402

GOAL_MS, GOAL_BYTES = 50.0, 64 * 1024
DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover; server_no_context_takeover"
# Somebody whose train was in a tunnel.
AWAY_ENTRIES = 300
COLD_STARTS = 5


@dataclass(frozen=True)
class Joined:
    took_ms: float
    wire_bytes: int
    first: Json


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--items", type=int, default=60, help="on the shelf")
    parser.add_argument("--joins", type=int, default=300)
    parser.add_argument("--profile", choices=("embedded", "cluster", "both"), default="both")
    given = parser.parse_args()
    load = other_load()
    rows: list[Row] = []
    for profile in ("embedded", "cluster"):
        if given.profile in (profile, "both"):
            with _shop(profile) as shop:
                rows += _measure(profile, shop, given.events, given.items, given.joins)
    return tell(rows, versions(str(binary("postgres")), "redis-server"), load)


@contextlib.contextmanager
def _shop(profile: str) -> Iterator[Serve]:
    with contextlib.ExitStack() as everything:
        directory = Path(everything.enter_context(tempfile.TemporaryDirectory(prefix="shopcast-bench-")))
        if profile == "embedded":
            serve = Serve(directory)
            everything.callback(serve.close)
            serve.start()
            yield serve
            return
        postgres = everything.enter_context(own_postgres(durable=True))
        redis = everything.enter_context(own_redis())
        yield everything.enter_context(cluster_shop(directory, postgres, redis))


def _measure(profile: str, shop: Serve, events: int, items: int, joins: int) -> list[Row]:
    stage = _evening(shop, items)
    room_id = str(stage.manage()["room_id"]) if "room_id" in stage.manage() else ""
    ticket = Person(shop).post(f"{stage.path}/ticket", {})
    room_id = room_id or ticket["room_id"]
    shop.stop()
    url = shop.postgres.url(DATABASE) if hasattr(shop, "postgres") else f"sqlite:///{shop.data / 'shopcast.sqlite3'}"
    with open_database(url) as connection:
        state_bytes = lengthen(connection, room_id, events)
    cold = []
    for _ in range(COLD_STARTS):
        shop.start()
        cold.append(_join(ticket))
        if len(cold) < COLD_STARTS:
            shop.stop()
    last = cold[-1].first
    plain = [_join(ticket) for _ in range(joins)]
    deflated = [_join(ticket, deflate=True) for _ in range(joins)]
    position = f"&epoch={last['epoch']}&seq={last['seq'] - AWAY_ENTRIES}&pseq=0"
    back = [_join(ticket, position) for _ in range(joins)]
    assert back[-1].first["t"] == "frames", back[-1].first["t"]
    title = f"{profile}, {events:,} events, {items} items ({state_bytes / 1024:.0f} KB of state)"
    return [
        Row(title, f"snapshot at {last['seq']:,}, {len(last['chat'])} lines of chat"),
        *_rows("first join of a process, plain", cold),
        *_rows("join, plain", plain),
        *_rows("join, deflated", deflated),
        *_rows(f"back after {AWAY_ENTRIES} entries, plain", back),
    ]


def _rows(what: str, joined: Sequence[Joined]) -> list[Row]:
    times = [one.took_ms for one in joined]
    p50, p99, worst = percentile(times, 50), percentile(times, 99), max(times)
    size = max(one.wire_bytes for one in joined)
    return [
        Row(f"{what}: time", f"p50 {p50:.1f} ms, p99 {p99:.1f} ms, most {worst:.1f} ms", f"<= {GOAL_MS:g} ms",
            p99 <= GOAL_MS),
        Row(f"{what}: on the wire", f"{size / 1024:.1f} KB", f"<= {GOAL_BYTES // 1024} KB", size <= GOAL_BYTES),
    ]  # fmt: skip


def _evening(shop: Serve, items: int) -> Stage:
    """On air, every item shown once, some bought out of stock, some talk."""
    market = Market(shop, empty=True)
    seller, path = market.seller, f"/v1/organisations/{market.seller.organisation}/products"
    products = [
        seller.post(path, {
            "title": f"Hand-thrown stoneware bowl, number {number} of the autumn series",
            "options": ["Size"],
            "variants": [
                {"option_values": [size], "price_minor": 2_490 + number, "on_hand": 40 + number}
                for size in ("Small", "Large")
            ],
        })
        for number in range(items)
    ]  # fmt: skip
    stage = Stage(market, (), title="Three hours of stoneware", grace_s=3_600)
    for start in range(0, items, 20):
        stage.do("items", {"product_ids": [product["id"] for product in products[start : start + 20]]})
    with stage.live():
        for number in range(1, items + 1):
            stage.pin(number)
        for product in products[:20]:
            seller.patch(f"/v1/variants/{product['variants'][0]['id']}", {"on_hand": 3})
        time.sleep(3)
    stage.wait_for(stream="lost")
    return stage


def _join(ticket: Json, position: str = "", *, deflate: bool = False) -> Joined:
    return asyncio.run(_joined(ticket, position, deflate=deflate))


async def _joined(ticket: Json, position: str, *, deflate: bool) -> Joined:
    port = urlsplit(ticket["ws_url"]).port
    assert port is not None
    path = f"{urlsplit(ticket['ws_url']).path}?ticket={ticket['ticket']}{position}"
    request = upgrade_request(path, [DEFLATE] if deflate else [])
    started = time.perf_counter()
    raw = await knock(port, request)
    assert raw.status == 101, raw.head
    told: list[Json] = []
    size = 0
    while not told or told[-1]["t"] != "live":
        found = await raw.read()
        size += len(found.payload) + (2 if len(found.payload) < 126 else 4 if len(found.payload) < 1 << 16 else 10)
        if found.opcode == TEXT:
            payload = found.payload
            if found.rsv & 4:
                payload = zlib.decompressobj(-15).decompress(payload + b"\x00\x00\xff\xff")
            told.append(json.loads(payload))
    took_ms = (time.perf_counter() - started) * 1000
    raw.leave()
    await asyncio.sleep(0)
    return Joined(took_ms, size, next(frame for frame in told if frame["t"] in ("snapshot", "frames")))


if __name__ == "__main__":
    sys.exit(main())
