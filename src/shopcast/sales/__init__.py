"""Sales: holds, checkout, payments, orders, receipts. The names others may use are listed here."""

from shopcast.kernel.actions import ActionSpec
from shopcast.kernel.jobs import JobSpec, Periodic
from shopcast.sales.allocations.set_allocations import AllocationLine, SetAllocations, set_allocations
from shopcast.sales.checkout.address import PostalAddress
from shopcast.sales.checkout.model import CheckoutStarted, CheckoutState, CheckoutView
from shopcast.sales.checkout.queries import checkout_view
from shopcast.sales.checkout.start_checkout import (
    RESOLVE_JOB,
    ResolvePayment,
    RetryPayment,
    StartCheckout,
    retry_payment,
    start_checkout,
)
from shopcast.sales.drops.model import Drop, DropState
from shopcast.sales.drops.plan_drop import CancelDrop, ChangeDrop, PlanDrop, cancel_drop, change_drop, plan_drop
from shopcast.sales.drops.publish import (
    ADVANCE_JOB,
    PUBLISH_JOB,
    AdvanceDrop,
    DropDue,
    PublishDrop,
    advance_drop,
    advance_when_due,
    publish_drop,
    publish_when_due,
)
from shopcast.sales.drops.run_drop import EndDrop, LowerDrop, StartDrop, end_drop, lower_drop, start_drop
from shopcast.sales.errors import PaymentsAway, WebhookRefused
from shopcast.sales.events import (
    DropEnded,
    DropOpened,
    HoldPlaced,
    HoldReleased,
    OrderCancelled,
    OrderLineTold,
    OrderPaid,
    OrderPlaced,
    OrderRefunded,
    OrderRefundFailed,
)
from shopcast.sales.holds.model import HoldState, HoldView, Source
from shopcast.sales.holds.place_hold import EXPIRE_JOB, ExpireDue, PlaceHold, place_hold, place_holds
from shopcast.sales.holds.queries import hold_view, open_holds
from shopcast.sales.holds.release import (
    ExpireHolds,
    ReleaseHold,
    expire_due_holds,
    expire_holds,
    release_hold,
    sweep_holds,
)
from shopcast.sales.orders.change_order import (
    CancelOrder,
    ChangeOrderAddress,
    PackOrder,
    RefundOrder,
    cancel_order,
    change_order_address,
    pack_order,
    refund_order,
)
from shopcast.sales.orders.model import OrderRow, OrderState, OrderView
from shopcast.sales.orders.queries import order_for_buyer, order_for_seller, orders_of_buyer, orders_of_seller
from shopcast.sales.orders.resend_order_link import ResendOrderLink, resend_order_link
from shopcast.sales.payments.call_provider import (
    MarkAsked,
    charge,
    mark_asked,
    resolve_overdue,
    resolve_payment,
    send_refund,
)
from shopcast.sales.payments.methods import RemovePaymentMethod, remove_payment_method
from shopcast.sales.payments.model import EventKind, PaymentEvent
from shopcast.sales.payments.record_payment import RecordPayment, record_payment
from shopcast.sales.payments.refunds import SEND_REFUND_JOB, SendRefund
from shopcast.sales.payments.webhooks import ReceiveWebhook, receive_webhook
from shopcast.sales.policies.model import SellingPolicy, ShippingZone, TaxMode
from shopcast.sales.policies.set_selling_policy import SetSellingPolicy, set_selling_policy
from shopcast.sales.ports import (
    ChargeRequest,
    MethodReference,
    MethodToken,
    OfferedMethod,
    PaymentProvider,
    PaymentProviders,
    ProviderAnswer,
    ProviderUnreachable,
    SavedMethod,
    WebhookDelivery,
)
from shopcast.sales.quotes.model import Quote, Totals
from shopcast.sales.quotes.queries import quote_variant
from shopcast.sales.reactions import SUBSCRIPTIONS
from shopcast.sales.receipts.mail import mail_order, mail_payment_returned
from shopcast.sales.receipts.notify import MAIL_JOB, RETURNED_JOB, OrderMail, PaymentReturned

