"""Server time of tap one: holds per second over HTTP while the room chats and a 50,000-row import runs.

Starts a whole shop (`shopcast serve`) in a temporary directory, puts a show on air, and sends holds on a fixed
schedule: each is timed from the instant it was due, so that a slow answer can't hide the ones behind it. The times are
the client's, on the same machine: server, loopback and the client's own work together. Beside them: what each process
of the shop spent, and how busy the machine was with other things.

    .venv/bin/python bench/holds.py [--rate 200] [--seconds 20] [--rows 50000] [--chatters 50]
    .venv/bin/python bench/holds.py --url http://127.0.0.1:8080 --data-dir var   # a shop that is running already
"""

import argparse
import asyncio
import io
import json
import multiprocessing
import os
import platform
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psutil
import uvloop
import websockets.asyncio.client

from shopcast import media
from shopcast.backends.inprocess.wakes import InProcessWakes
from shopcast.backends.sqlite.client import WriterActions
from shopcast.kernel.config import Settings
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import SYSTEM
from shopcast.wiring import build_registry

ROOT = Path(__file__).parents[1]
PASSWORD = "a password for the bench"
CONNECTIONS = 64
# A buyer may hold 20 things and tap 30 times a minute.
HOLDS_PER_BUYER = 10
STOCK = 10_000_000
VARIANTS = 20


@dataclass(frozen=True, slots=True)
class Buyer:
    cookie: str
    csrf: str
    address: str


@dataclass(frozen=True, slots=True)
class Scene:
    show_id: str
    item_id: str
    variant_ids: list[str]
    organisation_id: str
    seller: httpx.Client


