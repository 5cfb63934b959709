"""What tests of standing orders, subscriptions, comments and restrictions are set up with: people with a kept card."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from shopcast import rooms
from shopcast.catalog import ChangeVariant
from shopcast.kernel.ids import new_id
from tests.factories.tenancy import PASSWORD, Visitor
from tests.sales.support import ADDRESS, SaleShop


def keyed() -> dict[str, str]:
    return {"Idempotency-Key": new_id("key")}


@dataclass
class Plans:
    """One shop with verbs in the words of these tests."""

    sale: SaleShop
    people: list[Visitor] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return self.sale.backend.clock.now()

    def shopper(self, name: str, token: str = "tok_approve") -> Visitor:
        """Somebody signed in, with an address and a kept card."""
        visitor = self.sale.shop.registered(name, "shopper")
        answer = visitor.post("/v1/me/addresses", {**ADDRESS, "is_default": True})
        assert answer.status_code == 201, answer.text
        self.keep_card(visitor, token)
        self.people.append(visitor)
        return visitor

    def sign_in_again(self) -> None:
        """Everybody, after more time than a session lasts."""
        for visitor in self.people:
            credentials = {"email": visitor.me["person"]["email"], "password": PASSWORD}
            assert visitor.post("/v1/login", credentials).status_code == 200

    def keep_card(self, visitor: Visitor, token: str = "tok_approve") -> str:
        answer = visitor.post("/v1/me/payment-methods", {"token": token}, headers=keyed())
        assert answer.status_code == 200, answer.text
        return self.card(visitor)

    def card(self, visitor: Visitor) -> str:
        return str(visitor.get("/v1/me/payment-methods").json()["saved"][0]["id"])

    def wish(self, variant: int = 0, **changes: Any) -> dict[str, Any]:
        until = self.now + changes.pop("lasts", timedelta(hours=2))
        return {
            "kind": "price",
            "show_id": self.sale.show_id,
            "item_id": self.sale.items[0 if variant < 2 else 1],
            "variant_id": self.sale.variants[variant],
            "quantity": 1,
            "max_price_minor": 2000,
            "currency": "EUR",
            "until": until.isoformat(),
            **changes,
        }

    def preview(self, visitor: Visitor, wish: dict[str, Any]) -> httpx.Response:
        return visitor.post("/v1/standing-orders/preview", wish)

    def place(self, visitor: Visitor, wish: dict[str, Any], **changes: Any) -> httpx.Response:
        """On the words of the preview, as a page does."""
        text = ""
        if wish.get("with_mandate", True):
            seen = self.preview(visitor, wish)
            text = seen.json().get("consent_text", "")
        body = {"wish": wish, "consent_text": text, **changes}
        if wish.get("with_mandate", True) and "payment_method_id" not in changes:
            body["payment_method_id"] = self.card(visitor)
        return visitor.post("/v1/standing-orders", body, headers=keyed())

    def placed(self, visitor: Visitor, wish: dict[str, Any], **changes: Any) -> str:
        answer = self.place(visitor, wish, **changes)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def standing(self, visitor: Visitor, standing_id: str) -> dict[str, Any]:
        found = visitor.get("/v1/standing-orders").json()["items"]
        one: dict[str, Any] = next(item for item in found if item["id"] == standing_id)
        return one

    def price(self, minor: int, variant: int = 0) -> None:
        self.sale.backend.run(
            ChangeVariant(variant_id=self.sale.variants[variant], price_minor=minor), self.sale.owner()
        )
        self.settle()

    def left(self, left: int, variant: int = 0) -> None:
        self.sale.backend.run(ChangeVariant(variant_id=self.sale.variants[variant], left=left), self.sale.owner())
        self.settle()

    def settle(self) -> None:
        """Events, the jobs they queue, the events of those, until all is quiet."""
        self.sale.backend.drain()
        for _ in range(6):
            self.sale.run_jobs()

    def wait(self, **amount: float) -> None:
        self.sale.backend.advance(**amount)
        self.settle()

    def frames(self, visitor: Visitor, kind: str | None = None) -> list[dict[str, Any]]:
        """Private frames this person got in the show's room."""
        key = visitor.me["person"]["id"] if visitor.me else self.guest_key(visitor)
        rows = self.sale.backend.rows("SELECT kind, body FROM room_private WHERE person_key = ? ORDER BY pseq", key)
        return [{"kind": row[0], **json.loads(row[1])} for row in rows if kind in (None, row[0])]

    def say(self, visitor: Visitor, text: str) -> None:
        """Into the show's chat, as the room's sequencer numbers it."""
        key = visitor.me["person"]["id"] if visitor.me else self.guest_key(visitor)
        backend = self.sale.backend
        room_id = str(backend.rows("SELECT room_id FROM shows_show WHERE id = ?", self.sale.show_id)[0][0])
        lease = backend.run(rooms.LeaseRoom(room_id=room_id, holder="test:1"))
        line = rooms.SpokenLine(entry_id=new_id("ent"), person_key=key, name="Somebody", role="viewer", text=text)
        backend.run(rooms.SequenceRoom(room_id=room_id, holder="test:1", epoch=lease.epoch, chat_lines=(line,)))
        self.settle()

    def guest_key(self, visitor: Visitor) -> str:
        visitor.get("/v1/me")
        return visitor.cookies["shopcast_guest"].split(".")[0].strip('"')

    def mails(self, to: str) -> list[str]:
        return [mail.subject for mail in self.sale.shop.mail.sent if mail.to == to]

    def mail(self, to: str, word: str) -> str:
        """The text of the newest mail to somebody whose subject has the word."""
        found = [mail for mail in self.sale.shop.mail.sent if mail.to == to and word in mail.subject]
        assert found, self.mails(to)
        return found[-1].text
