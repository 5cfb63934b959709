"""The drop: 20,000 buyers, 15,000 pieces of one thing, through the whole shop; beside it the plainest correct peers.

Starts `shopcast serve` (SQLite, synchronous=FULL, every subscriber of the events on), puts a show on air, opens a drop
and lets a separate process send one hold for each of 20,000 sessions over at most 4,000 kept connections, in an open
loop: (a) within 6 s, (b) within 1 s. Each is timed from its scheduled instant. Afterwards the rows are compared with
the answers, then every hold is paid through the test provider for a minute, and what is not paid by then is given back.
The sessions' cookies are signed here with the shop's own secret, as their first visits would have; each comes from an
address of its own behind a trusted proxy, so that the limits per address and buyer are in force.

    .venv/bin/python bench/drop.py [--sessions 20000] [--pieces 15000] [--only a|b] [--no-peers] [--no-payments]
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
import psutil
import uvloop

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from drop_load import Result  # noqa: E402 - the path comes first
from drop_peers import peers  # noqa: E402
from drop_scene import (  # noqa: E402
    Scene,
    Session,
    make_plan,
    make_request,
    make_sessions,
    make_taps,
    put_on_air,
    ready_fact,
    run_load,
    wait_until_running,
)
from report import Row, other_load, tell, versions  # noqa: E402

from shopcast.backends.inprocess.wakes import InProcessWakes  # noqa: E402
from shopcast.backends.sqlite.client import WriterActions  # noqa: E402
from shopcast.kernel.config import Settings  # noqa: E402
from shopcast.kernel.principal import SYSTEM  # noqa: E402
from shopcast.wiring import build_registry  # noqa: E402
from tests.support.serve import Serve  # noqa: E402

ROLES = ("supervisor", "writer", "media", "worker", "web")
# A minute for all of it: paying until here, then giving back what is left.
PAY_S = 45.0
# Buyers at the sheet at once, each paying as soon as another is done. Some, because what arrives together shares its
# statements and its commit; more would only wait for each other.
PAYING_AT_ONCE, RELEASING_AT_ONCE = 160, 200


def main() -> int:
    arguments = _arguments()
    load = other_load()
    rows: list[Row] = []
    ours: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="bench-drop-") as directory:
        for name, over_s in (("a", 6.0), ("b", 1.0)):
            if arguments.only in (None, name):
                rows += _shop(arguments, Path(directory) / name, name, over_s, ours)
        if not arguments.no_peers:
            rows += peers(arguments.pieces, arguments.sessions, Path(directory), ours)
    return tell(rows, versions(), load)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=20_000)
    parser.add_argument("--pieces", type=int, default=15_000)
    parser.add_argument("--only", choices=("a", "b"))
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--no-payments", action="store_true")
    return parser.parse_args()


def _shop(
    arguments: argparse.Namespace, directory: Path, name: str, over_s: float, ours: dict[str, float]
) -> list[Row]:
    directory.mkdir()
    serve = Serve(directory, SHOPCAST_TRUSTED_PROXIES="127.0.0.1", SHOPCAST_LOG_LEVEL="warning")
    os.environ["PYTHONPATH"] = str(ROOT / "src")
    serve.start()
    try:
        settings = Settings(data_dir=serve.data)
        scene = put_on_air(serve.url, arguments.pieces, _tell_ready(settings))
        visitors = make_sessions(settings.secret, arguments.sessions)
        taps = make_taps(serve.http_port, visitors, scene)
        plan = make_plan(directory, serve.http_port, "holds", taps, over_s)
        # The load connects meanwhile; the drop is open when it begins.
        wait_until_running(serve.url, scene)
        before = _cpu(serve)
        result = run_load(plan)
        spent = {who: seconds - before.get(who, 0.0) for who, seconds in _cpu(serve).items()}
        rows = _measured(arguments, name, over_s, result, spent)
        rows += _proved(settings, scene, result, arguments.pieces, name)
        ours[name] = _rate(result)
        if not arguments.no_payments:
            rows += _settled(serve, settings, scene, directory, visitors, result, name)
        return rows
    finally:
        serve.close()
        log = serve.log_path.read_text()
        if log.strip():
            print(f"--- the shop's log ({name}), first lines ---\n" + "\n".join(log.splitlines()[:15]), file=sys.stderr)


def _tell_ready(settings: Settings) -> Callable[[str], None]:
    async def tell(show_id: str) -> None:
        connection = sqlite3.connect(settings.database_path)
        broadcast_id = connection.execute("SELECT broadcast_id FROM shows_show WHERE id = ?", (show_id,)).fetchone()[0]
        connection.close()
        actions = WriterActions(settings.writer_socket_path, build_registry(), InProcessWakes())
        await actions.start()
        await actions.run(ready_fact(broadcast_id), SYSTEM)
        await actions.close()

    return lambda show_id: uvloop.run(tell(show_id))


def _cpu(serve: Serve) -> dict[str, float]:
    """CPU seconds so far, by what a process does; the supervisor forks its roles in this order."""
    found: dict[str, float] = {}
    for role, process in zip(ROLES, sorted(serve.processes(), key=lambda one: one.pid), strict=False):
        with suppress(psutil.Error):
            found[role] = sum(process.cpu_times()[:2])
    total = psutil.cpu_times()
    found["whole machine"] = total.user + total.system + total.nice + total.steal
    return found


def _measured(
    arguments: argparse.Namespace, name: str, over_s: float, result: Result, spent: dict[str, float]
) -> list[Row]:
    times = [answered - due for due, answered in zip(result.due_s, result.answered_s, strict=True)]
    granted = sorted(at for at, status in zip(result.answered_s, result.statuses, strict=True) if status == 201)
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    p99 = cuts[98]
    gone_s = granted[-1] if len(granted) >= arguments.pieces else float("inf")
    ended_s = max(result.answered_s)
    answers = Counter(result.statuses)
    print(f"({name}) {len(times)} arrivals over {over_s:.0f} s, answers {dict(answers)}, last after {ended_s:.2f} s")
    print(f"    p50 {cuts[49]:.3f} s, p90 {cuts[89]:.3f} s, p99 {p99:.3f} s, max {max(times):.3f} s")
    spent = {"load": result.cpu_s, **spent}
    others = spent.pop("whole machine") - sum(spent.values())
    busiest = sorted(spent.items(), key=lambda item: -item[1])[:4]
    print(
        "    CPU per request: "
        + ", ".join(f"{who} {seconds / len(times) * 1e6:.0f} µs ({seconds / ended_s:.0%})" for who, seconds in busiest)
        + f"; others on this machine {others / ended_s:.0%}"
    )
    print(f"    limit: {_limit(busiest[0], sum(spent.values()), others, ended_s)}")
    for status, body in sorted(result.first_bodies.items()):
        print(f"    {status}: {body[:300]}")
    rows = [Row(f"({name}) holds durable per second until the last piece", f"{_rate(result):,.0f}/s")]
    if name == "a":
        rows.append(Row("(a) p99 from the scheduled instant, arrivals over 6 s", f"{p99:.2f} s", "1 s", p99 <= 1.0))
    else:
        rows.append(Row("(b) stock gone, arrivals within 1 s", f"{gone_s:.2f} s", "5 s (4 s)", gone_s <= 5.0))
        rows.append(Row("(b) p99, refusals included", f"{p99:.2f} s", "6 s", p99 <= 6.0))
    return rows


def _limit(busiest: tuple[str, float], ours_s: float, others_s: float, seconds: float) -> str:
    if busiest[1] / seconds > 0.85:
        return f"the {busiest[0]} process, at {busiest[1] / seconds:.0%} of a core"
    free = (psutil.cpu_count() or 1) - others_s / seconds
    if ours_s / seconds > 0.85 * free:
        return f"the machine: {ours_s / seconds:.2f} of the {free:.2f} cores that others left were used"
    return "none reached: the arrivals"


def _rate(result: Result) -> float:
    granted = [at for at, status in zip(result.answered_s, result.statuses, strict=True) if status == 201]
    return len(granted) / max(granted) if granted else 0.0


def _proved(settings: Settings, scene: Scene, result: Result, pieces: int, name: str) -> list[Row]:
    """Every 201 is a row, the rows are the stock, and there are never more of them than pieces."""
    connection = sqlite3.connect(settings.database_path)
    stored = {row[0] for row in connection.execute("SELECT id FROM sales_hold WHERE show_id = ?", (scene.show_id,))}
    on_hand, held, sold, aside = connection.execute(
        "SELECT on_hand, held, sold, set_aside FROM catalog_stock WHERE variant_id = ?", (scene.variant_id,)
    ).fetchone()
    taken = connection.execute("SELECT taken, state FROM sales_drop WHERE id = ?", (scene.drop_id,)).fetchone()
    takes = connection.execute(
        "SELECT count(*), max(quantity) FROM sales_drop_take WHERE drop_id = ? AND quantity > 0", (scene.drop_id,)
    ).fetchone()
    batches = [
        row[0]
        for row in connection.execute(
            "SELECT count(*) FROM kernel_idempotency WHERE action = 'sales.place_hold' GROUP BY stored_at"
        )
    ]
    print(f"    writer: {len(batches)} commits of holds, median {statistics.median(batches or [0]):.0f} in one")
    left = connection.execute('SELECT sum("left") FROM catalog_set_aside').fetchone()[0]
    waiting = connection.execute("SELECT count(*) FROM kernel_events WHERE position IS NULL").fetchone()[0]
    connection.close()
    acknowledged = [id for id in result.ids if id]
    lost = len(set(acknowledged) - stored)
    print(f"    stock {on_hand} on hand, {held} held, {sold} sold, {aside} set aside; drop {taken}; takes {takes}")
    print(f"    {len(stored)} holds stored, {waiting} events not yet delivered")
    whole = held == len(stored) == taken[0] == takes[0] and takes[1] == 1 and aside == left
    return [
        Row(f"({name}) acknowledged holds lost", str(lost), "0", lost == 0),
        Row(f"({name}) oversold", str(max(0, held + sold + aside - pieces)), "0", held + sold + aside <= pieces),
        Row(f"({name}) stock, holds, drop and limits agree", "yes" if whole else "no", "yes", whole),
    ]


def _settled(
    serve: Serve,
    settings: Settings,
    scene: Scene,
    directory: Path,
    sessions: Sequence[Session],
    result: Result,
    name: str,
) -> list[Row]:
    """Pays for as many as fit into the minute, gives the others back; then nothing may be left over."""
    held = [(session, hold_id) for session, hold_id in zip(sessions, result.ids, strict=True) if hold_id]
    before = _cpu(serve)
    started = time.monotonic()
    payments = [_payment(serve.http_port, session, hold_id) for session, hold_id in held]
    plan = make_plan(
        directory, serve.http_port, "payments", payments, 0.5, connections=PAYING_AT_ONCE, stop_after_s=PAY_S
    )
    paid = run_load(plan)
    paid_cpu = {who: seconds - before.get(who, 0.0) for who, seconds in _cpu(serve).items()}
    unpaid = [one for one, status in zip(held, paid.statuses, strict=True) if status == 0]
    print(f"    payments: {dict(Counter(paid.statuses))} (0: not sent within {PAY_S:.0f} s)")
    for status, body in sorted(paid.first_bodies.items()):
        print(f"    {status}: {body[:300]}")
    if unpaid:
        released = [
            make_request(serve.http_port, session, "DELETE", f"/v1/holds/{hold_id}", b"") for session, hold_id in unpaid
        ]
        given_back = run_load(
            make_plan(directory, serve.http_port, "releases", released, 1.0, connections=RELEASING_AT_ONCE)
        )
        print(f"    given back: {dict(Counter(given_back.statuses))}")
    seconds = time.monotonic() - started
    spent = {who: seconds - before.get(who, 0.0) for who, seconds in _cpu(serve).items()}
    print(
        "    CPU: " + ", ".join(f"{who} {spent[who]:.1f} s" for who in sorted(spent, key=lambda who: -spent[who])[:5])
    )
    answered = [at for at, status in zip(paid.answered_s, paid.statuses, strict=True) if status == 200]
    _tell_pace(answered, paid_cpu, paid.cpu_s)
    connection = sqlite3.connect(settings.database_path)
    states = dict(
        connection.execute("SELECT state, count(*) FROM sales_hold WHERE show_id = ? GROUP BY state", (scene.show_id,))
    )
    on_hand, stock_held, sold, aside = connection.execute(
        "SELECT on_hand, held, sold, set_aside FROM catalog_stock WHERE variant_id = ?", (scene.variant_id,)
    ).fetchone()
    captured, lines = connection.execute(
        "SELECT (SELECT coalesce(sum(captured_minor), 0) FROM sales_payment),"
        " (SELECT count(*) FROM sales_order_line WHERE show_id = ?)",
        (scene.show_id,),
    ).fetchone()
    ordered = connection.execute("SELECT coalesce(sum(presentment_total_minor), 0) FROM sales_order").fetchone()[0]
    taken = connection.execute("SELECT taken FROM sales_drop WHERE id = ?", (scene.drop_id,)).fetchone()[0]
    connection.close()
    print(
        f"    holds {states}; stock {on_hand} on hand, {stock_held} held, {sold} sold, {aside} set aside; {taken} taken"
    )
    agree = states.get("claimed", 0) == sold == lines == taken and captured == ordered
    return [
        Row(f"({name}) paid through the test provider / given back", f"{sold:,} / {states.get('released', 0):,}"),
        Row(
            f"({name}) neither paid nor given back within a minute",
            f"{stock_held} after {seconds:.0f} s",
            "0 within 60 s",
            stock_held == 0 and seconds <= 60.0,
        ),
        Row(f"({name}) orders, stock sold, drop and captured money agree", "yes" if agree else "no", "yes", agree),
    ]


def _tell_pace(answered_s: Sequence[float], spent: dict[str, float], load_s: float) -> None:
    """What a payment costs each process, preparing and reading the answers aside, which are the bench's own."""
    if not answered_s:
        return
    ours = {who: spent[who] for who in ("web", "writer", "worker") if who in spent} | {"load": load_s}
    print(
        f"    {len(answered_s) / max(answered_s):,.0f} payments/s; CPU per payment: "
        + ", ".join(f"{who} {seconds / len(answered_s) * 1e3:.2f} ms" for who, seconds in ours.items())
        + f"; {sum(ours.values()) / max(answered_s):.2f} cores used, "
        + f"others {(spent['whole machine'] - sum(ours.values())) / max(answered_s):.2f}"
    )


def _payment(port: int, session: Session, hold_id: str) -> bytes:
    body = {
        "hold_ids": [hold_id],
        "email": f"{hold_id.lower()}@example.com",
        "address": {
            "name": "Ben Example",
            "line1": f"Hauptstr. {hold_id[-6:]}",
            "city": "Berlin",
            "postal_code": "10115",
            "country": "DE",
        },
        # A card of its own: the limit per customer counts cards too.
        "payment_method": {"token": f"tok_approve:{hold_id[-10:]}"},
    }
    return make_request(port, session, "POST", "/v1/checkouts", msgspec.json.encode(body))


if __name__ == "__main__":
    sys.exit(main())
