"""A tiny domain for tests of the kernel and the backends: notes, counters, and reactions that may be told to fail."""

import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import CheckConstraint, Column, Integer, Table, Text

from shopcast.backends.sqlite.writer import run_writer
from shopcast.kernel.actions import ActionSpec, Command, Tx
from shopcast.kernel.clock import SystemClock
from shopcast.kernel.config import Settings
from shopcast.kernel.errors import ShopcastError
from shopcast.kernel.events import Event
from shopcast.kernel.principal import Principal
from shopcast.kernel.registry import Registry
from shopcast.kernel.subscriptions import Subscription
from shopcast.kernel.tables import metadata
from tests.factories import create_tables

notes = Table("test_notes", metadata, Column("id", Text, primary_key=True), Column("body", Text, nullable=False))
stock = Table(
    "test_stock",
    metadata,
    Column("id", Text, primary_key=True),
    Column("left", Integer, CheckConstraint('"left" >= 0', name="left_not_negative"), nullable=False),
)
effects = Table(
    "test_effects",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("subscriber", Text, nullable=False),
    Column("note_id", Text, nullable=False),
)


class SoldOut(ShopcastError):
    code = "test.sold_out"
    status = 409
    messages = {"en": "Number {number} is sold out.", "zh": "{number} 号已售罄。"}


class NoteWritten(Event, frozen=True, kw_only=True, tag="test.note_written"):
    id: str
    key: str


class WriteNote(Command, frozen=True, kw_only=True):
    id: str
    body: str = ""
    key: str = ""


class WriteAndFail(Command, frozen=True, kw_only=True):
    id: str
    how: str


class TakeStock(Command, frozen=True, kw_only=True):
    id: str


class SleepLong(Command, frozen=True, kw_only=True):
    seconds: float


class Note(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    at: datetime


class Ring(msgspec.Struct, frozen=True, kw_only=True):
    note_id: str


def write_note(tx: Tx, command: WriteNote, by: Principal, now: datetime) -> Note:
    # Driver text: this verb is the benchmark's.
    tx.exec_driver_sql("INSERT INTO test_notes (id, body) VALUES (?, ?)", (command.id, command.body))
    if command.key:
        tx.record(NoteWritten(id=command.id, key=command.key))
    tx.wake(f"note:{command.key}")
    return Note(id=command.id, at=now)


def write_and_fail(tx: Tx, command: WriteAndFail, by: Principal, now: datetime) -> None:
    tx.exec_driver_sql("INSERT INTO test_notes (id, body) VALUES (?, '')", (command.id,))
    tx.record(NoteWritten(id=command.id, key="k"))
    tx.enqueue("test.ring", Ring(note_id=command.id))
    tx.audit(by, "test.write", command.id, {"how": command.how})
    tx.wake("note:failed")
    if command.how == "refusal":
        raise SoldOut(number=7)
    if command.how == "integrity":
        tx.execute(notes.insert().values(id=command.id, body="again"))
    if command.how == "bug":
        raise RuntimeError("a bug")


def take_stock(tx: Tx, command: TakeStock, by: Principal, now: datetime) -> int:
    row = tx.exec_driver_sql(
        'UPDATE test_stock SET "left" = "left" - 1 WHERE id = ? AND "left" > 0 RETURNING "left"', (command.id,)
    ).first()
    if row is None:
        raise SoldOut(number=7)
    left: int = row[0]
    return left


def take_stocks(tx: Tx, calls: Sequence[tuple[TakeStock, Principal]], now: datetime) -> Sequence[int | ShopcastError]:
    outcomes: list[int | ShopcastError] = []
    for command, by in calls:
        try:
            outcomes.append(take_stock(tx, command, by, now))
        except SoldOut as refusal:
            outcomes.append(refusal)
    return outcomes


def sleep_long(tx: Tx, command: SleepLong, by: Principal, now: datetime) -> None:
    time.sleep(command.seconds)


ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("test.write_note", WriteNote, write_note, Note),
    ActionSpec("test.write_and_fail", WriteAndFail, write_and_fail),
    ActionSpec("test.take_stock", TakeStock, take_stock, int, batch_handler=take_stocks, moves_stock_or_money=True),
    ActionSpec("test.sleep", SleepLong, sleep_long),
)


def effect_of(subscriber: str) -> Any:
    def react(tx: Tx, event: NoteWritten, now: datetime) -> None:
        tx.execute(effects.insert().values(subscriber=subscriber, note_id=event.id))
        tx.wake(f"effect:{event.id}")

    return react


SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription("first", NoteWritten, effect_of("first"), key=lambda event: event.key),
    Subscription("second", NoteWritten, effect_of("second"), key=lambda event: event.key),
)


def main(data_dir: str) -> None:
    """The writer process of tests and benchmarks."""
    settings = Settings(data_dir=Path(data_dir))
    create_tables(settings.database_path)
    run_writer(settings, Registry(actions=ACTIONS, subscriptions=SUBSCRIPTIONS), SystemClock())
