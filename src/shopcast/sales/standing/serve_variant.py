"""Serves the queue of one variant: who waits longest and takes the price gets the hold. Strictly in order, because
choosing and taking are one transaction; bounded, because each takes a few and a job goes on."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import msgspec

from shopcast import catalog, shows
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Forbidden, NotFound, ShopcastError
from shopcast.kernel.jobs import JobContext
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.kernel.tables import to_microseconds
from shopcast.sales.drops.queries import price_now
from shopcast.sales.errors import NotForSale
from shopcast.sales.holds.model import HoldView, Source
from shopcast.sales.holds.place_for import place_for
from shopcast.sales.holds.place_hold import PlaceHold
from shopcast.sales.restrictions.check import require_unrestricted
from shopcast.sales.restrictions.errors import Restricted
from shopcast.sales.standing import repository
from shopcast.sales.standing.end_standing import MAIL_JOB, StandingMail, fail_waiting
from shopcast.sales.standing.model import PASSED_OVER_FOR, TURN
from shopcast.sales.standing.repository import Place, StandingOrder

SERVE_JOB: Final = "sales.serve_standing"
BUY_JOB: Final = "sales.buy_standing"
TURN_FRAME: Final = "waitlist.turn"
# A hold with its news costs the writer a millisecond; five leave three quarters of its 20 ms to others.
SERVED_AT_ONCE: Final = 5
# Two thousand people served by one delivery; should more wait, the last action queues the job again.
ROUNDS_LIMIT: Final = 400


class ServeDue(msgspec.Struct, frozen=True):
    variant_id: str


class BuyDue(msgspec.Struct, frozen=True):
    """One purchase of what this very hold has; another hold is another purchase."""

    standing_id: str
    hold_id: str


class ServeVariant(Command, frozen=True, kw_only=True):
    """Serves the next few; tells how many were looked at, 0 when nobody can be served now."""

    variant_id: str


def serve_soon(tx: Tx, variant_id: str) -> None:
    """Price or stock moved: if somebody waits, a job looks who is next."""
    if repository.is_waited_for(tx, variant_id):
        tx.enqueue(SERVE_JOB, ServeDue(variant_id), key=variant_id)


def serve_variant(tx: Tx, command: ServeVariant, by: Principal, now: datetime) -> int:
    if not by.system:
        raise Forbidden()
    queue = _Queue(tx, command.variant_id, now)
    for looked_at in range(SERVED_AT_ONCE):
        chosen = queue.next()
        if chosen is None:
            return looked_at
        queue.serve(*chosen)
    return SERVED_AT_ONCE


async def serve_due(context: JobContext, payload: ServeDue) -> None:
    for _ in range(ROUNDS_LIMIT):
        if await context.actions.run(ServeVariant(variant_id=payload.variant_id), SYSTEM) < SERVED_AT_ONCE:
            return


@dataclass(slots=True)
class _Queue:
    """One variant's queue for the length of one action. `most` is how many pieces a place could still give."""

    tx: Tx
    variant_id: str
    now: datetime
    most: dict[Place, int] = field(default_factory=dict)

    def next(self) -> tuple[StandingOrder, int] | None:
        """The first of all places in order of time, with the price it would pay."""
        try:
            variant = catalog.variant(self.tx, self.variant_id)
        except NotFound:
            return None
        if variant.product_status != "active":
            return None
        found: list[tuple[StandingOrder, int]] = []
        for place in repository.places(self.tx, self.variant_id):
            price_minor = price_now(self.tx, place.show_id, variant.id, self.now).amount_minor
            left = catalog.left_for(self.tx, variant.id, place.show_id)
            most = min(self.most.get(place, left), left)
            if most <= 0:
                continue
            first = repository.first_waiting(
                self.tx, self.variant_id, place, price_minor, most, self.now, self.now - PASSED_OVER_FOR
            )
            if first is not None:
                found.append((first, price_minor))
        return min(found, key=lambda one: (one[0].placed_at, one[0].id), default=None)

    def serve(self, one: StandingOrder, price_minor: int) -> None:
        """A refused hold has changed nothing, so the queue can go on with the next."""
        try:
            require_unrestricted(self.tx, one.buyer_key, one.organisation_id, "hold")
            hold = self._hold(one, price_minor)
        except (catalog.SoldOut, NotForSale):
            # Nobody at this place can have as many; who wants fewer may still.
            self.most[Place(one.show_id, one.item_id)] = one.quantity - 1
        except Restricted as refusal:
            fail_waiting(self.tx, one, refusal.code, self.now)
        except ShopcastError:
            # Too many holds open, the drop's limit reached: their place stays, others go first for a moment.
            repository.pass_over(self.tx, one.id, self.now)
            again = self.now + PASSED_OVER_FOR + timedelta(seconds=1)
            key = f"{self.variant_id}:{to_microseconds(again) // 1_000_000}"
            self.tx.enqueue(SERVE_JOB, ServeDue(self.variant_id), run_at=again, key=key)
        else:
            self._take(one, hold)

    def _hold(self, one: StandingOrder, price_minor: int) -> HoldView:
        command = PlaceHold(
            show_id=one.show_id,
            item_id=one.item_id,
            variant_id=one.variant_id,
            quantity=one.quantity,
            source=Source.STANDING,
            opened_at=one.placed_at,
            price_seen_minor=price_minor,
        )
        lifetime = TURN if one.mandate_id is None else None
        return place_for(self.tx, one.buyer_key, command, self.now, Source.STANDING, lifetime=lifetime)

    def _take(self, one: StandingOrder, hold: HoldView) -> None:
        if not repository.take(self.tx, one.id, hold.id, self.now):
            raise RuntimeError(f"standing order {one.id} changed within its own transaction")
        if one.mandate_id is not None:
            self.tx.enqueue(BUY_JOB, BuyDue(one.id, hold.id), key=f"{one.id}:{hold.id}")
            return
        if one.show_id is not None:
            shows.tell_buyer(self.tx, one.show_id, one.buyer_key, TURN_FRAME, _turn(one, hold), self.now)
        if one.email is not None:
            self.tx.enqueue(MAIL_JOB, StandingMail(one.id, "turn"), key=f"{one.id}:turn")


def pay_path(show_id: str | None, hold_id: str) -> str:
    return "/cart" if show_id is None else f"/shows/{show_id}?hold={hold_id}"


def _turn(one: StandingOrder, hold: HoldView) -> dict[str, object]:
    return {
        "standing_id": one.id,
        "hold_id": hold.id,
        "item_id": one.item_id,
        "number": one.item_number,
        "title": one.title,
        "quantity": one.quantity,
        "price": hold.price.amount_minor,
        "currency": hold.price.currency,
        "expires_at_ms": to_microseconds(hold.expires_at) // 1000,
        "pay_path": pay_path(one.show_id, hold.id),
    }
