"""Two sellers side by side: Mira with a show on air, and Otto, whose things lie in the same carts."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from tests.support.people import ADDRESS, Person
from tests.support.serve import Serve
from tests.support.stage import Market, Stage, links_in, mails_to
from tests.support.waiting import eventually

Json = Any
# Of Mira's and of Otto's parcels; every sum in the tests is made of these.
FIRST_MINOR, ADDITIONAL_MINOR, OTTO_FIRST_MINOR = 490, 100, 350


@dataclass(frozen=True)
class Thing:
    """A product made for one test, with its number on the shelf of Mira's show."""

    product: Json
    number: int | None
    item_id: str | None
    show_id: str | None

    def variant(self, name: str | None = None) -> str:
        """The id of the variant with this option value; the first without a name."""
        found = [one for one in self.product["variants"] if name is None or name in one["option_values"]]
        return str(found[0]["id"])

    def tap(self, name: str | None = None, quantity: int = 1, **more: Json) -> Json:
        """The body of tap one."""
        body = {"variant_id": self.variant(name), "quantity": quantity, "source": "list", **more}
        if self.item_id is None:
            return body
        return {"show_id": self.show_id, "item_id": self.item_id, **body, "source": more.get("source", "live")}


class Bazaar:
    """`mira` and `otto` own what they sell; `host` may run Mira's show and nothing else."""

    def __init__(self, serve: Serve) -> None:
        self.serve = serve
        market = Market(serve, empty=True)
        self.mira = market.seller
        self.otto = Person(serve).register("seller", "Otto", organisation_name="Otto's Mugs")
        self._set_policy(self.mira, FIRST_MINOR, ADDITIONAL_MINOR)
        self._set_policy(self.otto, OTTO_FIRST_MINOR, 0)
        self.stage = Stage(market, (), title="Market night")
        self.host = self._joined("Hanna", "assistant")

    def thing(self, title: str, price_minor: int, on_hand: int, *, sizes: tuple[str, ...] = ("",)) -> Thing:
        """On the shelf of Mira's show."""
        product = self._made(self.mira, title, price_minor, on_hand, sizes)
        shelf = self.stage.do("items", {"product_ids": [product["id"]]})["items"]
        card = next(item for item in shelf if item["product_id"] == product["id"])
        return Thing(product, card["number"], card["id"], self.stage.id)

    def ottos_thing(self, title: str, price_minor: int, on_hand: int) -> Thing:
        """In no show."""
        return Thing(self._made(self.otto, title, price_minor, on_hand, ("",)), None, None, None)

    def own(self, path: str = "", seller: Person | None = None) -> str:
        return f"/v1/organisations/{(seller or self.mira).organisation}{path}"

    def shopper(self, name: str = "Noor", token: str | None = "tok_approve", language: str = "en") -> Person:
        """Signed in, with an address, and a kept card unless told otherwise."""
        person = Person(self.serve, language=language).register("shopper", name)
        person.post("/v1/me/addresses", {**ADDRESS, "is_default": True})
        if token is not None:
            person.post("/v1/me/payment-methods", {"token": token}, moves=True)
        return person

    def method_of(self, person: Person) -> str:
        return str(person.get("/v1/me/payment-methods")["saved"][0]["id"])

    def bought(self, person: Person, thing: Thing, name: str | None = None, quantity: int = 1, **more: Json) -> Json:
        """The order, paid by now."""
        hold = person.post("/v1/holds", thing.tap(name, quantity), moves=True)
        given = {"address": ADDRESS, "email": person.email or f"guest.{secrets.token_hex(4)}@example.test"}
        paid = person.pay(hold, **{**given, **more})
        assert paid["state"] == "paid", paid
        return person.get(f"/v1/orders/{paid['order_id']}")

    def sold(self, order: Json, path: str = "", seller: Person | None = None) -> str:
        """Address of an order on its seller's side."""
        return self.own(f"/orders/{order['id']}{path}", seller)

    def shipped(self, order: Json, *, delivered: bool = True) -> Json:
        """Everything that is left, by DHL."""
        body = {"carrier": "DHL", "tracking_number": f"JD{secrets.randbelow(10**10):010d}"}
        parcel = self.mira.post(self.sold(order, "/shipments"), body, moves=True)
        if delivered:
            self.mira.post(self.sold(order, f"/shipments/{parcel['id']}/delivered"))
        return parcel

    def left(self, thing: Thing, name: str | None = None) -> int:
        """Units that can be bought now, as the seller's catalogue shows them."""
        product = self.mira.get(f"/v1/products/{thing.product['id']}")
        return int(next(one for one in product["variants"] if one["id"] == thing.variant(name))["left"])

    def _made(self, seller: Person, title: str, price_minor: int, on_hand: int, sizes: tuple[str, ...]) -> Json:
        named = sizes != ("",)
        body = {
            "title": title,
            "options": ["Size"] if named else [],
            "variants": [
                {"option_values": [size] if named else [], "price_minor": price_minor, "on_hand": on_hand}
                for size in sizes
            ],
        }
        return seller.post(self.own("/products", seller), body)

    def _set_policy(self, seller: Person, first_minor: int, additional_minor: int) -> None:
        zone = {"first_minor": first_minor, "additional_minor": additional_minor, "days_min": 1, "days_max": 3}
        body = {"ships_from": "DE", "tax_mode": "inclusive", "zones": [{"countries": ["DE", "AT"], **zone}]}
        seller.put(self.own("/selling-policy", seller), {**body, "terms": "Terms of the house, second edition."})

    def _joined(self, name: str, role: str) -> Person:
        person = Person(self.serve).register("shopper", name)
        self.mira.post(self.own("/invitations"), {"email": person.email, "role": role})

        def invitations() -> list[str]:
            links = [link for mail in mails_to(self.serve, person.email) for link in links_in(mail)]
            return [link for link in links if "?invitation=" in link]

        (link,) = eventually(invitations, what="the invitation")
        person.post(f"/v1/invitations/{link.partition('=')[2]}/accept")
        return person
