"""Sales: holds, checkout, payments, orders, receipts. The names others may use are listed here."""

from shopcast.kernel.actions import ActionSpec
from shopcast.kernel.jobs import JobSpec, Periodic
from shopcast.sales import after_specs, specs
from shopcast.sales.allocations.set_allocations import AllocationLine, SetAllocations, set_allocations
from shopcast.sales.cart.set_cart import SetCart, set_cart
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
from shopcast.sales.checkout.start_checkouts import STARTED_AT_ONCE, start_checkouts
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
    MandateEnded,
    OrderCancelled,
    OrderLineTold,
    OrderPaid,
    OrderPlaced,
    OrderRefunded,
    OrderRefundFailed,
    PaymentDisputed,
    PaymentReversed,
)
from shopcast.sales.exchange.set_exchange_rates import SetExchangeRates, set_exchange_rates
from shopcast.sales.fulfilment.documents import BuiltInLabels
from shopcast.sales.fulfilment.ports import Label, LabelParty, LabelProvider, LabelRequest
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
from shopcast.sales.mandates.charge import CHARGE_OFF_SESSION_JOB, ChargeOffSession, charge_off_session
from shopcast.sales.mandates.give_mandate import (
    ExpireMandates,
    RevokeMandate,
    expire_mandates,
    revoke_mandate,
    sweep_mandates,
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
from shopcast.sales.orders.order_again import OrderAgain, OrderedAgain, order_again
from shopcast.sales.orders.queries import order_for_buyer, order_for_seller, orders_of_buyer, orders_of_seller
from shopcast.sales.orders.resend_order_link import ResendOrderLink, resend_order_link
from shopcast.sales.orders.seal_order_link import SealOrderLink, seal_order_link
from shopcast.sales.payments.call_provider import (
    MarkAsked,
    ask_again,
    charge,
    forget_method,
    learn_method,
    mark_asked,
    resolve_overdue,
    resolve_payment,
    resolve_setup,
    send_refund,
)
from shopcast.sales.payments.methods.remove_payment_method import (
    FORGET_METHOD_JOB,
    ForgetMethod,
    RemovePaymentMethod,
    remove_payment_method,
)
from shopcast.sales.payments.model import EventKind, PaymentEvent
from shopcast.sales.payments.outbox.note_answer import NoteAnswered, NoteUnanswered, note_answered, note_unanswered
from shopcast.sales.payments.record_payment import LEARN_METHOD_JOB, LearnMethod, RecordPayment, record_payment
from shopcast.sales.payments.record_payments import RECORDED_AT_ONCE, record_payments
from shopcast.sales.payments.refunds import SEND_REFUND_JOB, SendRefund
from shopcast.sales.payments.retry_call import RetryCall, retry_call
from shopcast.sales.payments.setups.start_setup import (
    RESOLVE_SETUP_JOB,
    RecordSetup,
    ResolveSetup,
    SetupStarted,
    StartSetup,
    record_setup,
    start_setup,
)
from shopcast.sales.payments.webhooks import (
    ASK_AGAIN_JOB,
    AskAgain,
    ReceiveWebhook,
    ReplayWebhook,
    receive_webhook,
    replay_webhook,
)
from shopcast.sales.policies.model import SellingPolicy, ShippingZone, TaxMode
from shopcast.sales.policies.set_selling_policy import SetSellingPolicy, set_selling_policy
from shopcast.sales.ports import (
    ChargeRequest,
    DisputeEvidence,
    EvidenceFile,
    MethodKind,
    MethodReference,
    MethodToken,
    OfferedMethod,
    PaymentLookup,
    PaymentProvider,
    PaymentProviders,
    ProviderAnswer,
    ProviderRefused,
    ProviderUnreachable,
    SavedMethod,
    SetupAnswer,
    SetupRequest,
    SheetSetup,
    TransferAnswer,
    TransferProvider,
    TransferRequest,
    WebhookDelivery,
)
from shopcast.sales.promotions.add_codes import (
    AddCode,
    DisableCode,
    GenerateCodes,
    add_code,
    disable_code,
    generate_codes,
)
from shopcast.sales.promotions.change_state import (
    EndPromotion,
    PausePromotion,
    ResumePromotion,
    end_promotion,
    pause_promotion,
    resume_promotion,
)
from shopcast.sales.promotions.claim_coupon import ClaimCoupon, claim_coupon, claim_coupons
from shopcast.sales.promotions.create_promotion import CreatePromotion, create_promotion
from shopcast.sales.promotions.edit_promotion import EditPromotion, edit_promotion
from shopcast.sales.promotions.model import PromotionView
from shopcast.sales.promotions.redeem import TELL_JOB, TellCoupon
from shopcast.sales.promotions.show_coupon import ShowCoupon, TellScreens, show_coupon, tell_coupon, tell_screens
from shopcast.sales.quotes.model import Quote, Totals
from shopcast.sales.quotes.queries import quote_variant
from shopcast.sales.reactions import SUBSCRIPTIONS
from shopcast.sales.receipts.mail import mail_order, mail_payment_returned
from shopcast.sales.receipts.notify import MAIL_JOB, RETURNED_JOB, OrderMail, PaymentReturned

# How late stock may come back when a job was lost: the keyed jobs are exact, this is the net below them.
_SWEEP_EVERY_S = 15.0
# An unanswered payment is asked about about this often.
_RESOLVE_EVERY_S = 20.0
# A mandate past its end is refused by the clock; this only tells those who wait for it.
_SWEEP_MANDATES_EVERY_S = 300.0
# 200 at once were 20 to 24 ms of the writer; an action stays below 20.
_HOLDS_AT_ONCE = 150

ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec(
        "sales.place_hold",
        PlaceHold,
        place_hold,
        HoldView,
        place_holds,
        moves_stock_or_money=True,
        batch_limit=_HOLDS_AT_ONCE,
    ),
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
    ActionSpec("sales.set_cart", SetCart, set_cart),
    ActionSpec("sales.set_exchange_rates", SetExchangeRates, set_exchange_rates, int),
    ActionSpec("sales.order_again", OrderAgain, order_again, OrderedAgain, moves_stock_or_money=True),
    ActionSpec(
        "sales.start_checkout",
        StartCheckout,
        start_checkout,
        CheckoutStarted,
        batch_handler=start_checkouts,
        batch_limit=STARTED_AT_ONCE,
        gathers=True,
        moves_stock_or_money=True,
    ),
    ActionSpec("sales.retry_payment", RetryPayment, retry_payment, CheckoutStarted, moves_stock_or_money=True),
    ActionSpec(
        "sales.record_payment",
        RecordPayment,
        record_payment,
        batch_handler=record_payments,
        batch_limit=RECORDED_AT_ONCE,
        gathers=True,
    ),
    ActionSpec("sales.mark_asked", MarkAsked, mark_asked),
    ActionSpec("sales.receive_webhook", ReceiveWebhook, receive_webhook, bool),
    ActionSpec("sales.replay_webhook", ReplayWebhook, replay_webhook),
    ActionSpec("sales.note_answered", NoteAnswered, note_answered),
    ActionSpec("sales.note_unanswered", NoteUnanswered, note_unanswered),
    ActionSpec("sales.retry_call", RetryCall, retry_call),
    ActionSpec("sales.start_setup", StartSetup, start_setup, SetupStarted, moves_stock_or_money=True),
    ActionSpec("sales.record_setup", RecordSetup, record_setup),
    ActionSpec("sales.revoke_mandate", RevokeMandate, revoke_mandate),
    ActionSpec("sales.expire_mandates", ExpireMandates, expire_mandates, int),
    ActionSpec("sales.remove_payment_method", RemovePaymentMethod, remove_payment_method),
    ActionSpec("sales.cancel_order", CancelOrder, cancel_order, moves_stock_or_money=True),
    ActionSpec("sales.change_order_address", ChangeOrderAddress, change_order_address),
    ActionSpec("sales.refund_order", RefundOrder, refund_order, moves_stock_or_money=True),
    ActionSpec("sales.pack_order", PackOrder, pack_order),
    ActionSpec("sales.resend_order_link", ResendOrderLink, resend_order_link),
    ActionSpec("sales.create_promotion", CreatePromotion, create_promotion, PromotionView),
    ActionSpec("sales.edit_promotion", EditPromotion, edit_promotion, PromotionView),
    ActionSpec("sales.pause_promotion", PausePromotion, pause_promotion, PromotionView),
    ActionSpec("sales.resume_promotion", ResumePromotion, resume_promotion, PromotionView),
    ActionSpec("sales.end_promotion", EndPromotion, end_promotion, PromotionView),
    ActionSpec("sales.add_code", AddCode, add_code, tuple[str, ...]),
    ActionSpec("sales.generate_codes", GenerateCodes, generate_codes, tuple[str, ...]),
    ActionSpec("sales.disable_code", DisableCode, disable_code),
    ActionSpec("sales.claim_coupon", ClaimCoupon, claim_coupon, bool, claim_coupons),
    ActionSpec("sales.show_coupon", ShowCoupon, show_coupon, PromotionView),
    ActionSpec("sales.tell_screens", TellScreens, tell_screens),
    ActionSpec("sales.seal_order_link", SealOrderLink, seal_order_link),
    ActionSpec("sales.set_selling_policy", SetSellingPolicy, set_selling_policy, SellingPolicy),
    *specs.ACTIONS,
    *after_specs.ACTIONS,
)

