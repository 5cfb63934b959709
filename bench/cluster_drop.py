"""The drop on the cluster profile: PostgreSQL as an operator runs it, Redis, two web processes, a worker.

20,000 buyers for 15,000 pieces of one thing, all within a second over HTTP, sent and timed as in drop.py; the rows are
compared with the answers afterwards. Then the same verb in the database alone: the roles are stopped, and two processes
place holds in sets through the same executor, without HTTP. Beside it, on the same server in the same run: a peer
that sells each piece with SELECT ... FOR UPDATE in a transaction of its own. PostgreSQL's own account says where its
time goes.

    .venv/bin/python bench/cluster_drop.py [--sessions 20000] [--pieces 15000] [--in-database 30000] [--set 1000]
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from drop_load import Result  # noqa: E402 - the path comes first
from drop_peers import POSTGRES_BUYERS, postgres_loop  # noqa: E402
from drop_scene import (  # noqa: E402
    DROP_PRICE,
    Scene,
    make_plan,
    make_sessions,
    make_taps,
    put_on_air,
    ready_fact,
    run_load,
    wait_until_running,
)
from report import Row, other_load, tell, versions  # noqa: E402

from shopcast import sales  # noqa: E402
from shopcast.backends.calls import Done, Request, result_of  # noqa: E402
from shopcast.backends.inprocess.wakes import InProcessWakes  # noqa: E402
from shopcast.backends.postgres.actions import PostgresActions, queue_of  # noqa: E402
from shopcast.kernel.clock import SystemClock  # noqa: E402
from shopcast.kernel.ids import new_id  # noqa: E402
from shopcast.kernel.principal import SYSTEM, Principal  # noqa: E402
from shopcast.wiring import build_registry  # noqa: E402
from tests.support.cluster import Cluster  # noqa: E402
from tests.support.servers import Postgres, own_postgres, own_redis  # noqa: E402

# As docs/operate advises for a machine of this size; durable as PostgreSQL comes.
SERVER = {
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "wal_compression": "on",
    "bgwriter_lru_maxpages": "100",
    "shared_preload_libraries": "pg_stat_statements",
}
ROLES = {"web": 2, "rooms": 1, "media": 1, "worker": 1}
ARRIVALS_S = 1.0
CLIENTS = 2
# The clients have made their requests by then.
START_AFTER_S = 6.0


@dataclass(frozen=True, slots=True)
class Shop:
    cluster: Cluster
    server: Postgres

    def rows(self, statement: str) -> list[list[str]]:
        return [line.split("|") for line in self.server.run(statement, self.cluster.database)]


def main() -> int:
    arguments = _arguments()
    if arguments.client:
        return _client(json.loads(Path(arguments.client).read_text()))
    load = other_load()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="bench-cluster-") as directory, _shop(Path(directory)) as shop:
        scene = put_on_air(shop.cluster.url, arguments.pieces, lambda show_id: _tell_ready(shop, show_id))
        alone = put_on_air(shop.cluster.url, arguments.in_database, lambda show_id: _tell_ready(shop, show_id))
        over_http, ours = _over_http(arguments, shop, scene, Path(directory))
        rows += over_http
        wait_until_running(shop.cluster.url, alone)
        shop.cluster.stop()
        in_database = _in_database(arguments, shop, alone, Path(directory))
        rows += in_database
        shop.server.run("CREATE DATABASE peer")
        locked = postgres_loop(shop.server.url("peer"), min(arguments.pieces, 10_000))
        what = f"peer: SELECT FOR UPDATE per order on the same server, {POSTGRES_BUYERS} connections, bare loop"
        rows.append(Row(what, f"{locked:,.0f}/s"))
        rows.append(Row("ours, through HTTP, against that bare loop", f"{ours / locked:.2f} x"))
        version = f"{versions()}, PostgreSQL {shop.server.run('SHOW server_version')[0].split()[0]}"
    return tell(rows, version, load)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=20_000)
    parser.add_argument("--pieces", type=int, default=15_000)
    parser.add_argument("--in-database", type=int, default=30_000)
    parser.add_argument("--set", type=int, default=1_000)
    parser.add_argument("--client", help=argparse.SUPPRESS)
    return parser.parse_args()


@contextmanager
def _shop(directory: Path) -> Iterator[Shop]:
    with own_postgres(durable=True, **SERVER) as server, own_redis() as redis:
        cluster = Cluster(directory, ROLES, redis, postgres=server)
        try:
            cluster.start()
            server.run("CREATE EXTENSION pg_stat_statements", cluster.database)
            yield Shop(cluster, server)
        finally:
            cluster.close()
            said = [line for line in cluster.log().splitlines() if '"warning"' in line or '"error"' in line]
            if said:
                print("--- the shop's warnings, first lines ---\n" + "\n".join(said[:10]), file=sys.stderr)


def _tell_ready(shop: Shop, show_id: str) -> None:
    [[broadcast_id]] = shop.rows(f"SELECT broadcast_id FROM shows_show WHERE id = '{show_id}'")
    actions = PostgresActions(shop.cluster.database_url, build_registry(), SystemClock(), InProcessWakes())
    actions.run_blocking(ready_fact(broadcast_id), SYSTEM)
    actions.close_blocking()


def _over_http(arguments: argparse.Namespace, shop: Shop, scene: Scene, directory: Path) -> tuple[list[Row], float]:
    cluster = shop.cluster
    sessions = make_sessions(bytes.fromhex(cluster.secret), arguments.sessions)
    taps = make_taps(cluster.http_port, sessions, scene)
    plan = make_plan(directory, cluster.http_port, "holds", taps, ARRIVALS_S)
    wait_until_running(cluster.url, scene)
    shop.rows("SELECT pg_stat_statements_reset()")
    before = _cpu(shop)
    result = run_load(plan)
    spent = {who: seconds - before.get(who, 0.0) for who, seconds in _cpu(shop).items()}
    rate = _rate(result)
    times = [answered - due for due, answered in zip(result.due_s, result.answered_s, strict=True)]
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    ended_s = max(result.answered_s)
    print(f"over HTTP: {len(times):,} arrivals within {ARRIVALS_S:.0f} s, answers {dict(Counter(result.statuses))}")
    print(f"    last after {ended_s:.2f} s; p50 {cuts[49]:.2f} s, p90 {cuts[89]:.2f} s, p99 {cuts[98]:.2f} s")
    _tell_cpu({"load": result.cpu_s, **spent}, len(times), ended_s)
    for status, body in sorted(result.first_bodies.items()):
        print(f"    {status}: {body[:200]}")
    _tell_statements(shop, sum(status == 201 for status in result.statuses))
    acknowledged = [id for id in result.ids if id]
    rows = [
        Row("holds accepted per second over HTTP, until the last piece", f"{rate:,.0f}/s", "1,500/s", rate >= 1_500),
        Row("p99 of an answer over HTTP, refusals included", f"{cuts[98]:.2f} s"),
    ]
    return rows + _proved(shop, scene, acknowledged, arguments.pieces, "over HTTP"), rate


def _rate(result: Result) -> float:
    granted = [at for at, status in zip(result.answered_s, result.statuses, strict=True) if status == 201]
    return len(granted) / max(granted) if granted else 0.0


def _in_database(arguments: argparse.Namespace, shop: Shop, scene: Scene, directory: Path) -> list[Row]:
    shop.rows("SELECT pg_stat_statements_reset()")
    starts_at = time.time() + START_AFTER_S
    each = arguments.in_database // CLIENTS + arguments.set
    clients = []
    for number in range(CLIENTS):
        given = {
            "url": shop.cluster.database_url,
            "scene": [scene.show_id, scene.item_id, scene.variant_id],
            "buyers": each,
            "set": arguments.set,
            "starts_at": starts_at,
        }
        path = directory / f"client-{number}.json"
        path.write_text(json.dumps(given))
        command = [sys.executable, str(Path(__file__).resolve()), "--client", str(path)]
        clients.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
    time.sleep(max(0.0, starts_at - time.time()))
    before = _cpu(shop)
    # Above its last line a client may have warned of something.
    told = [json.loads(client.communicate()[0].splitlines()[-1]) for client in clients]
    spent = {who: seconds - before.get(who, 0.0) for who, seconds in _cpu(shop).items()}
    held = [id for one in told for id in one["held"]]
    seconds = max(one["last_held_s"] for one in told)
    rate = len(held) / seconds
    refusals = sum((Counter(one["refusals"]) for one in told), Counter())
    print(f"in the database alone: {len(held):,} held in {seconds:.2f} s, refused {dict(refusals)}")
    clients_cpu = {f"client {number}": one["cpu_s"] for number, one in enumerate(told, 1)}
    _tell_cpu({**clients_cpu, **spent}, len(held) + refusals.total(), seconds)
    print(f"    conflicts tried again: {sum(one['conflicts'] for one in told)}")
    _tell_statements(shop, len(held))
    what = f"holds per second in the database alone, sets of {arguments.set} from {CLIENTS} processes"
    rows = [Row(what, f"{rate:,.0f}/s", "10,000/s", rate >= 10_000)]
    return rows + _proved(shop, scene, held, arguments.in_database, "in the database alone")


def _client(given: dict[str, Any]) -> int:
    """One process of those that place holds without HTTP; prints what became of it."""
    registry = build_registry()
    actions = PostgresActions(given["url"], registry, SystemClock(), InProcessWakes())
    spec = registry.by_name["sales.place_hold"]
    show_id, item_id, variant_id = given["scene"]
    requests = [
        Request(
            spec,
            sales.PlaceHold(
                show_id=show_id,
                item_id=item_id,
                variant_id=variant_id,
                quantity=1,
                source=sales.Source.LIVE,
                price_seen_minor=DROP_PRICE,
            ),
            Principal(guest_id=new_id("gst")),
            new_id("key"),
        )
        for _ in range(given["buyers"])
    ]
    queue = queue_of(requests[0])
    assert queue is not None
    # What the buyers ask for is the bench's, and no process of the shop would look through it again and again.
    gc.freeze()
    time.sleep(max(0.0, given["starts_at"] - time.time()))
    started, cpu = time.perf_counter(), time.process_time()
    last_held_s = 0.0
    for start in range(0, len(requests), given["set"]):
        some = requests[start : start + given["set"]]
        actions._executor.run_set(some, queue)
        if any(isinstance(one.answer, Done) for one in some):
            last_held_s = time.perf_counter() - started
    held = [str(result_of(spec, one.answer).id) for one in requests if isinstance(one.answer, Done)]
    refusals = Counter(getattr(one.answer, "code", "failed") for one in requests if not isinstance(one.answer, Done))
    told = {
        "held": held,
        "refusals": refusals,
        "last_held_s": last_held_s,
        "cpu_s": time.process_time() - cpu,
        "conflicts": actions.counts.conflicts,
    }
    actions.close_blocking()
    print(json.dumps(told))
    return 0


def _proved(shop: Shop, scene: Scene, acknowledged: Sequence[str], pieces: int, where: str) -> list[Row]:
    """Every acknowledged hold is a row, the rows are the stock, and there are never more of them than pieces."""
    stored = {row[0] for row in shop.rows(f"SELECT id FROM sales_hold WHERE show_id = '{scene.show_id}'")}
    [[on_hand, held, sold, aside]] = shop.rows(
        f"SELECT on_hand, held, sold, set_aside FROM catalog_stock WHERE variant_id = '{scene.variant_id}'"
    )
    [[taken]] = shop.rows(f"SELECT taken FROM sales_drop WHERE id = '{scene.drop_id}'")
    [[takes, most]] = shop.rows(
        f"SELECT count(*), max(quantity) FROM sales_drop_take WHERE drop_id = '{scene.drop_id}' AND quantity > 0"
    )
    [[left]] = shop.rows(f"""SELECT sum("left") FROM catalog_set_aside WHERE variant_id = '{scene.variant_id}'""")
    print(f"    stock {on_hand} on hand, {held} held, {sold} sold, {aside} set aside; {taken} taken of the drop")
    lost = len(set(acknowledged) - stored)
    promised = int(held) + int(sold) + int(aside)
    whole = int(held) == len(stored) == int(taken) == int(takes) and most == "1" and aside == left
    return [
        Row(f"acknowledged holds lost, {where}", str(lost), "0", lost == 0),
        Row(f"oversold, {where}", str(max(0, promised - pieces)), "0", promised <= pieces),
        Row(f"stock, holds, drop and limits agree, {where}", "yes" if whole else "no", "yes", whole),
    ]


def _cpu(shop: Shop) -> dict[str, float]:
    """CPU seconds so far, by what a process does."""
    found: dict[str, float] = {"postgres": _tree(psutil.Process(shop.server.pid))}
    if shop.cluster.process is not None:
        for role in ("web-1", "web-2", "worker-1", "rooms-1"):
            found[role] = _tree(shop.cluster.role(role))
        found["redis"] = _tree(psutil.Process(shop.cluster.redis.pid))
    return found


def _tree(process: psutil.Process) -> float:
    seconds = 0.0
    for one in (process, *process.children(recursive=True)):
        with suppress(psutil.Error):
            times = one.cpu_times()
            seconds += times.user + times.system
    return seconds


def _tell_cpu(spent: dict[str, float], answers: int, seconds: float) -> None:
    told = sorted(spent.items(), key=lambda item: -item[1])
    parts = (f"{who} {used / answers * 1e6:.0f} µs ({used / seconds:.0%})" for who, used in told if used > 0.005)
    print(f"    CPU per answer: {', '.join(parts)}; {sum(spent.values()) / seconds:.2f} cores used")


def _tell_statements(shop: Shop, holds: int) -> None:
    print("    PostgreSQL's time per hold, by statement:")
    rows = shop.rows(
        f"SELECT round((total_exec_time * 1000 / {max(holds, 1)})::numeric, 1), calls,"
        " left(regexp_replace(replace(query, '|', '/'), '\\s+', ' ', 'g'), 80) FROM pg_stat_statements"
        " WHERE query NOT LIKE '%pg_stat_statements%' ORDER BY total_exec_time DESC LIMIT 8"
    )
    for microseconds, calls, query in rows:
        print(f"      {microseconds:>7} µs in {calls:>6} calls: {query}")


if __name__ == "__main__":
    sys.exit(main())
