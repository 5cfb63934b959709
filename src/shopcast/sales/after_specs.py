"""What can be run after buying: sending, returns, refunds in part, price mistakes, disputes."""

from shopcast.kernel.actions import ActionSpec
from shopcast.kernel.jobs import JobSpec, Periodic
from shopcast.kernel.subscriptions import Subscription
from shopcast.sales.disputes.answer_dispute import AcceptDispute, SubmitEvidence, accept_dispute, submit_evidence
from shopcast.sales.disputes.follow_disputes import follow_dispute
from shopcast.sales.disputes.keep_mail import KeepMail, keep_mail
from shopcast.sales.disputes.send_answer import (
    ANSWER_JOB,
    AnswerDispute,
    NoteSubmission,
    SendDueAnswers,
    answer_dispute,
    note_submission,
    send_due_answers,
    sweep_answers,
)
from shopcast.sales.events import PaymentDisputed
from shopcast.sales.fulfilment.assume_delivery import AssumeDeliveries, assume_deliveries, sweep_deliveries
from shopcast.sales.fulfilment.cancel_lines import CancelLines, cancel_lines
from shopcast.sales.fulfilment.change_shipment import (
    ChangeTracking,
    MarkDelivered,
    UndoShipment,
    change_tracking,
    mark_delivered,
    undo_shipment,
)
from shopcast.sales.fulfilment.mail import mail_after
from shopcast.sales.fulfilment.notify import AFTER_MAIL_JOB, AfterMail
from shopcast.sales.fulfilment.ship_order import ShipOrder, ship_order
from shopcast.sales.price_mistakes.correct_price import (
    SETTLE_JOB,
    CorrectPrice,
    SettleMistake,
    UndoCorrection,
    correct_price,
    undo_correction,
)
from shopcast.sales.price_mistakes.settle_chunk import SettleChunk, settle_chunk, settle_mistake
from shopcast.sales.returns.close_return import ExpireReturns, expire_returns, sweep_returns
from shopcast.sales.returns.decide_return import (
    ApproveReturn,
    LabelReturn,
    RejectReturn,
    approve_return,
    label_return,
    reject_return,
)
from shopcast.sales.returns.exchange_return import Exchanged, ExchangeReturn, exchange_return
from shopcast.sales.returns.inspect_return import InspectReturn, inspect_return
from shopcast.sales.returns.model import ReturnRules
from shopcast.sales.returns.photos import AddReturnPhoto, add_return_photo
from shopcast.sales.returns.receive_return import ReceiveReturn, receive_return
from shopcast.sales.returns.refund_return import RefundReturn, refund_return
from shopcast.sales.returns.request_return import (
    CancelReturn,
    RequestReturn,
    Withdraw,
    Withdrawn,
    cancel_return,
    request_return,
    withdraw,
)
from shopcast.sales.returns.set_return_rules import SetReturnRules, set_return_rules

# Days matter to a return that was never sent, not minutes.
_EXPIRE_RETURNS_EVERY_S = 3600.0
_ASSUME_DELIVERIES_EVERY_S = 3600.0
# Small beside the day an answer to the bank sets out early.
_SEND_ANSWERS_EVERY_S = 900.0

ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("sales.ship_order", ShipOrder, ship_order, str, moves_stock_or_money=True),
    ActionSpec("sales.change_tracking", ChangeTracking, change_tracking),
    ActionSpec("sales.mark_delivered", MarkDelivered, mark_delivered),
    ActionSpec("sales.assume_deliveries", AssumeDeliveries, assume_deliveries, int),
    ActionSpec("sales.undo_shipment", UndoShipment, undo_shipment),
    ActionSpec("sales.cancel_lines", CancelLines, cancel_lines, moves_stock_or_money=True),
    ActionSpec("sales.request_return", RequestReturn, request_return, str, moves_stock_or_money=True),
    ActionSpec("sales.withdraw", Withdraw, withdraw, Withdrawn, moves_stock_or_money=True),
    ActionSpec("sales.cancel_return", CancelReturn, cancel_return),
    ActionSpec("sales.approve_return", ApproveReturn, approve_return),
    ActionSpec("sales.reject_return", RejectReturn, reject_return),
    ActionSpec("sales.label_return", LabelReturn, label_return),
    ActionSpec("sales.receive_return", ReceiveReturn, receive_return, moves_stock_or_money=True),
    ActionSpec("sales.inspect_return", InspectReturn, inspect_return, moves_stock_or_money=True),
    ActionSpec("sales.refund_return", RefundReturn, refund_return, moves_stock_or_money=True),
    ActionSpec("sales.exchange_return", ExchangeReturn, exchange_return, Exchanged, moves_stock_or_money=True),
    ActionSpec("sales.add_return_photo", AddReturnPhoto, add_return_photo, str),
    ActionSpec("sales.set_return_rules", SetReturnRules, set_return_rules, ReturnRules),
    ActionSpec("sales.expire_returns", ExpireReturns, expire_returns, int),
    ActionSpec("sales.correct_price", CorrectPrice, correct_price, str, moves_stock_or_money=True),
    ActionSpec("sales.undo_price_correction", UndoCorrection, undo_correction),
    ActionSpec("sales.settle_chunk", SettleChunk, settle_chunk, bool),
    ActionSpec("sales.submit_evidence", SubmitEvidence, submit_evidence, moves_stock_or_money=True),
    ActionSpec("sales.accept_dispute", AcceptDispute, accept_dispute, moves_stock_or_money=True),
    ActionSpec("sales.send_due_answers", SendDueAnswers, send_due_answers, int),
    ActionSpec("sales.note_submission", NoteSubmission, note_submission),
    ActionSpec("sales.keep_mail", KeepMail, keep_mail),
)

JOBS: tuple[JobSpec, ...] = (
    JobSpec(AFTER_MAIL_JOB, AfterMail, mail_after),
    JobSpec(SETTLE_JOB, SettleMistake, settle_mistake),
    JobSpec(ANSWER_JOB, AnswerDispute, answer_dispute),
)

PERIODICS: tuple[Periodic, ...] = (
    Periodic("sales.sweep_returns", _EXPIRE_RETURNS_EVERY_S, sweep_returns),
    Periodic("sales.sweep_deliveries", _ASSUME_DELIVERIES_EVERY_S, sweep_deliveries),
    Periodic("sales.sweep_answers", _SEND_ANSWERS_EVERY_S, sweep_answers),
)

SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription("sales.follow_dispute", PaymentDisputed, follow_dispute, key=lambda event: event.payment_id),
)
