"""Names and payloads of the mails about what happens after buying; transactions queue them, `mail` writes them."""

from enum import StrEnum

import msgspec

AFTER_MAIL_JOB = "sales.mail_after"


class AfterMailKind(StrEnum):
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    LINES_CANCELLED = "lines_cancelled"
    WITHDRAWAL = "withdrawal"
    RETURN_REQUESTED = "return_requested"
    RETURN_APPROVED = "return_approved"
    RETURN_REJECTED = "return_rejected"
    RETURN_RECEIVED = "return_received"
    RETURN_INSPECTED = "return_inspected"
    EXCHANGED = "exchanged"
    EXCHANGE_TO_PAY = "exchange_to_pay"
    PRICE_HONOURED = "price_honoured"
    PRICE_REFUNDED = "price_refunded"


class AfterMail(msgspec.Struct, frozen=True):
    """`subject_id` is the shipment, the return or the hold it is about; the order itself where there is none."""

    order_id: str
    kind: AfterMailKind
    subject_id: str
