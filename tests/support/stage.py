"""A seller with an imported catalogue, and shows of theirs with a numbered shelf, a key and an encoder."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from tests.support.encoder import WIDE, Published, publishing
from tests.support.people import Person
from tests.support.serve import Serve
from tests.support.waiting import eventually

Json = Any
CATALOGUES = Path(__file__).parents[1] / "data" / "catalogs"
# In the order of the shelf; number seven is the one that everybody asks for.
SHELF = (
    "copper-light",
    "clay-plant-pot",
    "cream-sofa",
    "white-bed-clothes",
    "vanilla-candle",
    "knitted-throw-pillows",
    "black-bean-bag",
    "bedside-table",
)
STOCK = 200


class Market:
    """One seller of a running shop; `seller` may do everything with its shows."""

    def __init__(self, serve: Serve, *, empty: bool = False) -> None:
        self.serve = serve
        self.seller = Person(serve).register("seller", "Mira", organisation_name="Lantern and Loom")
        legal = {"legal_identity": "Lantern and Loom GmbH, Beispielweg 7, 10115 Berlin"}
        self.seller.patch(f"/v1/organisations/{self.seller.organisation}", legal)
        self.products: dict[str, Json] = {}
        if not empty:
            self._fill()

    def _fill(self) -> None:
        self.seller.import_catalogue(CATALOGUES / "home-and-garden.csv")
        self.products = self.seller.products()
        for handle in SHELF:
            for variant in self.products[handle]["variants"]:
                self.seller.patch(f"/v1/variants/{variant['id']}", {"on_hand": STOCK})

    def stage(self, **more: Json) -> Stage:
        return Stage(self, **more)


class Stage:
    """One show, announced, with SHELF on its shelf and a stream key at hand."""

    def __init__(self, market: Market, handles: tuple[str, ...] = SHELF, **more: Json) -> None:
        self.market, self.serve, self.seller = market, market.serve, market.seller
        show = {"title": "An evening at home", "starts_at": "2030-01-01T18:00:00Z", **more}
        self.id: str = self.seller.post(f"/v1/organisations/{self.seller.organisation}/shows", show)["id"]
        self.path = f"/v1/shows/{self.id}"
        if handles:
            self.do("items", {"product_ids": [market.products[handle]["id"] for handle in handles]})
        self.do("schedule")
        self.new_key()

    def new_key(self) -> None:
        issued = self.do("stream-key")
        self.rtmp_url: str = issued["rtmp_url"]
        self.key: str = issued["key"]

    def do(self, verb: str, body: Json = None) -> Json:
        """A button of the console."""
        return self.seller.post(f"{self.path}/{verb}", body)

    def manage(self) -> Json:
        """What the console shows."""
        return self.seller.get(f"{self.path}/manage")

    def page(self, person: Person | None = None) -> Json:
        """What a page of the show is made from."""
        return (person or self.seller).get(self.path)

    def card(self, number: int) -> Json:
        return next(card for card in self.page()["items"] if card["number"] == number)

    def pin(self, number: int) -> str:
        moment: str = self.do("pin", {"number": number})["moment_id"]
        return moment

    def wait_for(self, *, state: str = "", stream: str = "", within_s: float = 15.0) -> None:
        def there() -> bool:
            now = self.manage()
            seen = (now["show"]["state"], now["stream"]["state"])
            assert state in ("", seen[0]), seen
            assert stream in ("", seen[1]), seen
            return True

        eventually(there, within_s=within_s, what=f"show {state or 'as it is'}, stream {stream or 'as it is'}")

    @contextlib.contextmanager
    def published(self, size: str = WIDE) -> Iterator[Published]:
        """An encoder that has arrived."""
        with publishing(self.rtmp_url, self.key, size) as published:
            self.wait_for(stream="ready")
            yield published

    @contextlib.contextmanager
    def live(self, size: str = WIDE) -> Iterator[Published]:
        with self.published(size) as published:
            self.do("go-live")
            yield published


def mails_to(serve: Serve, address: str) -> list[EmailMessage]:
    """Oldest first."""
    found = []
    for path in sorted((serve.data / "mail").glob("*.eml")):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        if address in str(mail["To"]):
            found.append(mail)
    return found


def links_in(mail: EmailMessage) -> list[str]:
    body = mail.get_body(("plain",))
    assert body is not None
    return re.findall(r"https?://\S+", body.get_content())
