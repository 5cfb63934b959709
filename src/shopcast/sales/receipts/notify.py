"""Names and payloads of the mails sales sends; transactions queue them, receipts.mail writes them."""

from enum import StrEnum

import msgspec

MAIL_JOB = "sales.mail_order"
RETURNED_JOB = "sales.mail_payment_returned"


class MailKind(StrEnum):
    PAID = "paid"
    # The money is on its way and may take days.
    PLACED = "placed"
    # It never came.
    UNPAID = "unpaid"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    # The buyer lost the first mail and asked the seller.
    LINK = "link"


class OrderMail(msgspec.Struct, frozen=True):
    order_id: str
    kind: MailKind


class PaymentReturned(msgspec.Struct, frozen=True):
    """Money came in that could not become an order."""

    checkout_id: str
    reason: str
