"""Whether what arrived is what was sold: per item, once. Accepted units go back on sale or are written off."""

from datetime import datetime

import msgspec

from shopcast import catalog, shows
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.principal import Principal
from shopcast.kernel.tables import to_microseconds
from shopcast.sales.errors import LineUnknown, NotReceivedYet, ReturnNotOpen
from shopcast.sales.events import ReturnAccepted
from shopcast.sales.fulfilment import repository as fulfilment
from shopcast.sales.fulfilment.notify import AfterMailKind
from shopcast.sales.fulfilment.ship_order import LINES_LIMIT
from shopcast.sales.orders import repository as orders
from shopcast.sales.orders.repository import Order
from shopcast.sales.returns import repository
from shopcast.sales.returns.close_return import close_if_settled
from shopcast.sales.returns.decide_return import mail_about, sellers_return, told
from shopcast.sales.returns.model import NOTE_LIMIT, Acceptance, Cause, ReturnState
from shopcast.sales.returns.repository import Item
from shopcast.sales.standing.serve_variant import serve_soon

# More than any price we know; only keeps a slip of the keyboard out of the sums.
WITHHELD_LIMIT_MINOR = 10**12


class Inspected(msgspec.Struct, frozen=True, kw_only=True):
    """Of the received units `accepted` are what was sold, and `restock` of them can be sold again. Units that are not
    accepted, or never came, are the buyer's again. `manual`: a person decides later, nothing moves."""

    item_id: str
    accepted: int
    restock: int
    withheld_minor: int = 0
    manual: bool = False
    cause: Cause | None = None
    answer: str = ""


class InspectReturn(Command, frozen=True, kw_only=True):
    organisation_id: str
    return_id: str
    items: tuple[Inspected, ...]


def inspect_return(tx: Tx, command: InspectReturn, by: Principal, now: datetime) -> None:
    """Raises ReturnNotOpen, NotReceivedYet (not there yet, or inspected before), LineUnknown, InvalidInput."""
    order, found = sellers_return(tx, command.organisation_id, command.return_id, by)
    if found.state is not ReturnState.APPROVED:
        raise ReturnNotOpen(state=found.state.value)
    if not 1 <= len(command.items) <= LINES_LIMIT or len({one.item_id for one in command.items}) < len(command.items):
        raise InvalidInput("items", "it is out of range")
    items = {item.id: item for item in repository.items_of(tx, found.id)}
    restock: dict[str, int] = {}
    causes: list[tuple[str, str, int]] = []
    for one in command.items:
        item = items.get(one.item_id)
        if item is None:
            raise LineUnknown()
        cause = _inspect(tx, item, one, now)
        if one.restock:
            restock[item.line_id] = restock.get(item.line_id, 0) + one.restock
        if one.accepted:
            causes.append((item.line_id, cause.value, one.accepted))
    _restock(tx, order, restock, now)
    tx.audit(by, "sales.inspect_return", found.id, told(order, accepted=sum(units for _, _, units in causes)))
    if causes:
        tx.record(
            ReturnAccepted(
                return_id=found.id,
                order_id=order.id,
                organisation_id=order.organisation_id,
                buyer_key=order.buyer_key,
                causes=tuple(causes),
                at=now,
            )
        )
    if not all(one.manual for one in command.items):
        mail_about(tx, order, found.id, AfterMailKind.RETURN_INSPECTED)
    close_if_settled(tx, found.id, now)


def _inspect(tx: Tx, item: Item, one: Inspected, now: datetime) -> Cause:
    cause = one.cause or item.cause
    if len(one.answer) > NOTE_LIMIT:
        raise InvalidInput("answer", "it is too long")
    if not 0 <= one.restock <= one.accepted or not 0 <= one.withheld_minor <= WITHHELD_LIMIT_MINOR:
        raise InvalidInput("restock", "it is out of range")
    if one.manual and one.accepted:
        raise InvalidInput("accepted", "it is out of range")
    if one.accepted > item.received or item.received == 0:
        raise NotReceivedYet()
    given_up = 0 if one.manual else item.open_units - one.accepted
    acceptance = Acceptance.MANUAL if one.manual else Acceptance.ACCEPTED if one.accepted else Acceptance.REJECTED
    kept = one.withheld_minor if one.accepted else 0
    if not repository.inspect(
        tx,
        item,
        accepted=one.accepted,
        restocked=one.restock,
        withheld_minor=kept,
        given_up=given_up,
        acceptance=acceptance,
        cause=cause,
        answer=one.answer.strip(),
        now_us=to_microseconds(now),
    ):
        raise NotReceivedYet()
    if given_up:
        fulfilment.let_go(tx, item.line_id, given_up)
    return cause


def _restock(tx: Tx, order: Order, units: dict[str, int], now: datetime) -> None:
    """What was written off stays counted as gone; it can't be sold again."""
    lines = [line for line in orders.lines_of(tx, order.id) if units.get(line.id)]
    back: dict[str, int] = {}
    for line in lines:
        # What was sent last is what came back.
        sent_instead = fulfilment.restock_replacements(tx, line.id, units[line.id])
        as_ordered = units[line.id] - sum(sent_instead.values())
        for variant_id, count in [*sent_instead.items(), (line.variant_id, as_ordered)]:
            if count:
                back[variant_id] = back.get(variant_id, 0) + count
    catalog.return_stock(tx, back)
    for variant_id in sorted(back):
        serve_soon(tx, variant_id)
    for show_id in sorted({line.show_id for line in lines if line.show_id is not None}):
        shows.stock_changed(tx, show_id, {line.product_id for line in lines if line.show_id == show_id}, now)
