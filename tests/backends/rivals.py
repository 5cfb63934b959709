"""Processes that want the same at the same time, on one PostgreSQL. Tests may kill them."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from multiprocessing.connection import Connection
from typing import Any

from shopcast.backends.inprocess.wakes import InProcessWakes
from shopcast.backends.postgres import executor as executing
from shopcast.backends.postgres.actions import PostgresActions
from shopcast.backends.postgres.relay import PostgresRelay
from shopcast.backends.postgres.session import Session
from shopcast.kernel.actions import ActionSpec, Command, Tx
from shopcast.kernel.clock import SystemClock
from shopcast.kernel.errors import Refused
from shopcast.kernel.principal import Principal
from shopcast.kernel.registry import Registry
from tests.factories import person, shop
from tests.factories.shop import SoldOut, TakeStock
from tests.support.waiting import eventually


class TakeFromPair(Command, frozen=True, kw_only=True):
    """One of the two, while there is more than `floor` together. Right only if it is as if nobody else were there."""

    id: str
    floor: int = 1


class WriteSlowly(Command, frozen=True, kw_only=True):
    id: str
    seconds: float = 0


class WriteTwiceAndSwallow(Command, frozen=True, kw_only=True):
    id: str


class LookAtAll(Command, frozen=True, kw_only=True):
    id: str


def look_at_all(tx: Tx, command: LookAtAll, by: Principal, now: datetime) -> int:
    return len(tx.exec_driver_sql("SELECT * FROM test_stock").keys())


def take_from_pair(tx: Tx, command: TakeFromPair, by: Principal, now: datetime) -> int:
    left: int = tx.exec_driver_sql("""SELECT sum("left") FROM test_stock WHERE id IN ('a', 'b')""").scalar_one()
    if left <= command.floor:
        raise SoldOut(number=7)
    # Long enough that others are in the middle of it, too.
    time.sleep(0.001)
    tx.exec_driver_sql('UPDATE test_stock SET "left" = "left" - 1 WHERE id = ?', (command.id,))
    return left - 1


def write_slowly(tx: Tx, command: WriteSlowly, by: Principal, now: datetime) -> str:
    tx.exec_driver_sql("INSERT INTO test_notes (id, body) VALUES (?, '')", (command.id,))
    time.sleep(command.seconds)
    tx.exec_driver_sql("UPDATE test_notes SET body = 'whole' WHERE id = ?", (command.id,))
    tx.record(shop.NoteWritten(id=command.id, key="k"))
    return command.id


def write_twice_and_swallow(tx: Tx, command: WriteTwiceAndSwallow, by: Principal, now: datetime) -> None:
    for _ in range(2):
        with suppress(Exception):
            tx.exec_driver_sql("INSERT INTO test_notes (id, body) VALUES (?, '')", (command.id,))


ACTIONS = (
    *shop.ACTIONS,
    ActionSpec("test.take_from_pair", TakeFromPair, take_from_pair, int),
    ActionSpec("test.look_at_all", LookAtAll, look_at_all, int),
    ActionSpec("test.write_slowly", WriteSlowly, write_slowly, str),
    ActionSpec("test.write_twice_and_swallow", WriteTwiceAndSwallow, write_twice_and_swallow),
)
REGISTRY = Registry(actions=ACTIONS, subscriptions=shop.SUBSCRIPTIONS)

# What a rival answers: results and codes of refusals, and how often it met others.
Report = tuple[list[Any], int]


def rival(
    url: str, commands: Sequence[tuple[Command, str, str | None]], without: Sequence[str], pipe: Connection
) -> None:
    """Runs all commands (with who asks and the key) at once when told to; `without` are safeguards to leave out."""
    if "queue" in without:
        Session.begin_in_turn = Session.begin  # type: ignore[method-assign]  # left out on purpose
    if "retry" in without:
        executing.CONFLICT_TRIES = executing.MAYBE_CONFLICT_TRIES = 1
    if "serialisable" in without:
        Session.begin = Session.begin_plainly  # type: ignore[method-assign]  # left out on purpose
    pipe.send(asyncio.run(_run_all(url, commands, pipe)))


async def _run_all(url: str, commands: Sequence[tuple[Command, str, str | None]], pipe: Connection) -> Report:
    actions = PostgresActions(url, REGISTRY, SystemClock(), InProcessWakes())
    await actions.run(TakeStock(id="warm"), person("usr_warm"), idempotency_key=str(time.time_ns()))
    pipe.send("ready")
    await asyncio.to_thread(pipe.recv)
    answers = await asyncio.gather(
        *(actions.run(command, person(who), idempotency_key=key) for command, who, key in commands),
        return_exceptions=True,
    )
    conflicts = actions.counts.conflicts
    await actions.close()
    actions.close_blocking()
    # Not every exception can be sent to another process.
    told = [answer.code if isinstance(answer, Refused) else answer for answer in answers]
    return [repr(answer) if isinstance(answer, Exception) else answer for answer in told], conflicts


def deliverer(url: str, pipe: Connection) -> None:
    """Takes part in delivering events until it is killed; says so when it leads."""
    asyncio.run(_deliver(url, pipe))


async def _deliver(url: str, pipe: Connection) -> None:
    relay = PostgresRelay(url, REGISTRY, SystemClock(), InProcessWakes())
    await relay.start()
    await asyncio.to_thread(eventually, lambda: relay.is_leader, within_s=3600)
    pipe.send("leads")
    await asyncio.Event().wait()
