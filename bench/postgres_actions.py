"""Actions per second on PostgreSQL: alone, many at once, two processes that want one row; beside plain psycopg.

    python bench/postgres_actions.py [seconds]

Starts a PostgreSQL of its own with durable commits. `conflicts` are attempts undone by others and run again, for each
thousand that were committed; a set is one commit. The peers write by hand what an action does: their transaction holds
one insert, or one conditional update, and nothing of what an action adds (idempotency, events, refusals).
"""

import asyncio
import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

import psycopg  # noqa: E402 - the path comes first
import sqlalchemy  # noqa: E402
import structlog  # noqa: E402

from shopcast.backends.inprocess.wakes import InProcessWakes  # noqa: E402
from shopcast.backends.postgres.actions import ACTION_THREADS, PostgresActions  # noqa: E402
from shopcast.backends.postgres.session import Session  # noqa: E402
from shopcast.kernel.actions import ActionSpec, Command, Tx  # noqa: E402
from shopcast.kernel.clock import SystemClock  # noqa: E402
from shopcast.kernel.errors import Refused, ShopcastError  # noqa: E402
from shopcast.kernel.principal import Principal  # noqa: E402
from shopcast.kernel.registry import Registry  # noqa: E402
from shopcast.kernel.tables import metadata  # noqa: E402
from tests.factories.shop import ACTIONS, SoldOut, WriteNote  # noqa: E402
from tests.support.servers import own_postgres  # noqa: E402

# That actions are slow on a busy machine is what is measured.
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("error"))
BUYERS_AT_ONCE = 400
STOCK = 100_000_000


class Take(Command, frozen=True, kw_only=True):
    id: str


def take(tx: Tx, command: Take, by: Principal, now: datetime) -> int:
    outcome = take_together(tx, [(command, by)], now)[0]
    if isinstance(outcome, ShopcastError):
        raise outcome
    return outcome


def take_together(tx: Tx, calls: Sequence[tuple[Take, Principal]], now: datetime) -> Sequence[int | ShopcastError]:
    """All want the same: one conditional statement."""
    left = tx.exec_driver_sql(
        'UPDATE test_stock SET "left" = "left" - ? WHERE id = ? AND "left" >= ? RETURNING "left"',
        (len(calls), calls[0][0].id, len(calls)),
    ).scalar()
    return [SoldOut(number=7)] * len(calls) if left is None else [left + place for place in range(len(calls))]


REGISTRY = Registry(actions=(*ACTIONS, ActionSpec("bench.take", Take, take, int, take_together)))


@dataclass(slots=True)
class Figures:
    done: int = 0
    refused: int = 0
    conflicts: int = 0
    commits: int = 0
    seconds: float = 1.0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            self.done + other.done,
            self.refused + other.refused,
            self.conflicts + other.conflicts,
            self.commits + other.commits,
            max(self.seconds, other.seconds),
        )


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    with own_postgres(durable=True) as server:
        server.run("CREATE DATABASE bench")
        url = server.url("bench")
        _prepare(url)
        version = server.run("SHOW server_version")[0].split()[0]
        print(f"{os.cpu_count()} cores, shared by PostgreSQL {version} and its clients; fsync on;")
        print(f"psycopg {psycopg.__version__}, SQLAlchemy {sqlalchemy.__version__}\n")
        print(f"{'what':<58}{'done/s':>9}{'conflicts':>11}{'refused':>9}")
        for what, processes, target, arguments in (
            ("psycopg: insert, one connection", 1, plainly, ("insert", 1)),
            ("psycopg: insert, as many connections as we have", 1, plainly, ("insert", ACTION_THREADS)),
            ("action: insert, one at a time", 1, in_actions, ("note", 1, "")),
            ("action: insert, one at a time, with a key", 1, in_actions, ("keyed note", 1, "")),
            ("action: insert, 100 at once", 1, in_actions, ("note", 100, "")),
            ("action: insert, 100 at once, two processes", 2, in_actions, ("note", 100, "")),
            ("psycopg: take from one row, two processes", 2, plainly, ("take", ACTION_THREADS)),
            ("action: take from one row, two processes", 2, in_actions, ("keyed take", BUYERS_AT_ONCE, "")),
            ("action: the same without the queue", 2, in_actions, ("keyed take", BUYERS_AT_ONCE, "queue")),
        ):
            _print(what, _measure(url, processes, target, arguments, seconds))


