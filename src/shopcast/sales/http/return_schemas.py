"""What returns read and write over HTTP."""

import msgspec

from shopcast.sales.returns.model import Approval, Cause, Reception


class ReturnLineRequest(msgspec.Struct, frozen=True, kw_only=True):
    line_id: str
    quantity: int
    cause: Cause
    note: str = ""


class ReturnRequest(msgspec.Struct, frozen=True, kw_only=True):
    lines: list[ReturnLineRequest]
    note: str = ""


class WithdrawalLine(msgspec.Struct, frozen=True, kw_only=True):
    line_id: str
    quantity: int


class WithdrawalRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Without `lines`: from the whole order. What was not sent yet is cancelled and paid back at once."""

    lines: list[WithdrawalLine] | None = None


class WithdrawalAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`return_id` is None when nothing had been sent; `cancelled_units` were paid back at once."""

    order_id: str
    return_id: str | None
    cancelled_units: int


class DecisionRequest(msgspec.Struct, frozen=True, kw_only=True):
    answer: str = ""


class ReturnLabelRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Of the parcel back; empty numbers only print the label of our own."""

    carrier: str = ""
    tracking_number: str = ""
    tracking_url: str | None = None


class ReceivedItem(msgspec.Struct, frozen=True, kw_only=True):
    """`received` units of the item arrived. `reception` says what is known of the others: awaiting, in_transit,
    lost_in_transit or wrong_item; received when there are none."""

    item_id: str
    received: int
    reception: Reception = Reception.RECEIVED


class ReceiveRequest(msgspec.Struct, frozen=True, kw_only=True):
    items: list[ReceivedItem]


class InspectedItem(msgspec.Struct, frozen=True, kw_only=True):
    """Of the received units `accepted` are what was sold, `restock` of them can be sold again and the other accepted
    ones are written off. `withheld_minor` is kept from their refund, for wear or damage by the buyer. `manual` leaves
    it to a person. `cause` puts right what the buyer chose."""

    item_id: str
    accepted: int
    restock: int
    withheld_minor: int = 0
    manual: bool = False
    cause: Cause | None = None
    answer: str = ""


class InspectRequest(msgspec.Struct, frozen=True, kw_only=True):
    items: list[InspectedItem]


class RefundReturnRequest(msgspec.Struct, frozen=True, kw_only=True):
    """`refund_shipping` None leaves it to the rules."""

    refund_shipping: bool | None = None


class ExchangeRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Accepted units of an item for another variant of the same seller."""

    item_id: str
    variant_id: str
    quantity: int


class ExchangeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`refund_minor` is the rest that goes back; with `to_pay_minor` a hold of the new variant waits for the buyer."""

    return_id: str
    refund_minor: int
    to_pay_minor: int
    currency: str
    hold_id: str | None


class ReturnRulesRequest(msgspec.Struct, frozen=True, kw_only=True):
    approval: Approval
    address: str = ""
