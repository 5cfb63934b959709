"""The plainest correct ways to sell the same pieces, measured beside ours in the same run.

Each buys one piece in one transaction of its own: read the stock with the row locked, refuse when it is gone, write
the hold, commit durably. (1) The bare loop on SQLite, BEGIN IMMEDIATE per order, synchronous=FULL. (2) The same behind
a bare Litestar endpoint without cookies, limits, idempotency, events or anything else a shop needs, under the same
load. (3) SELECT FOR UPDATE per order on PostgreSQL with its default durability, bare, from eight connections (when it
is installed).
"""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import psycopg
import uvicorn
from drop_load import Plan, Result
from litestar import Litestar, post
from litestar.exceptions import HTTPException
from report import Row

CONNECTIONS = 4_000
POSTGRES_BUYERS = 8
_SCHEMA = (
    "CREATE TABLE stock (variant_id text PRIMARY KEY, on_hand int NOT NULL, held int NOT NULL"
    " CHECK (held >= 0 AND held <= on_hand))",
    "CREATE TABLE hold (id text PRIMARY KEY, variant_id text NOT NULL, placed_at bigint NOT NULL)",
)


def peers(pieces: int, sessions: int, directory: Path, ours: dict[str, float]) -> list[Row]:
    """`ours` is what the shop made of the same load: holds per second by scenario."""
    bare = _sqlite_loop(directory / "bare.sqlite3", pieces)
    rows = [Row("peer: SQLite, one transaction per order, bare loop", f"{bare:,.0f}/s")]
    rate, p99, gone_s = _sqlite_endpoint(directory, pieces, sessions)
    rows.append(
        Row(
            "peer: the same behind a bare Litestar endpoint, (b)",
            f"{rate:,.0f}/s, gone {gone_s:.2f} s, p99 {p99:.2f} s",
        )
    )
    if "b" in ours:
        rows.append(Row("ours against that endpoint, holds per second", f"{ours['b'] / rate:.2f} x"))
    with _postgres(directory) as address:
        if address is None:
            rows.append(Row("peer: PostgreSQL, SELECT FOR UPDATE per order", "not installed"))
        else:
            locked = postgres_loop(address, pieces)
            what = f"peer: PostgreSQL, SELECT FOR UPDATE per order, {POSTGRES_BUYERS} connections, bare loop"
            rows.append(Row(what, f"{locked:,.0f}/s"))
            if "b" in ours:
                rows.append(Row("ours, through HTTP, against that bare loop", f"{ours['b'] / locked:.2f} x"))
    return rows


def _open(path: Path, pieces: int | None = None) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    if pieces is not None:
        for statement in _SCHEMA:
            connection.execute(statement)
        connection.execute("INSERT INTO stock VALUES ('hot', ?, 0)", (pieces,))
    return connection


def _buy(connection: sqlite3.Connection) -> str | None:
    connection.execute("BEGIN IMMEDIATE")
    on_hand, held = connection.execute("SELECT on_hand, held FROM stock WHERE variant_id = 'hot'").fetchone()
    if held >= on_hand:
        connection.execute("ROLLBACK")
        return None
    hold_id = uuid.uuid4().hex
    connection.execute("UPDATE stock SET held = held + 1 WHERE variant_id = 'hot'")
    connection.execute("INSERT INTO hold VALUES (?, 'hot', ?)", (hold_id, time.time_ns()))
    connection.execute("COMMIT")
    return hold_id


def _sqlite_loop(path: Path, pieces: int) -> float:
    connection = _open(path, pieces)
    started = time.perf_counter()
    for _ in range(pieces):
        if _buy(connection) is None:
            raise SystemExit("the peer sold out early")
    seconds = time.perf_counter() - started
    connection.close()
    return pieces / seconds