def _prepare(url: str) -> None:
    engine = sqlalchemy.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"INSERT INTO test_stock VALUES ('seven', {STOCK})")
    engine.dispose()


def _print(what: str, figures: Figures) -> None:
    conflicts = 1000 * figures.conflicts / max(figures.commits, 1)
    print(f"{what:<58}{figures.done / figures.seconds:>9,.0f}{conflicts:>11,.1f}{figures.refused:>9,}", flush=True)


def _measure(
    url: str, processes: int, target: Callable[..., None], arguments: tuple[Any, ...], seconds: float
) -> Figures:
    context = multiprocessing.get_context("forkserver")
    pipes: list[Connection] = []
    for number in range(processes):
        ours, theirs = context.Pipe()
        context.Process(target=target, args=(url, f"p{number}", seconds, *arguments, theirs)).start()
        pipes.append(ours)
    for pipe in pipes:
        pipe.recv()
    for pipe in pipes:
        pipe.send("go")
    return sum((pipe.recv() for pipe in pipes), Figures())


def in_actions(url: str, name: str, seconds: float, what: str, at_once: int, without: str, pipe: Connection) -> None:
    if without == "queue":
        Session.begin_in_turn = Session.begin  # type: ignore[method-assign]  # left out on purpose
    asyncio.run(_in_actions(url, name, seconds, what, at_once, pipe))


async def _in_actions(url: str, name: str, seconds: float, what: str, at_once: int, pipe: Connection) -> None:
    actions = PostgresActions(url, REGISTRY, SystemClock(), InProcessWakes())
    figures = Figures()
    run = f"{name} {time.time_ns()}"
    ends_at = 0.0

    async def ask(asker: int) -> None:
        number = 0
        by = Principal(person_id=f"usr_{name}_{asker}")
        while time.perf_counter() < ends_at:
            number += 1
            unique = f"{run} {asker} {number}"
            command: Command = Take(id="seven") if what.endswith("take") else WriteNote(id=unique)
            try:
                await actions.run(command, by, idempotency_key=unique if what.startswith("keyed") else None)
            except Refused:
                figures.refused += 1
            else:
                figures.done += 1

    await asyncio.gather(*(actions.run(WriteNote(id=f"{run} warm {n}"), Principal()) for n in range(50)))
    before = actions.counts.committed, actions.counts.conflicts
    pipe.send("ready")
    await asyncio.to_thread(pipe.recv)
    began = time.perf_counter()
    ends_at = began + seconds
    await asyncio.gather(*(ask(asker) for asker in range(at_once)))
    figures.seconds = time.perf_counter() - began
    figures.commits, figures.conflicts = actions.counts.committed - before[0], actions.counts.conflicts - before[1]
    await actions.close()
    actions.close_blocking()
    pipe.send(figures)


def plainly(url: str, name: str, seconds: float, what: str, connections: int, pipe: Connection) -> None:
    figures = Figures(seconds=seconds)
    counts = [0] * connections
    go = threading.Event()

    def ask(asker: int) -> None:
        with psycopg.connect(url) as connection:
            go.wait()
            ends_at = time.perf_counter() + seconds
            while time.perf_counter() < ends_at:
                if what == "insert":
                    unique = f"{name} {asker} {time.time_ns()}"
                    connection.execute("INSERT INTO test_notes (id, body) VALUES (%s, '')", (unique,))
                else:
                    connection.execute(
                        'UPDATE test_stock SET "left" = "left" - 1 WHERE id = %s AND "left" > 0 RETURNING "left"',
                        ("seven",),
                    )
                connection.commit()
                counts[asker] += 1

    threads = [threading.Thread(target=ask, args=(asker,)) for asker in range(connections)]
    for thread in threads:
        thread.start()
    pipe.send("ready")
    pipe.recv()
    go.set()
    for thread in threads:
        thread.join()
    figures.done = figures.commits = sum(counts)
    pipe.send(figures)


if __name__ == "__main__":
    main()
