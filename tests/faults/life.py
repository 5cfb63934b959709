"""People who go on buying and talking while the shop is broken under them, and write down what they were promised."""

from __future__ import annotations

import contextlib
import itertools
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import ClientConnection, connect

from tests.faults.shop import ClusterShop
from tests.support.people import ADDRESS, Json, Person, Refusal
from tests.support.stage import Stage
from tests.support.waiting import eventually

# Just below the rate at which the room would call it a flood.
LINE_EVERY_S = 1.7
# What a page waits before it asks again, and how long a person would put up with it here.
AGAIN_S, GIVES_UP_S = 0.2, 60.0
# What a page that comes back by itself gets over.
CUT_OFF = (OSError, InvalidHandshake, ConnectionClosed, httpx.TransportError, Refusal)


@dataclass
class Buyer:
    """Buys one piece after the other, each as somebody new; asks again with the same key until it is answered."""

    stage: Stage
    card: Json
    held: set[str] = field(default_factory=set)
    paid: dict[str, str] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)

    def live(self, stopped: threading.Event) -> None:
        while not stopped.is_set():
            person = Person(self.stage.serve)
            try:
                hold = _asked(lambda key, person=person: person.hold(self.stage.id, self.card, key=key))  # type: ignore[misc]
                self.held.add(hold["id"])
                paid = _asked(lambda key, person=person, hold=hold: self._pay(person, hold, key))  # type: ignore[misc]
                self.paid[paid["order_id"]] = hold["id"]
            except Refusal as refused:
                self.refused.append(refused)

    def _pay(self, person: Person, hold: Json, key: str) -> Json:
        answer = person.pay(hold, key=key, email="life@example.test", address=ADDRESS)
        until = time.monotonic() + GIVES_UP_S
        while answer["state"] != "paid" and time.monotonic() < until:
            time.sleep(AGAIN_S)
            path = f"/v1/checkouts/{answer['checkout_id']}"
            if answer["state"] == "failed":
                # "The payment could not be started. Nothing was charged. Please try again."
                assert answer["failure"]["code"] == "not_sent", answer
                again = {"payment_method": {"token": "tok_approve"}}
                answer = person.post(f"{path}/retry", again, moves=True)
            else:
                answer = person.get(path)
        assert answer["state"] == "paid", answer
        return answer


def _asked(ask: Callable[[str], Json]) -> Json:
    """As a page does: whatever happens on the way, the same request again."""
    key = secrets.token_hex(12)
    until = time.monotonic() + GIVES_UP_S
    while True:
        try:
            return ask(key)
        except httpx.TransportError:
            if time.monotonic() > until:
                raise
        except Refusal as refused:
            if refused.status < 500 or time.monotonic() > until:
                raise
        time.sleep(AGAIN_S)


class Chair:
    """A page in the show's room: comes back by itself with what it knows, and never sees a gap or a thing twice."""

    def __init__(self, stage: Stage, name: str, *, talks: bool = True) -> None:
        self.person, self.name, self.talks = Person(stage.serve), name, talks
        self.stage = stage
        self.epoch: int | None = None
        self.seq = 0
        self.seen: dict[int, Json] = {}
        self.said: dict[str, int] = {}
        self.wrong: list[str] = []
        self.refused: list[Json] = []
        self.came = 0
        self.state: Json = None
        self._asked: dict[str, str] = {}
        self._references = itertools.count(1)

    def live(self, stopped: threading.Event) -> None:
        while not stopped.is_set():
            with contextlib.suppress(*CUT_OFF), self._sit() as socket:
                self._read_and_talk(socket, stopped)
            stopped.wait(AGAIN_S)

    def sees(self, moment: str) -> bool:
        pins = [one for one in list(self.seen.values()) if one["kind"] == "item.pinned"]
        return moment in json.dumps(self.state) or any(pin["body"]["moment_id"] == moment for pin in pins)

    @contextlib.contextmanager
    def _sit(self) -> Iterator[ClientConnection]:
        ticket = self.person.post(f"{self.stage.path}/ticket", {"name": self.name})
        position = "" if self.epoch is None else f"&epoch={self.epoch}&seq={self.seq}"
        url = f"{ticket['ws_url']}?ticket={ticket['ticket']}{position}"
        headers = {"X-Forwarded-For": self.person.address, "Origin": self.stage.serve.url}
        with connect(url, proxy=None, max_size=2**22, additional_headers=headers, open_timeout=5) as socket:
            self.came += 1
            yield socket

    def _read_and_talk(self, socket: ClientConnection, stopped: threading.Event) -> None:
        speaks_at = time.monotonic()
        while not stopped.is_set():
            with contextlib.suppress(TimeoutError):
                self._take(json.loads(socket.recv(timeout=0.05)))
            if self.talks and self.epoch is not None and time.monotonic() >= speaks_at:
                speaks_at = time.monotonic() + LINE_EVERY_S
                reference, text = f"c{next(self._references)}", f"line {secrets.token_hex(6)}"
                self._asked[reference] = text
                socket.send(json.dumps({"t": "say", "ref": reference, "text": text}))

    def _take(self, frame: Json) -> None:
        match frame["t"]:
            case "snapshot":
                self.epoch, self.seq, self.state = frame["epoch"], frame["seq"], frame["state"]
            case "frames":
                self._take_entries(frame)
            case "ack":
                self.said[self._asked[frame["ref"]]] = frame["seq"]
            case "refused":
                self.refused.append(frame)

    def _take_entries(self, frame: Json) -> None:
        if frame["epoch"] != self.epoch:
            self.wrong.append(f"epoch {frame['epoch']} after {self.epoch} without a snapshot")
        if frame["after"] > self.seq:
            self.wrong.append(f"a gap: {frame['after']} after {self.seq}")
        for entry in frame["entries"]:
            if entry["seq"] > self.seq:
                self.seen[entry["seq"]] = entry
        self.seq = max(self.seq, frame["seq"])


