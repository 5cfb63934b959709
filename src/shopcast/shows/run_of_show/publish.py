"""What the staff is told of the run of show: the cue that runs, and prices in scripts that are not the price."""

from datetime import datetime

from shopcast import catalog
from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.money import Money
from shopcast.shows.run_of_show.model import Cue, PriceWarning, price_warnings
from shopcast.shows.run_of_show.repository import cues_of
from shopcast.shows.schedule.model import Show
from shopcast.shows.shelf.repository import items_of
from shopcast.shows.timeline.kinds import STAFF_CUE, STAFF_WARNING
from shopcast.shows.timeline.say import say_to_staff

# A host can't read more beside a camera; all of them are on the page of the run of show.
WARNINGS_SAID = 10


def warnings_of(conn: ReadConnection, show_id: str) -> list[PriceWarning]:
    cues = [cue for cue in cues_of(conn, show_id) if cue.price_said is not None and cue.item_id is not None]
    if not cues:
        return []
    bound = {cue.item_id for cue in cues}
    items = [item for item in items_of(conn, show_id) if item.id in bound]
    variants = catalog.variants_of(conn, {item.product_id for item in items})
    prices = {
        item.id: [Money(variant.price_minor, variant.currency) for variant in variants[item.product_id]]
        for item in items
    }
    return price_warnings(cues, {item.id: item.number for item in items}, prices)


def say_warnings(tx: Tx, show: Show, now: datetime, only_item_id: str | None = None) -> None:
    for warning in warnings_of(tx, show.id)[:WARNINGS_SAID]:
        if only_item_id in (None, warning.item_id):
            say_to_staff(tx, show, STAFF_WARNING, {"code": "price_said", "params": warning_params(warning)}, now)


def warning_params(warning: PriceWarning) -> dict[str, object]:
    return {
        "cue_id": warning.cue_id,
        "item_id": warning.item_id,
        "number": warning.number,
        "said": {"amount_minor": warning.said.amount_minor, "currency": warning.said.currency},
        "prices": [{"amount_minor": price.amount_minor, "currency": price.currency} for price in warning.prices[:10]],
    }


def say_cue(tx: Tx, show: Show, cue: Cue | None, now: datetime) -> None:
    body: dict[str, object] = {"cue_id": cue.id if cue else None, "position": cue.position if cue else 0}
    say_to_staff(tx, show, STAFF_CUE, body, now)