def main() -> None:
    arguments = _arguments()
    print(f"{platform.platform()} · {os.cpu_count()} cores · Python {platform.python_version()}")
    with _shop(arguments) as (url, data_dir):
        scene = _put_on_air(url, data_dir)
        buyers = [_buyer(url, number) for number in range(arguments.rate * arguments.seconds // HOLDS_PER_BUYER + 1)]
        with _processor(data_dir) as spent:
            quiet = uvloop.run(
                _holds(url, scene, buyers[: len(buyers) // 4 + 1], arguments.rate, arguments.seconds // 4)
            )
        _report("alone", quiet, spent)
        with _chat(url, scene, arguments.chatters), _import(scene, arguments.rows) as progress:
            with _processor(data_dir) as spent:
                busy = uvloop.run(_holds(url, scene, buyers, arguments.rate, arguments.seconds))
            print(progress())
        _report(f"with {arguments.chatters} chatters and a {arguments.rows:,}-row import", busy, spent)
        _prove(data_dir, scene, quiet, busy)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--chatters", type=int, default=50)
    parser.add_argument("--url")
    parser.add_argument("--data-dir", type=Path)
    return parser.parse_args()


@contextmanager
def _shop(arguments: argparse.Namespace) -> Iterator[tuple[str, Path]]:
    if arguments.url:
        yield arguments.url, arguments.data_dir
        return
    with tempfile.TemporaryDirectory(prefix="bench-holds-") as directory:
        ports = [_free_port() for _ in range(3)]
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT / "src"),
            "SHOPCAST_DATA_DIR": directory,
            "SHOPCAST_HTTP_PORT": str(ports[0]),
            "SHOPCAST_MEDIA_HTTP_PORT": str(ports[1]),
            "SHOPCAST_RTMP_PORT": str(ports[2]),
            # The bench speaks for many addresses, as a proxy in front would.
            "SHOPCAST_TRUSTED_PROXIES": "127.0.0.1",
            "SHOPCAST_LOG_LEVEL": "warning",
        }
        log = (Path(directory) / "serve.log").open("w")
        process = subprocess.Popen(
            [sys.executable, "-m", "shopcast.cli", "serve"], env=environment, stdout=log, stderr=log, cwd=directory
        )
        url = f"http://127.0.0.1:{ports[0]}"
        try:
            _wait_until_ready(url, process)
            yield url, Path(directory)
        finally:
            process.terminate()
            process.wait(timeout=20)
            log.close()


def _wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/health/ready", timeout=1).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise SystemExit("the shop did not start")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _put_on_air(url: str, data_dir: Path) -> Scene:
    seller = httpx.Client(base_url=url, timeout=30)
    seller.get("/v1/me")
    seller.headers["X-CSRF-Token"] = seller.cookies["shopcast_csrf"]
    me = _ok(
        seller.post(
            "/v1/register",
            json={
                "email": f"{new_id('usr').lower()}@example.com",
                "password": PASSWORD,
                "display_name": "Bench",
                "account": "seller",
                "organisation_name": "Bench",
                "country": "DE",
                "currency": "EUR",
            },
        )
    )
    seller.headers["X-CSRF-Token"] = seller.cookies["shopcast_csrf"]
    organisation_id = me["organisations"][0]["id"]
    variants = [{"option_values": [str(number)], "price_minor": 1000, "on_hand": STOCK} for number in range(VARIANTS)]
    product = _ok(
        seller.post(
            f"/v1/organisations/{organisation_id}/products",
            json={"title": "Bench shirt", "options": ["Size"], "variants": variants},
        )
    )
    show = _ok(
        seller.post(
            f"/v1/organisations/{organisation_id}/shows",
            json={"title": "Bench", "starts_at": datetime.now(UTC).isoformat()},  # noqa: TID251 - a bench has a clock
        )
    )
    added = _ok(seller.post(f"/v1/shows/{show['id']}/items", json={"product_ids": [product["id"]]}))
    uvloop.run(_broadcast_ready(data_dir, show["id"]))
    _ok(seller.post(f"/v1/shows/{show['id']}/schedule"))
    _ok(seller.post(f"/v1/shows/{show['id']}/go-live"))
    items = added["items"] if isinstance(added, dict) else added
    return Scene(
        show_id=show["id"],
        item_id=items[0]["id"],
        variant_ids=[variant["id"] for variant in product["variants"]],
        organisation_id=organisation_id,
        seller=seller,
    )


async def _broadcast_ready(data_dir: Path, show_id: str) -> None:
    """No encoder is needed to measure holds: the engine's report that pictures arrive is enough."""
    settings = Settings(data_dir=data_dir)
    connection = sqlite3.connect(settings.database_path)
    broadcast_id = connection.execute("SELECT broadcast_id FROM shows_show WHERE id = ?", (show_id,)).fetchone()[0]
    connection.close()
    actions = WriterActions(settings.writer_socket_path, build_registry(), InProcessWakes())
    await actions.start()
    now_ms = int(time.time() * 1000)
    fact = media.EngineFact(kind="ready", broadcast_id=broadcast_id, at_ms=now_ms, epoch=1, width=1280, height=720)
    await actions.run(media.RecordFact(engine=new_id("eng"), number=1, fact=fact), SYSTEM)
    await actions.close()


def _ok(answer: httpx.Response) -> Any:
    if not answer.is_success:
        raise SystemExit(f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}")
    return answer.json() if answer.content else None


def _buyer(url: str, number: int) -> Buyer:
    answer = httpx.get(f"{url}/v1/me")
    cookies = answer.cookies
    cookie = "; ".join(f"{name}={cookies[name]}" for name in ("shopcast_guest", "shopcast_csrf"))
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    return Buyer(cookie=cookie, csrf=cookies["shopcast_csrf"], address=address)


@dataclass(slots=True)
class Outcome:
    latencies_ms: list[float]
    statuses: Counter[int]
    seconds: float


async def _holds(url: str, scene: Scene, buyers: list[Buyer], rate: int, seconds: int) -> Outcome:
    """`rate` per second on a fixed schedule, over as many connections as are free."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    host, port = parts.hostname, parts.port or 80
    free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        free.put_nowait(await asyncio.open_connection(host, port))
    outcome = Outcome([], Counter(), 0.0)

    async def one(number: int, due: float) -> None:
        connection = await free.get()
        status = await _post_hold(connection, f"{host}:{port}", scene, buyers[number % len(buyers)], number)
        outcome.latencies_ms.append((time.perf_counter() - due) * 1000)
        outcome.statuses[status] += 1
        free.put_nowait(connection)

    started = time.perf_counter()
    tasks: list[asyncio.Task[None]] = []
    for number in range(rate * seconds):
        due = started + number / rate
        delay = due - time.perf_counter()
        if delay > 0:
            await asyncio.sleep(delay)
        tasks.append(asyncio.create_task(one(number, due)))
    await asyncio.gather(*tasks)
    outcome.seconds = time.perf_counter() - started
    while not free.empty():
        free.get_nowait()[1].close()
    return outcome


async def _post_hold(
    connection: tuple[asyncio.StreamReader, asyncio.StreamWriter], host: str, scene: Scene, buyer: Buyer, number: int
) -> int:
    reader, writer = connection
    body = json.dumps(
        {
            "show_id": scene.show_id,
            "item_id": scene.item_id,
            # Nine in ten want the same size: a hot row, as in a real drop.
            "variant_id": scene.variant_ids[0 if number % 10 else number // 10 % VARIANTS],
            "quantity": 1,
            "source": "live",
            "price_seen_minor": 1000,
        }
    ).encode()
    head = (
        f"POST /v1/holds HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nCookie: {buyer.cookie}\r\n"
        f"X-CSRF-Token: {buyer.csrf}\r\nIdempotency-Key: {new_id('key')}\r\nX-Forwarded-For: {buyer.address}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    headers = await reader.readuntil(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in headers.split(b"\r\n") if line.lower().startswith(b"content-length:")
    )
    await reader.readexactly(length)
    return int(headers.split(b" ", 2)[1])


@contextmanager
def _chat(url: str, scene: Scene, chatters: int) -> Iterator[None]:
    if chatters == 0:
        yield
        return
    stop, ready = multiprocessing.Event(), multiprocessing.Event()
    process = multiprocessing.Process(target=_run_chat, args=(url, scene.show_id, chatters, stop, ready), daemon=True)
    process.start()
    if not ready.wait(60):
        raise SystemExit("the chatters could not come in")
    try:
        yield
    finally:
        stop.set()
        process.join(timeout=10)


def _run_chat(url: str, show_id: str, chatters: int, stop: Event, ready: Event) -> None:
    tickets = [_ticket(url, show_id, number) for number in range(chatters)]
    uvloop.run(_chatters(tickets, stop, ready))


def _ticket(url: str, show_id: str, number: int) -> dict[str, Any]:
    with httpx.Client(base_url=url, headers={"X-Forwarded-For": f"10.200.{number >> 8}.{number & 255}"}) as client:
        client.get("/v1/me")
        client.headers["X-CSRF-Token"] = client.cookies["shopcast_csrf"]
        ticket: dict[str, Any] = _ok(client.post(f"/v1/shows/{show_id}/ticket"))
        return ticket


async def _chatters(tickets: list[dict[str, Any]], stop: Event, ready: Event) -> None:
    tasks = [asyncio.create_task(_chatter(ticket, stop)) for ticket in tickets]
    ready.set()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _chatter(ticket: dict[str, Any], stop: Event) -> None:
    """A line every four seconds, and everything that is said read."""
    address = ticket["ws_url"]
    if "ticket=" not in address:
        address += ("&" if "?" in address else "?") + f"ticket={ticket['ticket']}"
    async with websockets.asyncio.client.connect(address, compression=None) as room:
        said = 0
        last = time.monotonic()
        while not stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(room.recv(), timeout=0.5)
            if time.monotonic() - last > 4:
                said, last = said + 1, time.monotonic()
                await room.send(json.dumps({"t": "say", "ref": f"c{said}", "text": f"could you try number {said}?"}))


@contextmanager
def _import(scene: Scene, rows: int) -> Iterator[Any]:
    if rows == 0:
        yield lambda: "no import"
        return
    text = io.StringIO()
    text.write("Handle,Title,Vendor,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty,Variant Price\n")
    for number in range(rows):
        product, size = divmod(number, 5)
        title = f"Imported {product}" if size == 0 else ""
        text.write(f"imported-{product},{title},Bench,Size,{size},SKU-{number},{number % 90},{10 + number % 70}.50\n")
    upload = {"file": ("bench.csv", text.getvalue().encode(), "text/csv")}
    started = time.monotonic()
    run = _ok(scene.seller.post(f"/v1/organisations/{scene.organisation_id}/imports", files=upload))

    def progress() -> str:
        state = _ok(scene.seller.get(f"/v1/imports/{run['id']}"))
        seconds = time.monotonic() - started
        return f"import: {state['state']}, {state['rows_done']:,} of {state['rows_total']:,} rows after {seconds:.0f} s"

    yield progress


@contextmanager
def _processor(data_dir: Path) -> Iterator[dict[str, float]]:
    """CPU seconds spent meanwhile, by what kind of process: those of this shop, this one, all others."""
    before = _times(data_dir)
    spent: dict[str, float] = {}
    yield spent
    after = _times(data_dir)
    spent.update({name: after[name] - before.get(name, 0.0) for name in after})


def _times(data_dir: Path) -> dict[str, float]:
    """The shop's processes are told apart by the files they hold open; the machine's total includes everybody."""
    found = {"this client": sum(psutil.Process().cpu_times()[:2])}
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get("SHOPCAST_DATA_DIR") == str(data_dir):
                name = f"process {process.pid}"
                found[name] = sum(process.cpu_times()[:2])
    total = psutil.cpu_times()
    found["whole machine"] = total.user + total.system + total.nice + total.steal
    return found


def _report(name: str, outcome: Outcome, spent: dict[str, float]) -> None:
    times = sorted(outcome.latencies_ms)
    cuts = statistics.quantiles(times, n=100)
    rate = len(times) / outcome.seconds
    print(
        f"{name}: {len(times)} holds at {rate:.0f}/s · p50 {cuts[49]:.1f} ms · p95 {cuts[94]:.1f} ms ·"
        f" p99 {cuts[98]:.1f} ms · max {times[-1]:.1f} ms · {dict(outcome.statuses)}"
    )
    busiest = sorted(spent.items(), key=lambda item: -item[1])[:6]
    print("  CPU: " + " · ".join(f"{who} {seconds / outcome.seconds:.0%}" for who, seconds in busiest))


def _prove(data_dir: Path, scene: Scene, *outcomes: Outcome) -> None:
    """Every 201 is a row, and the rows are the stock."""
    connection = sqlite3.connect(data_dir / "shopcast.sqlite3")
    held = connection.execute(
        "SELECT count(*), COALESCE(SUM(state = 'held'), 0) FROM sales_hold WHERE show_id = ?", (scene.show_id,)
    ).fetchone()
    stock = connection.execute(
        f"SELECT SUM(held) FROM catalog_stock WHERE variant_id IN ({','.join('?' * VARIANTS)})", scene.variant_ids
    ).fetchone()
    connection.close()
    granted = sum(outcome.statuses[201] for outcome in outcomes)
    whole = (granted, held[1]) == (held[0], stock[0])
    verdict = "every answered hold is stored, stock equals holds" if whole else "LOST OR DOUBLED"
    print(f"{granted} answered 201, {held[0]} stored, {held[1]} open, {stock[0]} units held: {verdict}")


if __name__ == "__main__":
    main()
