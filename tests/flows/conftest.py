"""Everything here runs against a real `shopcast serve` and real encoders."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from shopcast.kernel.clock import SystemClock
from tests.support.bazaar import Bazaar, Thing
from tests.support.fixtures import fresh_serve, guest, market, serve, stage
from tests.support.people import ADDRESS, Json, Person
from tests.support.serve import Serve

__all__ = ["fresh_serve", "guest", "market", "serve", "stage"]


@pytest.fixture(scope="session")
def bazaar(serve: Serve) -> Iterator[Bazaar]:
    """Two sellers, one of them on air until the end."""
    opened = Bazaar(serve)
    with opened.stage.live():
        yield opened


@dataclass
class Slow:
    """Begun at once, looked at in the end: a bank transfer takes twenty seconds, a price is corrected after a
    minute in which the seller may think better of it, a bank disputes after some seconds."""

    transfer: Json
    payer: Person
    transferred: Thing
    mistyped: Thing
    victims: list[tuple[Person, Json]]
    correction: Json
    disputed: Json


@pytest.fixture(scope="session")
def slow(bazaar: Bazaar) -> Slow:
    payer = Person(bazaar.serve)
    transferred = bazaar.thing("Oak bench", 12_000, 3)
    hold = payer.post("/v1/holds", transferred.tap(), moves=True)
    transfer = payer.pay(hold, token="tok_bank", email="payer@example.test", address=ADDRESS)
    began = SystemClock().now()
    mistyped = bazaar.thing("Down quilt", 199, 10)
    victims = []
    for name in ("Vera", "Viktor"):
        victim = bazaar.shopper(name)
        victims.append((victim, bazaar.bought(victim, mistyped, quantity=2)))
    correction = bazaar.mira.post(
        bazaar.own("/price-mistakes"),
        {
            "show_id": bazaar.stage.id,
            "item_id": mistyped.item_id,
            "variant_id": mistyped.variant(),
            "wrong_price_minor": 199,
            "from_at": (began - timedelta(minutes=1)).isoformat(),
            "to_at": SystemClock().now().isoformat(),
            "remedy": "refund",
        },
        moves=True,
    )
    return Slow(transfer, payer, transferred, mistyped, victims, correction, _disputed(bazaar))


def _disputed(bazaar: Bazaar) -> Json:
    """Bought while it was shown, sent, arrived, and then disputed by the buyer's bank."""
    thing = bazaar.thing("Brass mirror", 8_900, 2)
    bazaar.mira.patch(f"{bazaar.stage.path}/items/{thing.item_id}", {"claim": "Solid brass"})
    assert thing.number is not None
    bazaar.stage.pin(thing.number)
    buyer = Person(bazaar.serve)
    now_ms = round(SystemClock().now().timestamp() * 1000)
    hold = buyer.post("/v1/holds", thing.tap(media_at_ms=now_ms, opened_at_ms=now_ms), moves=True)
    paid = buyer.pay(hold, token="tok_dispute", email="disputes@example.test", address=ADDRESS)
    order = buyer.get(f"/v1/orders/{paid['order_id']}")
    parcel = bazaar.shipped(order)
    return {**order, "parcel": parcel}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.media)
