"""What arrived of a return, and what did not."""

from datetime import datetime

import msgspec

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.principal import Principal
from shopcast.sales.errors import LineUnknown, NotThatMany, ReturnNotOpen
from shopcast.sales.fulfilment.notify import AfterMailKind
from shopcast.sales.fulfilment.ship_order import LINES_LIMIT, title_of
from shopcast.sales.returns import repository
from shopcast.sales.returns.decide_return import mail_about, sellers_return, told
from shopcast.sales.returns.model import Reception, ReturnState

# What a seller may report; the others follow from what else happens.
_REPORTED = frozenset({Reception.AWAITING, Reception.IN_TRANSIT, Reception.RECEIVED, Reception.LOST_IN_TRANSIT,
                       Reception.WRONG_ITEM})  # fmt: skip


class Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """`received` further units came; `reception` is what is known of the item now."""

    item_id: str
    received: int
    reception: Reception = Reception.RECEIVED


class ReceiveReturn(Command, frozen=True, kw_only=True):
    organisation_id: str
    return_id: str
    items: tuple[Arrived, ...]


def receive_return(tx: Tx, command: ReceiveReturn, by: Principal, now: datetime) -> None:
    """Raises ReturnNotOpen, NotThatMany (more than was announced), LineUnknown."""
    order, found = sellers_return(tx, command.organisation_id, command.return_id, by)
    if found.state is not ReturnState.APPROVED:
        raise ReturnNotOpen(state=found.state.value)
    if not 1 <= len(command.items) <= LINES_LIMIT or any(one.received < 0 for one in command.items):
        raise InvalidInput("items", "it is out of range")
    if any(one.reception not in _REPORTED for one in command.items):
        raise InvalidInput("reception", "it has the wrong form")
    items = {item.id: item for item in repository.items_of(tx, found.id)}
    for one in command.items:
        item = items.get(one.item_id)
        if item is None:
            raise LineUnknown()
        if not repository.receive(tx, item, one.received, one.reception):
            raise NotThatMany(title_of(tx, order.id, item.line_id), item.quantity - item.received)
    units = sum(one.received for one in command.items)
    tx.audit(by, "sales.receive_return", found.id, told(order, units=units))
    if units:
        mail_about(tx, order, found.id, AfterMailKind.RETURN_RECEIVED)
