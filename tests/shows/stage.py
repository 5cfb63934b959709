"""A seller with goods and a show, an encoder that comes and goes, viewers, and the room's log as it stands."""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from shopcast import catalog, media, shows
from shopcast.kernel.actions import ActionSpec, Command, Tx
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.media import EngineFact, RecordFact
from shopcast.rooms import SpokenLine
from shopcast.rooms.log.lease_room import LeaseRoom
from shopcast.rooms.log.sequence_room import SequenceRoom
from tests.factories.tenancy import Shop, Visitor


class TakeStock(Command, frozen=True, kw_only=True):
    """What sales does to an item: stock first, then the room is told. A negative quantity is given back."""

    show_id: str
    variant_id: str
    quantity: int


def take_stock(tx: Tx, command: TakeStock, by: Principal, now: datetime) -> None:
    if command.quantity > 0:
        catalog.hold_stock(tx, {command.variant_id: command.quantity})
    else:
        catalog.release_stock(tx, {command.variant_id: -command.quantity})
    shows.stock_changed(tx, command.show_id, [catalog.variant(tx, command.variant_id).product_id], now)


TAKE_STOCK = ActionSpec("test.take_stock", TakeStock, take_stock)
PRODUCTS = ("Scarf", "Lamp", "Bowl", "Kettle")


