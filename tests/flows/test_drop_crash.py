"""kill -9 of the whole shop while a drop is bought: what was acknowledged is there, once, and the sums are exact."""

import asyncio
import contextlib
import sqlite3
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from shopcast import media
from shopcast.backends.inprocess.wakes import InProcessWakes
from shopcast.backends.sqlite.client import WriterActions
from shopcast.kernel.config import Settings
from shopcast.kernel.ids import new_id, new_token
from shopcast.kernel.principal import SYSTEM
from shopcast.web_support.signing import sign
from shopcast.wiring import build_registry
from tests.support.people import Json, Person
from tests.support.serve import Serve
from tests.support.stage import Market
from tests.support.waiting import eventually

PIECES = 4_000
BUYERS = 16
# Enough that many batches were committed, few enough that the drop is still open; a busy machine needs its time.
ACKNOWLEDGED, RUSH_LIMIT_S = 300, 60.0


@dataclass
class Rush:
    """What one thread of buyers was promised, and what was on the wire when the shop died."""

    url: str
    secret: bytes
    body: Json
    held: dict[str, str] = field(default_factory=dict)
    open_request: dict[str, str] | None = None

    def run(self, stopped: threading.Event, number: int) -> None:
        with httpx.Client(base_url=self.url, timeout=20) as client, contextlib.suppress(httpx.TransportError):
            count = 0
            while not stopped.is_set():
                count += 1
                self.open_request = self._visitor(f"10.{number}.{count >> 8 & 255}.{count & 255}")
                answer = client.post("/v1/holds", json=self.body, headers=self.open_request)
                if answer.status_code == 201:
                    self.held[answer.json()["id"]] = self.open_request["Cookie"]
                self.open_request = None

    def _visitor(self, address: str) -> dict[str, str]:
        """Somebody new each time, from an address of their own."""
        csrf = sign(new_token(16), self.secret, "csrf")
        guest = sign(new_id("gst"), self.secret, "guest")
        return {
            "Cookie": f"shopcast_guest={guest}; shopcast_csrf={csrf}",
            "X-CSRF-Token": csrf,
            "Idempotency-Key": new_id("key"),
            "X-Forwarded-For": address,
        }


@pytest.mark.slow
def test_a_killed_drop_keeps_every_acknowledged_hold(tmp_path_factory: pytest.TempPathFactory) -> None:
    serve = Serve(tmp_path_factory.mktemp("drop"), SHOPCAST_TRUSTED_PROXIES="127.0.0.1")
    serve.start()
    try:
        settings = Settings(data_dir=serve.data)
        body, drop_id = _open_drop(serve, settings)
        rushes = [Rush(serve.url, settings.secret, body) for _ in range(BUYERS)]
        _rush_and_kill(serve, rushes)
        held = {hold_id for rush in rushes for hold_id in rush.held}
        assert len(held) >= ACKNOWLEDGED
        serve.start()
        _nothing_is_lost_or_doubled(settings, drop_id, held)
        _asking_again_holds_once(serve, rushes)
        _nothing_is_lost_or_doubled(settings, drop_id, held)
    finally:
        serve.close()


def _open_drop(serve: Serve, settings: Settings) -> tuple[Json, str]:
    stage = Market(serve).stage()
    asyncio.run(_broadcast_ready(settings, stage.id))
    stage.do("go-live")
    card = stage.card(7)
    variant_id = card["variants"][0]["id"]
    seller: Person = stage.market.seller
    seller.patch(f"/v1/variants/{variant_id}", {"on_hand": PIECES})
    plan = {
        "item_id": card["id"],
        "variant_id": variant_id,
        "price_minor": 1,
        "quantity": PIECES,
        "per_customer": 1,
        "countdown_s": 10,
    }
    drop = seller.post(f"/v1/shows/{stage.id}/drops", plan)
    seller.post(f"/v1/drops/{drop['id']}/start", {})
    eventually(lambda: seller.get(f"/v1/shows/{stage.id}/drops")["items"][0]["state"] == "running", within_s=30)
    body = {"show_id": stage.id, "item_id": card["id"], "variant_id": variant_id, "quantity": 1, "source": "live"}
    return body, str(drop["id"])


async def _broadcast_ready(settings: Settings, show_id: str) -> None:
    """No picture is needed to sell: the engine's word that one is there is enough."""
    connection = sqlite3.connect(settings.database_path)
    broadcast_id = connection.execute("SELECT broadcast_id FROM shows_show WHERE id = ?", (show_id,)).fetchone()[0]
    connection.close()
    actions = WriterActions(settings.writer_socket_path, build_registry(), InProcessWakes())
    now_ms = int(time.time() * 1000)
    fact = media.EngineFact(kind="ready", broadcast_id=broadcast_id, at_ms=now_ms, epoch=1, width=1280, height=720)
    await actions.run(media.RecordFact(engine=new_id("eng"), number=1, fact=fact), SYSTEM)
    await actions.close()


def _rush_and_kill(serve: Serve, rushes: list[Rush]) -> None:
    stopped = threading.Event()
    threads = [threading.Thread(target=rush.run, args=(stopped, number)) for number, rush in enumerate(rushes)]
    for thread in threads:
        thread.start()
    eventually(lambda: sum(len(rush.held) for rush in rushes) >= ACKNOWLEDGED, within_s=RUSH_LIMIT_S)
    serve.kill()
    stopped.set()
    for thread in threads:
        thread.join(timeout=30)


def _nothing_is_lost_or_doubled(settings: Settings, drop_id: str, held: set[str]) -> None:
    stored = {row[0] for row in _rows(settings, "SELECT id FROM sales_hold WHERE state = 'held'")}
    assert held <= stored
    counts: dict[str, Any] = {
        "stock": _rows(settings, f"SELECT held FROM catalog_stock WHERE on_hand = {PIECES}"),
        "drop": _rows(settings, f"SELECT taken FROM sales_drop WHERE id = '{drop_id}'"),
        "customers": _rows(settings, "SELECT count(*) FROM sales_drop_take WHERE quantity = 1"),
        "buyers": _rows(settings, "SELECT count(DISTINCT buyer_key) FROM sales_hold"),
        "events": _rows(settings, "SELECT count(*) FROM kernel_events WHERE event_type = 'sales.hold_placed'"),
    }
    assert counts == {name: [(len(stored),)] for name in counts}


def _asking_again_holds_once(serve: Serve, rushes: list[Rush]) -> None:
    """Whoever had no answer asks with the same key: done or not, now it is done once."""
    unanswered = [rush for rush in rushes if rush.open_request is not None]
    assert unanswered
    for rush in unanswered:
        assert rush.open_request is not None
        for _ in range(2):
            answer = httpx.post(f"{serve.url}/v1/holds", json=rush.body, headers=rush.open_request, timeout=20)
            assert answer.status_code == 201, answer.text
        rush.held[answer.json()["id"]] = rush.open_request["Cookie"]


def _rows(settings: Settings, statement: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(settings.database_path)
    try:
        return connection.execute(statement).fetchall()
    finally:
        connection.close()