JOBS: tuple[JobSpec, ...] = (
    JobSpec(EXPIRE_JOB, ExpireDue, expire_due_holds),
    JobSpec(ADVANCE_JOB, DropDue, advance_when_due),
    JobSpec(PUBLISH_JOB, DropDue, publish_when_due),
    JobSpec(RESOLVE_JOB, ResolvePayment, resolve_payment),
    JobSpec(SEND_REFUND_JOB, SendRefund, send_refund),
    JobSpec(RESOLVE_SETUP_JOB, ResolveSetup, resolve_setup),
    JobSpec(FORGET_METHOD_JOB, ForgetMethod, forget_method),
    JobSpec(LEARN_METHOD_JOB, LearnMethod, learn_method),
    JobSpec(ASK_AGAIN_JOB, AskAgain, ask_again),
    JobSpec(CHARGE_OFF_SESSION_JOB, ChargeOffSession, charge_off_session),
    JobSpec(TELL_JOB, TellCoupon, tell_coupon),
    JobSpec(MAIL_JOB, OrderMail, mail_order),
    JobSpec(RETURNED_JOB, PaymentReturned, mail_payment_returned),
    *specs.JOBS,
    *after_specs.JOBS,
)

PERIODICS: tuple[Periodic, ...] = (
    *specs.PERIODICS,
    *after_specs.PERIODICS,
    Periodic("sales.sweep_holds", _SWEEP_EVERY_S, sweep_holds),
    Periodic("sales.resolve_overdue", _RESOLVE_EVERY_S, resolve_overdue),
    Periodic("sales.sweep_mandates", _SWEEP_MANDATES_EVERY_S, sweep_mandates),
)