def _sqlite_endpoint(directory: Path, pieces: int, sessions: int) -> tuple[float, float, float]:
    path = directory / "endpoint.sqlite3"
    _open(path, pieces).close()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = int(listener.getsockname()[1])
    server = subprocess.Popen([sys.executable, __file__, str(path), str(port)])
    try:
        _wait_until_listening(port)
        result = _load(directory, port, sessions)
    finally:
        server.terminate()
        server.wait(timeout=20)
    times = sorted(answered - due for due, answered in zip(result.due_s, result.answered_s, strict=True))
    granted = sorted(at for at, status in zip(result.answered_s, result.statuses, strict=True) if status == 201)
    if len(granted) != pieces:
        raise SystemExit(f"the peer sold {len(granted)} of {pieces}")
    return pieces / granted[-1], times[len(times) * 99 // 100], granted[-1]


def _load(directory: Path, port: int, sessions: int) -> Result:
    body = b'{"variant_id":"hot","quantity":1}'
    head = f"POST /holds HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
    request = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    requests = directory / "peer.requests"
    requests.write_bytes(request * sessions)
    plan = Plan(
        host="127.0.0.1",
        port=port,
        connections=min(CONNECTIONS, sessions),
        over_s=1.0,
        requests=str(requests),
        ends=[len(request) * number for number in range(1, sessions + 1)],
        result=str(directory / "peer.json"),
    )
    path = directory / "peer.plan"
    path.write_bytes(msgspec.json.encode(plan))
    subprocess.run([sys.executable, str(Path(__file__).parent / "drop_load.py"), str(path)], check=True)
    return msgspec.json.decode(Path(plan.result).read_bytes(), type=Result)


def _wait_until_listening(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("the peer did not start")


@contextmanager
def _postgres(directory: Path) -> Iterator[str | None]:
    """A server of its own for the minute, as nobody's root; its address, or None when it is not installed."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    found = shutil.which("initdb"), shutil.which("pg_ctl")
    if all(found):
        initdb, pg_ctl = str(found[0]), str(found[1])
    elif programs:
        initdb, pg_ctl = str(programs[-1].with_name("initdb")), str(programs[-1])
    else:
        yield None
        return
    # Its user must reach it, which the bench's own directory does not allow.
    with tempfile.TemporaryDirectory(prefix="bench-pg-") as home:
        cluster = Path(home) / "data"
        shutil.chown(home, "postgres")
        prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": True}
        subprocess.run([*prefix, initdb, "-D", str(cluster), "-A", "trust"], **quiet)  # type: ignore[call-overload]
        options = f"-k {home} -c listen_addresses=''"
        start = [*prefix, pg_ctl, "-D", str(cluster), "-o", options, "-w", "start"]
        subprocess.run(start, **quiet)  # type: ignore[call-overload]
        try:
            yield f"host={home} user=postgres dbname=postgres"
        finally:
            stop = [*prefix, pg_ctl, "-D", str(cluster), "-m", "immediate", "stop"]
            subprocess.run(stop, **quiet)  # type: ignore[call-overload]


def postgres_loop(address: str, pieces: int) -> float:
    with psycopg.connect(address, autocommit=True) as connection:
        for statement in _SCHEMA:
            connection.execute(statement)
        connection.execute("INSERT INTO stock VALUES ('hot', %s, 0)", (pieces,))
    threads = [threading.Thread(target=_postgres_buyer, args=(address,)) for _ in range(POSTGRES_BUYERS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    with psycopg.connect(address) as connection:
        row = connection.execute("SELECT held, (SELECT count(*) FROM hold) FROM stock").fetchone()
    if row != (pieces, pieces):
        raise SystemExit(f"the peer sold {row}")
    return pieces / seconds


def _postgres_buyer(address: str) -> None:
    with psycopg.connect(address) as connection:
        # Ends when everything is sold.
        while True:
            with connection.transaction(), connection.cursor() as cursor:
                cursor.execute("SELECT on_hand, held FROM stock WHERE variant_id = 'hot' FOR UPDATE")
                row = cursor.fetchone()
                if row is None or row[1] >= row[0]:
                    return
                cursor.execute("UPDATE stock SET held = held + 1 WHERE variant_id = 'hot'")
                cursor.execute("INSERT INTO hold VALUES (%s, 'hot', %s)", (uuid.uuid4().hex, time.time_ns()))


class Wanted(msgspec.Struct):
    variant_id: str
    quantity: int


class Held(msgspec.Struct):
    id: str


def _serve(path: Path, port: int) -> None:
    connection = _open(path)

    @post("/holds", status_code=201)
    async def hold(data: Wanted) -> Held:
        bought = _buy(connection)
        if bought is None:
            raise HTTPException(status_code=409, detail="sold out")
        return Held(id=bought)

    app = Litestar([hold], openapi_config=None, logging_config=None)
    config = uvicorn.Config(app, port=port, http="httptools", loop="uvloop", access_log=False, log_config=None)
    config.backlog = 4096
    uvicorn.Server(config).run()


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), int(sys.argv[2]))
