"""A backup taken while people buy, put back on an empty disk: what was in it is there to the byte, and goes on."""

import contextlib
import gzip
import json
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.operating import command
from tests.support.people import ADDRESS, Json, Person, Refusal
from tests.support.room import Seat
from tests.support.serve import Serve
from tests.support.stage import Market, Stage
from tests.support.waiting import eventually

BUYERS = 3
# What must be the same to the row. Cursors, jobs and leases move on as soon as the shop runs.
TABLES = (
    "sales_order",
    "sales_order_line",
    "sales_payment",
    "catalog_stock",
    "talent_journal",
    "talent_entry",
    "kernel_audit",
)
PASSPHRASE = {"SHOPCAST_BACKUP_PASSPHRASE": "seven copper lights"}


@dataclass
class Buyer:
    person: Person
    paid: list[str] = field(default_factory=list)

    def rush(self, stage: Stage, card: Json, stopped: threading.Event) -> None:
        with contextlib.suppress(httpx.TransportError, Refusal):
            while not stopped.is_set():
                hold = self.person.hold(stage.id, card)
                paid = self.person.pay(hold, email="rush@example.test", address=ADDRESS)
                if paid["state"] == "paid":
                    self.paid.append(paid["order_id"])


@contextlib.contextmanager
def rushing(stage: Stage, card: Json, buyers: list[Buyer]) -> Iterator[None]:
    stopped = threading.Event()
    threads = [threading.Thread(target=buyer.rush, args=(stage, card, stopped)) for buyer in buyers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopped.set()
        for thread in threads:
            thread.join(30)


@pytest.mark.slow
def test_a_backup_under_load_restores_to_the_byte_and_sells_on(fresh_serve: Serve, tmp_path: Path) -> None:
    stage = Market(fresh_serve).stage(grace_s=300)
    where = tmp_path / "vault"
    buyers = [Buyer(Person(fresh_serve)) for _ in range(BUYERS)]
    with stage.live():
        stage.pin(7)
        card = stage.card(7)
        with Seat(Person(fresh_serve), stage.id, "Noor") as seat:
            seat.say("is seven still there?")
            before = epoch_of(seat)
            with rushing(stage, card, buyers):
                eventually(lambda: sum(len(buyer.paid) for buyer in buyers) >= 5, within_s=30, what="five orders")
                acknowledged = {order for buyer in buyers for order in list(buyer.paid)}
                made = command(fresh_serve, "backup", str(where), **PASSPHRASE)
                assert made.code == 0, made.err
                time.sleep(0.5)
        # What was filmed until now is whole and may be compared.
        stage.do("end")
        eventually(lambda: stage.page()["state"] in ("ended", "replay"), what="the end")
    again = command(fresh_serve, "backup", str(where), **PASSPHRASE)
    assert again.code == 0, again.err
    fresh_serve.stop()
    first, second = names(where)
    recordings = {name: (fresh_serve.data / name).read_bytes() for name in recorded(where, second)}
    assert any(name.endswith(".mp4") for name in recordings)

    shutil.rmtree(fresh_serve.data)
    restored = command(fresh_serve, "restore", str(where), **PASSPHRASE)
    assert restored.code == 0, restored.err
    assert {name: (fresh_serve.data / name).read_bytes() for name in recordings} == recordings

    shutil.rmtree(fresh_serve.data)
    restored = command(fresh_serve, "restore", str(where), "--name", first, **PASSPHRASE)
    assert restored.code == 0, restored.err
    in_backup, here = rows_in_backup(where, first, tmp_path), rows(fresh_serve.data / "shopcast.sqlite3")
    assert here == in_backup
    assert acknowledged <= {row["id"] for row in here["sales_order"] if row["state"] == "paid"}
    ledger_is_balanced(here["talent_entry"])

    fresh_serve.start()
    # Signed in as before: the secret came back as well.
    assert {order["id"] for buyer in buyers for order in buyer.person.get("/v1/orders", limit=100)["items"]} == {
        row["id"] for row in here["sales_order"]
    }
    stock = stage.seller.get(f"/v1/products/{card['product_id']}")["variants"][0]
    assert stock["sold"] == len([row for row in here["sales_order"] if row["state"] == "paid"])
    extra = Buyer(Person(fresh_serve))
    hold = extra.person.hold(stage.id, card)
    paid = extra.person.pay(hold, email="after@example.test", address=ADDRESS)
    assert paid["state"] == "paid"
    now = stage.seller.get(f"/v1/products/{card['product_id']}")["variants"][0]
    assert now["sold"] == stock["sold"] + 1
    with Seat(Person(fresh_serve), stage.id, "Noor") as seat:
        assert epoch_of(seat) > before + 1_000_000


def test_a_second_backup_copies_only_what_is_new_and_old_ones_go(fresh_serve: Serve, tmp_path: Path) -> None:
    Market(fresh_serve)
    where = tmp_path / "vault"
    for _ in range(3):
        made = command(fresh_serve, "backup", str(where), "--keep", "2")
        assert made.code == 0, made.err
        assert "secret is NOT in it" in made.out
        # A name is a second.
        time.sleep(1.1)
    assert len(names(where)) == 2
    kept = {file["sha256"] for name in names(where) for file in everything(where, name)}
    assert {path.name for path in (where / "files").rglob("*") if path.is_file()} == kept


def test_a_restore_refuses_what_would_lose_something(fresh_serve: Serve, tmp_path: Path) -> None:
    Market(fresh_serve, empty=True)
    where = tmp_path / "shop.tar"
    assert command(fresh_serve, "backup", str(where)).code == 0
    running = command(fresh_serve, "restore", str(where))
    assert running.code == 1
    assert "The shop is running" in running.err
    fresh_serve.stop()
    occupied = command(fresh_serve, "restore", str(where))
    assert occupied.code == 1
    assert "There is a shop in" in occupied.err
    there = rows(fresh_serve.data / "shopcast.sqlite3")
    replaced = command(fresh_serve, "restore", str(where), "--replace", LANG="zh_CN.UTF-8")
    assert replaced.code == 0
    assert "已恢复" in replaced.out
    (aside,) = fresh_serve.data.glob("replaced-*")
    assert rows(aside / "shopcast.sqlite3") == there
    spoilt = bytearray(where.read_bytes())
    position = spoilt.index(b"\x1f\x8b")
    spoilt[position + 40] ^= 1
    where.write_bytes(spoilt)
    damaged = command(fresh_serve, "restore", str(where), "--replace")
    assert damaged.code == 1
    assert "is damaged" in damaged.err
    assert rows(fresh_serve.data / "shopcast.sqlite3") == there


def epoch_of(seat: Seat) -> int:
    return int(seat.wait(lambda frame: frame["t"] == "snapshot", "the snapshot")["epoch"])


def names(where: Path) -> list[str]:
    return sorted(path.stem for path in (where / "backups").glob("*.json"))


def manifest(where: Path, name: str) -> Any:
    return json.loads((where / "backups" / f"{name}.json").read_bytes())["manifest"]


def everything(where: Path, name: str) -> list[Any]:
    made = manifest(where, name)
    return [*made["databases"], *made["files"]]


def recorded(where: Path, name: str) -> list[str]:
    return [file["path"] for file in manifest(where, name)["files"] if file["path"].startswith("media/broadcasts/")]


def rows_in_backup(where: Path, name: str, tmp_path: Path) -> dict[str, list[dict[str, Any]]]:
    (stored,) = [one for one in manifest(where, name)["databases"] if one["path"] == "shopcast.sqlite3"]
    copy = tmp_path / "copy.sqlite3"
    copy.write_bytes(gzip.decompress((where / "files" / stored["sha256"][:2] / stored["sha256"]).read_bytes()))
    return rows(copy)


def rows(database: Path) -> dict[str, list[dict[str, Any]]]:
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        return {
            table: sorted((dict(row) for row in connection.execute(f"SELECT * FROM {table}")), key=repr)
            for table in TABLES
        }


def ledger_is_balanced(entries: list[dict[str, Any]]) -> None:
    assert entries
    sums: dict[tuple[str, str], int] = {}
    for entry in entries:
        key = (entry["journal_id"], entry["currency"])
        sums[key] = sums.get(key, 0) + entry["amount_minor"]
    assert set(sums.values()) == {0}