@dataclass
class Stage:
    """One seller's shop and one show of it."""

    shop: Shop
    owner: Visitor
    products: dict[str, dict[str, Any]]
    show: dict[str, Any]
    items: dict[int, str] = field(default_factory=dict)
    facts: int = 0
    epoch: int = 0

    @property
    def show_id(self) -> str:
        return str(self.show["id"])

    @property
    def path(self) -> str:
        return f"/v1/shows/{self.show_id}"

    @property
    def now(self) -> datetime:
        return self.shop.backend.clock.now()

    @property
    def now_ms(self) -> int:
        return media.epoch_ms(self.now)

    def advance(self, seconds: float) -> None:
        self.shop.backend.advance(seconds=seconds)

    def settle(self) -> None:
        """Events are delivered and due jobs are run."""
        self.shop.backend.drain()
        self.shop.run_jobs()

    def do(self, verb: str, body: Any = None, by: Visitor | None = None) -> dict[str, Any]:
        """A POST of the console that must work."""
        answer = (by or self.owner).post(f"{self.path}/{verb}", body)
        assert answer.status_code < 300, answer.text
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found

    def refused(self, verb: str, body: Any = None, by: Visitor | None = None) -> tuple[int, str]:
        answer = (by or self.owner).post(f"{self.path}/{verb}", body)
        assert answer.status_code >= 400, answer.text
        return answer.status_code, answer.json()["code"]

    def page(self, by: Visitor | None = None) -> dict[str, Any]:
        answer = (by or self.owner).get(self.path)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def manage(self) -> dict[str, Any]:
        answer = self.owner.get(f"{self.path}/manage")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def state(self) -> str:
        return str(self.manage()["show"]["state"])

    def add(self, *titles: str) -> list[int]:
        """Puts products on the shelf and returns their numbers."""
        body = {"product_ids": [self.products[title]["id"] for title in titles]}
        added = self.do("items", body)["items"]
        self.items.update({item["number"]: item["id"] for item in added})
        return [item["number"] for item in added]

    def picture(self, width: int = 1280, height: int = 720) -> None:
        """The encoder begins to publish: a new epoch."""
        self.epoch += 1
        self._fact("ready", epoch=self.epoch, width=width, height=height, started_at_ms=self.now_ms)

    def no_picture(self, epoch: int | None = None) -> None:
        self._fact("lost", epoch=epoch or self.epoch, ended_at_ms=self.now_ms, reason="closed")

    def advice(self, code: str) -> None:
        self._fact("warning", code=code, parameters={"gop_s": "10"})

    def _fact(self, kind: str, **fields: Any) -> None:
        self.facts += 1
        fact = EngineFact(kind=kind, broadcast_id=self.show["broadcast_id"], at_ms=self.now_ms, **fields)
        self.shop.backend.run(RecordFact(engine="one", number=self.facts, fact=fact), SYSTEM)
        self.settle()

    def live(self) -> "Stage":
        """On air, with a few seconds of preview before."""
        self.picture()
        self.advance(5)
        self.do("go-live")
        self.settle()
        return self

    def pin(self, number: int) -> str:
        moment = str(self.do("pin", {"number": number})["moment_id"])
        self.settle()
        return moment

    def unpin(self) -> None:
        self.do("unpin")
        self.settle()

    def say(self, person_key: str, text: str, name: str = "Ann") -> None:
        """A chat line, numbered as the sequencer does, and heard."""
        self.say_all([person_key], text, name)

    def say_all(self, person_keys: list[str], text: str, name: str = "Ann") -> None:
        """Each of them says it, within one tick."""
        lease = self.shop.backend.run(LeaseRoom(room_id=self.show["room_id"], holder="test:1"), SYSTEM)
        lines = tuple(
            SpokenLine(entry_id=new_id("ent"), person_key=person_key, name=name, role="viewer", text=text)
            for person_key in person_keys
        )
        self.shop.backend.run(
            SequenceRoom(room_id=self.show["room_id"], holder="test:1", epoch=lease.epoch, chat_lines=lines), SYSTEM
        )
        self.shop.backend.drain()

    def entries(self, kind: str, audience: str = "all") -> list[dict[str, Any]]:
        """The bodies of one kind in the room's log, in order."""
        rows = self.shop.backend.rows(
            "SELECT body FROM room_entry WHERE room_id = ? AND kind = ? AND audience = ? ORDER BY arrival",
            self.show["room_id"],
            kind,
            audience,
        )
        return [json.loads(body) for (body,) in rows]

    def private(self, person_key: str) -> list[tuple[str, dict[str, Any]]]:
        rows = self.shop.backend.rows(
            "SELECT kind, body FROM room_private WHERE room_id = ? AND person_key = ? ORDER BY pseq",
            self.show["room_id"],
            person_key,
        )
        return [(kind, json.loads(body)) for kind, body in rows]

    def instructions(self) -> list[dict[str, Any]]:
        """What the engine is told of this broadcast, in order."""
        rows = self.shop.backend.rows(
            "SELECT body FROM media_instruction WHERE broadcast_id = ? ORDER BY id", self.show["broadcast_id"]
        )
        return [json.loads(body) for (body,) in rows]

    def marks(self, mark_class: str) -> list[dict[str, str]]:
        return [
            instruction["attributes"]
            for instruction in self.instructions()
            if instruction.get("mark_class") == mark_class
        ]

    def variant(self, title: str) -> dict[str, Any]:
        found: dict[str, Any] = self.products[title]["variants"][0]
        return found

    def change_variant(self, title: str, **changes: Any) -> None:
        answer = self.owner.patch(f"/v1/variants/{self.variant(title)['id']}", changes)
        assert answer.status_code == 200, answer.text
        self.settle()

    def take(self, title: str, quantity: int, place: int = 0) -> None:
        """Somebody holds so many of a variant, or gives them back."""
        variant_id = self.products[title]["variants"][place]["id"]
        self.shop.backend.run(TakeStock(show_id=self.show_id, variant_id=variant_id, quantity=quantity))

    def lefts(self, title: str) -> dict[str, int]:
        """What the catalogue has left, by variant."""
        ids = [variant["id"] for variant in self.products[title]["variants"]]
        return self.shop.backend.read(catalog.stock_left, ids)

    def join(self, name: str, role: str) -> Visitor:
        """Somebody who has accepted an invitation to the seller's organisation."""
        visitor = self.shop.registered(name, account="shopper")
        path = f"/v1/organisations/{self.owner.organisation_id}/invitations"
        assert self.owner.post(path, {"email": f"{name}@example.com", "role": role}).status_code == 201
        self.shop.run_jobs()
        # Other mails go out with it, in any order.
        tokens = [found[1] for mail in self.shop.mail.sent if (found := re.search(r"invitation=([\w-]+)", mail.text))]
        assert visitor.post(f"/v1/invitations/{tokens[-1]}/accept").status_code == 200
        return visitor


def open_stage(shop: Shop, **show: Any) -> Stage:
    """A seller, four products of two sizes, and a scheduled show without anything on its shelf."""
    owner = shop.registered("anna")
    products = {title: _product(owner, place, title) for place, title in enumerate(PRODUCTS)}
    starts_at = shop.backend.clock.now() + timedelta(hours=1)
    body = {"title": "Slow season", "starts_at": starts_at.isoformat(), "time_zone": "Europe/Berlin", **show}
    answer = owner.post(f"/v1/organisations/{owner.organisation_id}/shows", body)
    assert answer.status_code == 201, answer.text
    stage = Stage(shop, owner, products, answer.json())
    if body["starts_at"] is not None:
        stage.do("schedule")
    return stage


def _product(owner: Visitor, place: int, title: str) -> dict[str, Any]:
    answer = owner.post(
        f"/v1/organisations/{owner.organisation_id}/products",
        {
            "title": title,
            "options": ["Size"],
            "variants": [
                {"option_values": ["M"], "price_minor": 1000 + 100 * place, "on_hand": 10},
                {"option_values": ["L"], "price_minor": 1200 + 100 * place, "on_hand": 5},
            ],
        },
    )
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found