# How late stock may come back when a job was lost: the keyed jobs are exact, this is the net below them.
_SWEEP_EVERY_S = 15.0
# An unanswered payment is asked about about this often.
_RESOLVE_EVERY_S = 20.0

ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("sales.place_hold", PlaceHold, place_hold, HoldView, place_holds, moves_stock_or_money=True),
    ActionSpec("sales.release_hold", ReleaseHold, release_hold, HoldView),
    ActionSpec("sales.expire_holds", ExpireHolds, expire_holds, int),
    ActionSpec("sales.set_allocations", SetAllocations, set_allocations),
    ActionSpec("sales.plan_drop", PlanDrop, plan_drop, Drop),
    ActionSpec("sales.change_drop", ChangeDrop, change_drop, Drop),
    ActionSpec("sales.cancel_drop", CancelDrop, cancel_drop),
    ActionSpec("sales.start_drop", StartDrop, start_drop, Drop),
    ActionSpec("sales.lower_drop", LowerDrop, lower_drop, Drop),
    ActionSpec("sales.end_drop", EndDrop, end_drop, Drop),
    ActionSpec("sales.advance_drop", AdvanceDrop, advance_drop),
    ActionSpec("sales.publish_drop", PublishDrop, publish_drop),
    ActionSpec("sales.start_checkout", StartCheckout, start_checkout, CheckoutStarted, moves_stock_or_money=True),
    ActionSpec("sales.retry_payment", RetryPayment, retry_payment, CheckoutStarted, moves_stock_or_money=True),
    ActionSpec("sales.record_payment", RecordPayment, record_payment),
    ActionSpec("sales.mark_asked", MarkAsked, mark_asked),
    ActionSpec("sales.receive_webhook", ReceiveWebhook, receive_webhook, bool),
    ActionSpec("sales.remove_payment_method", RemovePaymentMethod, remove_payment_method),
    ActionSpec("sales.cancel_order", CancelOrder, cancel_order, moves_stock_or_money=True),
    ActionSpec("sales.change_order_address", ChangeOrderAddress, change_order_address),
    ActionSpec("sales.refund_order", RefundOrder, refund_order, moves_stock_or_money=True),
    ActionSpec("sales.pack_order", PackOrder, pack_order),
    ActionSpec("sales.resend_order_link", ResendOrderLink, resend_order_link),
    ActionSpec("sales.set_selling_policy", SetSellingPolicy, set_selling_policy, SellingPolicy),
)

JOBS: tuple[JobSpec, ...] = (
    JobSpec(EXPIRE_JOB, ExpireDue, expire_due_holds),
    JobSpec(ADVANCE_JOB, DropDue, advance_when_due),
    JobSpec(PUBLISH_JOB, DropDue, publish_when_due),
    JobSpec(RESOLVE_JOB, ResolvePayment, resolve_payment),
    JobSpec(SEND_REFUND_JOB, SendRefund, send_refund),
    JobSpec(MAIL_JOB, OrderMail, mail_order),
    JobSpec(RETURNED_JOB, PaymentReturned, mail_payment_returned),
)

PERIODICS: tuple[Periodic, ...] = (
    Periodic("sales.sweep_holds", _SWEEP_EVERY_S, sweep_holds),
    Periodic("sales.resolve_overdue", _RESOLVE_EVERY_S, resolve_overdue),
)

__all__ = [
    "ACTIONS",
    "EXPIRE_JOB",
    "JOBS",
    "MAIL_JOB",
    "PERIODICS",
    "RESOLVE_JOB",
    "RETURNED_JOB",
    "SEND_REFUND_JOB",
    "SUBSCRIPTIONS",
    "AdvanceDrop",
    "AllocationLine",
    "CancelDrop",
    "CancelOrder",
    "ChangeDrop",
    "ChangeOrderAddress",
    "ChargeRequest",
    "CheckoutStarted",
    "CheckoutState",
    "CheckoutView",
    "Drop",
    "DropEnded",
    "DropOpened",
    "DropState",
    "EndDrop",
    "EventKind",
    "ExpireDue",
    "ExpireHolds",
    "HoldPlaced",
    "HoldReleased",
    "HoldState",
    "HoldView",
    "LowerDrop",
    "MarkAsked",
    "MethodReference",
    "MethodToken",
    "OfferedMethod",
    "OrderCancelled",
    "OrderLineTold",
    "OrderMail",
    "OrderPaid",
    "OrderPlaced",
    "OrderRefundFailed",
    "OrderRefunded",
    "OrderRow",
    "OrderState",
    "OrderView",
    "PackOrder",
    "PaymentEvent",
    "PaymentProvider",
    "PaymentProviders",
    "PaymentReturned",
    "PaymentsAway",
    "PlaceHold",
    "PlanDrop",
    "PostalAddress",
    "ProviderAnswer",
    "ProviderUnreachable",
    "PublishDrop",
    "Quote",
    "ReceiveWebhook",
    "RecordPayment",
    "RefundOrder",
    "ReleaseHold",
    "RemovePaymentMethod",
    "ResendOrderLink",
    "ResolvePayment",
    "RetryPayment",
    "SavedMethod",
    "SellingPolicy",
    "SendRefund",
    "SetAllocations",
    "SetSellingPolicy",
    "ShippingZone",
    "Source",
    "StartCheckout",
    "StartDrop",
    "TaxMode",
    "Totals",
    "WebhookDelivery",
    "WebhookRefused",
    "charge",
    "checkout_view",
    "hold_view",
    "open_holds",
    "order_for_buyer",
    "order_for_seller",
    "orders_of_buyer",
    "orders_of_seller",
    "quote_variant",
]