__all__ = [
    "ACTIONS",
    "CHARGE_OFF_SESSION_JOB",
    "EXPIRE_JOB",
    "FORGET_METHOD_JOB",
    "JOBS",
    "MAIL_JOB",
    "PERIODICS",
    "RESOLVE_JOB",
    "RESOLVE_SETUP_JOB",
    "RETURNED_JOB",
    "SEND_REFUND_JOB",
    "SUBSCRIPTIONS",
    "AdvanceDrop",
    "AllocationLine",
    "BuiltInLabels",
    "CancelDrop",
    "CancelOrder",
    "ChangeDrop",
    "ChangeOrderAddress",
    "ChargeOffSession",
    "ChargeRequest",
    "CheckoutStarted",
    "CheckoutState",
    "CheckoutView",
    "DisputeEvidence",
    "Drop",
    "DropEnded",
    "DropOpened",
    "DropState",
    "EndDrop",
    "EventKind",
    "EvidenceFile",
    "ExpireDue",
    "ExpireHolds",
    "ExpireMandates",
    "ForgetMethod",
    "HoldPlaced",
    "HoldReleased",
    "HoldState",
    "HoldView",
    "Label",
    "LabelParty",
    "LabelProvider",
    "LabelRequest",
    "LowerDrop",
    "MandateEnded",
    "MarkAsked",
    "MethodKind",
    "MethodReference",
    "MethodToken",
    "NoteAnswered",
    "NoteUnanswered",
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
    "PaymentDisputed",
    "PaymentEvent",
    "PaymentLookup",
    "PaymentProvider",
    "PaymentProviders",
    "PaymentReturned",
    "PaymentReversed",
    "PaymentsAway",
    "PlaceHold",
    "PlanDrop",
    "PostalAddress",
    "ProviderAnswer",
    "ProviderRefused",
    "ProviderUnreachable",
    "PublishDrop",
    "Quote",
    "ReceiveWebhook",
    "RecordPayment",
    "RecordSetup",
    "RefundOrder",
    "ReleaseHold",
    "RemovePaymentMethod",
    "ReplayWebhook",
    "ResendOrderLink",
    "ResolvePayment",
    "ResolveSetup",
    "RetryCall",
    "RetryPayment",
    "RevokeMandate",
    "SavedMethod",
    "SealOrderLink",
    "SellingPolicy",
    "SendRefund",
    "SetAllocations",
    "SetCart",
    "SetExchangeRates",
    "SetSellingPolicy",
    "SetupAnswer",
    "SetupRequest",
    "SetupStarted",
    "SheetSetup",
    "ShippingZone",
    "Source",
    "StartCheckout",
    "StartDrop",
    "StartSetup",
    "TaxMode",
    "Totals",
    "TransferAnswer",
    "TransferProvider",
    "TransferRequest",
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