@dataclass
class Life:
    """Everybody together, in one show of one shop."""

    shop: ClusterShop
    stage: Stage
    buyers: list[Buyer]
    chairs: list[Chair]
    watcher: Chair

    @classmethod
    def of(cls, shop: ClusterShop, stage: Stage, card: Json) -> Life:
        chairs = [Chair(stage, f"Talker {number}") for number in range(2)]
        return cls(shop, stage, [Buyer(stage, card) for _ in range(2)], chairs, Chair(stage, "Watcher", talks=False))

    @contextlib.contextmanager
    def going_on(self) -> Iterator[None]:
        """During the block and until everybody has been answered again after it."""
        stopped = threading.Event()
        living = [*self.buyers, *self.chairs, self.watcher]
        threads = [threading.Thread(target=one.live, args=(stopped,)) for one in living]
        for thread in threads:
            thread.start()
        try:
            self.goes_on()
            yield
            self.goes_on()
            self._sees_the_next_pin()
        finally:
            stopped.set()
            for thread in threads:
                thread.join(GIVES_UP_S * 2)
        assert [one.problem for buyer in self.buyers for one in buyer.refused] == []
        assert [wrong for chair in [*self.chairs, self.watcher] for wrong in chair.wrong] == []

    def goes_on(self) -> None:
        """Everybody is promised something more."""
        before = self._promised()

        def grew() -> bool:
            now = self._promised()
            all_did = all(later > earlier for earlier, later in zip(before, now, strict=True))
            assert all_did, (before, now, self._refused())
            return True

        eventually(grew, within_s=GIVES_UP_S, what="life")

    def _refused(self) -> list[str]:
        """What talkers were told last, for whoever looks into a failure."""
        return [json.dumps(chair.refused[-1], ensure_ascii=False) for chair in self.chairs if chair.refused]

    def _promised(self) -> list[int]:
        return [len(buyer.paid) for buyer in self.buyers] + [len(chair.said) for chair in self.chairs]

    def _sees_the_next_pin(self) -> None:
        """Nobody reloads a page: who was cut off has come back by now."""
        self.all_see(_asked(lambda _: self.stage.do("pin", {"number": 3}))["moment_id"], within_s=20)
        self.stage.do("unpin")

    def all_see(self, moment: str, *, within_s: float) -> None:
        """The pin that began this moment."""
        for chair in (*self.chairs, self.watcher):
            eventually(lambda chair=chair: chair.sees(moment), within_s=within_s, what=f"the pin at {chair.name}'s")  # type: ignore[misc]


def judge(life: Life) -> None:
    """Nothing acknowledged is missing, nothing happened twice, and the sums are right."""
    shop, stage = life.shop, life.stage
    held = {hold for buyer in life.buyers for hold in buyer.held}
    paid = {order: hold for buyer in life.buyers for order, hold in buyer.paid.items()}
    assert held <= set(shop.rows("SELECT id FROM sales_hold"))
    orders = dict(line.split("|") for line in shop.rows("SELECT id, state FROM sales_order"))
    assert {order: orders.get(order) for order in paid} == dict.fromkeys(paid, "paid")
    eventually(lambda: _books_are_written(shop), within_s=30, what="the ledger of every order")
    assert shop.rows("SELECT currency FROM talent_entry GROUP BY currency HAVING sum(amount_minor) <> 0") == []
    assert shop.rows("SELECT journal_id FROM talent_entry GROUP BY 1 HAVING sum(amount_minor) <> 0") == []
    _stock_adds_up(shop)
    _log_has_no_gap(shop, stage)
    said = {text: seq for chair in life.chairs for text, seq in chair.said.items()}
    lines = shop.rows("SELECT text, seq FROM room_line JOIN room_entry ON room_entry.id = entry_id WHERE seq > 0")
    assert len(lines) == len(dict(line.split("|") for line in lines))
    logged = {text: int(seq) for text, seq in (line.split("|") for line in lines)}
    assert {text: logged.get(text) for text in said} == said


def _books_are_written(shop: ClusterShop) -> bool:
    """One sale for every order."""
    sold = shop.number("SELECT count(*) FROM sales_order WHERE state = 'paid'")
    written = shop.rows("SELECT count(*), count(DISTINCT order_id) FROM talent_journal WHERE kind = 'sale'")
    return written == [f"{sold}|{sold}"]


def _stock_adds_up(shop: ClusterShop) -> None:
    wrong = (
        "SELECT s.variant_id FROM catalog_stock s LEFT JOIN (SELECT variant_id, sum(quantity) AS quantity FROM"
        " sales_order_line GROUP BY variant_id) sold USING (variant_id) LEFT JOIN (SELECT variant_id, sum(quantity)"
        " AS quantity FROM sales_hold WHERE state = 'held' GROUP BY variant_id) held USING (variant_id)"
        " WHERE s.sold <> coalesce(sold.quantity, 0) OR s.held <> coalesce(held.quantity, 0)"
        " OR s.held + s.sold > on_hand"
    )
    assert shop.rows(wrong) == []


def _log_has_no_gap(shop: ClusterShop, stage: Stage) -> None:
    numbered = (
        "SELECT room_id FROM room_entry WHERE seq IS NOT NULL GROUP BY room_id"
        " HAVING count(*) <> max(seq) OR min(seq) <> 1 OR count(DISTINCT seq) <> count(*)"
    )
    assert shop.rows(numbered) == []
    waiting = "SELECT count(*) FROM room_entry WHERE seq IS NULL"
    eventually(lambda: shop.number(waiting) == 0, within_s=15, what="numbers for everything in the log")
