"""What standing orders, comment-to-buy, subscriptions and restrictions bring along: verbs, jobs, and what they hear."""

from collections.abc import Sequence
from datetime import datetime

from shopcast.accounts import GuestClaimed
from shopcast.catalog.events import PriceChanged, ProductChanged, StockChanged
from shopcast.kernel.actions import ActionSpec, Tx
from shopcast.kernel.jobs import JobSpec, Periodic
from shopcast.kernel.subscriptions import Subscription
from shopcast.rooms.events import ChatLineSaid
from shopcast.sales.chat_orders import read_line, switch
from shopcast.sales.chat_orders import repository as chat_orders
from shopcast.sales.chat_orders.mail import mail_chat_hold
from shopcast.sales.events import (
    CheckoutFailed,
    DisputeLost,
    DropOpened,
    HoldReleased,
    LinesCancelled,
    MandateEnded,
    OrderCancelled,
    OrderPaid,
    ReturnAccepted,
)
from shopcast.sales.restrictions import appeal_restriction, expire_restrictions, set_restriction
from shopcast.sales.restrictions import react as restrictions
from shopcast.sales.restrictions import repository as restriction_rows
from shopcast.sales.restrictions.mail import mail_restriction
from shopcast.sales.standing import buy_standing, end_standing, place_standing, serve_variant
from shopcast.sales.standing import react as standing
from shopcast.sales.standing import repository as standing_rows
from shopcast.sales.standing.mail import mail_standing
from shopcast.sales.subscriptions import (
    change_subscription,
    continue_subscription,
    notify,
    set_offer,
    start_subscription,
)
from shopcast.sales.subscriptions import react as subscriptions
from shopcast.sales.subscriptions import repository as subscription_rows
from shopcast.sales.subscriptions.mail import mail_subscription
from shopcast.sales.subscriptions.model import Offer
from shopcast.shows.events import ShelfChanged, ShowWentLive

# The keyed jobs are exact to the second; this is the net below them.
_SWEEP_EVERY_S = 900.0
# A delivery due today need not be charged to the second.
_CONTINUE_EVERY_S = 60.0


def hold_released(tx: Tx, event: HoldReleased, now: datetime) -> None:
    standing.hold_released(tx, event, now)
    restrictions.hold_released(tx, event, now)


def holds_released(tx: Tx, events: Sequence[HoldReleased], now: datetime) -> None:
    """Many at once, as when a drop was not paid: only those that somebody's turn hangs on are looked at one by one."""
    turns = standing_rows.holds_among(tx, [event.hold_id for event in events])
    for event in events:
        if event.hold_id in turns:
            standing.hold_released(tx, event, now)
    for variant_id in sorted({event.variant_id for event in events}):
        serve_variant.serve_soon(tx, variant_id)
    restrictions.holds_released(tx, events, now)


def orders_paid(tx: Tx, events: Sequence[OrderPaid], now: datetime) -> None:
    """Many at once, as in a drop: nearly none has to do with a plan or a strike."""
    checkout_ids = [event.checkout_id for event in events]
    orders, checkouts = standing_rows.orders_among(tx, [event.order_id for event in events], checkout_ids)
    checkouts |= subscription_rows.checkouts_among(tx, checkout_ids)
    buyers = restriction_rows.struck_among(tx, [event.buyer_key for event in events])
    for event in events:
        if event.order_id in orders or event.checkout_id in checkouts or event.buyer_key in buyers:
            order_paid(tx, event, now)


def order_paid(tx: Tx, event: OrderPaid, now: datetime) -> None:
    standing.order_paid(tx, event, now)
    subscriptions.order_paid(tx, event, now)
    restrictions.order_paid(tx, event, now)


def checkout_failed(tx: Tx, event: CheckoutFailed, now: datetime) -> None:
    standing.checkout_failed(tx, event.checkout_id, event.reason, now)
    subscriptions.checkout_failed(tx, event.checkout_id, event.reason, now)
    restrictions.checkout_failed(tx, event, now)


def mandate_ended(tx: Tx, event: MandateEnded, now: datetime) -> None:
    standing.mandate_ended(tx, event, now)
    subscriptions.mandate_ended(tx, event, now)


def follow_guest(tx: Tx, event: GuestClaimed, now: datetime) -> None:
    standing.follow(tx, event.guest_key, event.person_id, now)
    subscription_rows.follow(tx, event.guest_key, event.person_id)
    chat_orders.follow(tx, event.guest_key, event.person_id)
    restrictions.follow(tx, event.guest_key, event.person_id)


ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec(
        "sales.place_standing",
        place_standing.PlaceStanding,
        place_standing.place_standing,
        str,
        moves_stock_or_money=True,
    ),
    ActionSpec("sales.cancel_standing", end_standing.CancelStanding, end_standing.cancel_standing),
    ActionSpec("sales.expire_standing", end_standing.ExpireStanding, end_standing.expire_standing, int),
    ActionSpec("sales.serve_variant", serve_variant.ServeVariant, serve_variant.serve_variant, int),
    ActionSpec("sales.buy_standing", buy_standing.BuyStanding, buy_standing.buy_standing, moves_stock_or_money=True),
    ActionSpec("sales.give_up_buying", buy_standing.GiveUpBuying, buy_standing.give_up_buying),
    ActionSpec("sales.set_chat_orders", switch.SetChatOrders, switch.set_chat_orders),
    ActionSpec("sales.set_show_chat_orders", switch.SetShowChatOrders, switch.set_show_chat_orders),
    ActionSpec(
        "sales.set_subscription_offer",
        set_offer.SetSubscriptionOffer,
        set_offer.set_subscription_offer,
        Offer,
    ),
    ActionSpec(
        "sales.start_subscription",
        start_subscription.StartSubscription,
        start_subscription.start_subscription,
        str,
        moves_stock_or_money=True,
    ),
    ActionSpec(
        "sales.skip_delivery",
        change_subscription.SkipDelivery,
        change_subscription.skip_delivery,
        moves_stock_or_money=True,
    ),
    ActionSpec("sales.stop_subscription", change_subscription.StopSubscription, change_subscription.stop_subscription),
    ActionSpec(
        "sales.resume_subscription", change_subscription.ResumeSubscription, change_subscription.resume_subscription
    ),
    ActionSpec(
        "sales.change_subscription", change_subscription.ChangeSubscription, change_subscription.change_subscription
    ),
    ActionSpec(
        "sales.continue_subscription",
        continue_subscription.ContinueSubscription,
        continue_subscription.continue_subscription,
        moves_stock_or_money=True,
    ),
    ActionSpec("sales.note_refused", continue_subscription.NoteRefused, continue_subscription.note_refused),
    ActionSpec("sales.restrict_buyer", set_restriction.RestrictBuyer, set_restriction.restrict_buyer, str),
    ActionSpec("sales.appeal_restriction", appeal_restriction.AppealRestriction, appeal_restriction.appeal_restriction),
    ActionSpec("sales.lift_restriction", appeal_restriction.LiftRestriction, appeal_restriction.lift_restriction),
    ActionSpec("sales.uphold_restriction", appeal_restriction.UpholdRestriction, appeal_restriction.uphold_restriction),
    ActionSpec(
        "sales.expire_restrictions",
        expire_restrictions.ExpireRestrictions,
        expire_restrictions.expire_restrictions,
        int,
    ),
)

JOBS: tuple[JobSpec, ...] = (
    JobSpec(serve_variant.SERVE_JOB, serve_variant.ServeDue, serve_variant.serve_due),
    JobSpec(serve_variant.BUY_JOB, serve_variant.BuyDue, buy_standing.buy_due),
    JobSpec(place_standing.EXPIRE_JOB, place_standing.StandingDue, end_standing.expire_due_standing),
    JobSpec(end_standing.MAIL_JOB, end_standing.StandingMail, mail_standing),
    JobSpec(read_line.MAIL_JOB, read_line.ChatHoldMail, mail_chat_hold),
    JobSpec(notify.CONTINUE_JOB, notify.ContinueDue, continue_subscription.continue_due),
    JobSpec(notify.MAIL_JOB, notify.SubscriptionMail, mail_subscription),
    JobSpec(set_restriction.EXPIRE_JOB, set_restriction.RestrictionsDue, expire_restrictions.expire_due_restrictions),
    JobSpec(set_restriction.MAIL_JOB, set_restriction.RestrictionMail, mail_restriction),
)

PERIODICS: tuple[Periodic, ...] = (
    Periodic("sales.sweep_standing", _SWEEP_EVERY_S, end_standing.sweep_standing),
    Periodic("sales.sweep_restrictions", _SWEEP_EVERY_S, expire_restrictions.sweep_restrictions),
    Periodic("sales.continue_subscriptions", _CONTINUE_EVERY_S, continue_subscription.sweep_subscriptions),
)

SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription("sales.serve_price", PriceChanged, standing.price_changed, key=lambda event: event.variant_id),
    Subscription("sales.serve_stock", StockChanged, standing.stock_changed, key=lambda event: event.variant_id),
    Subscription(
        "sales.serve_released",
        HoldReleased,
        hold_released,
        key=lambda event: event.variant_id,
        batch_handler=holds_released,
    ),
    Subscription("sales.serve_cancelled", OrderCancelled, standing.order_cancelled, key=lambda event: event.order_id),
    Subscription("sales.serve_lines", LinesCancelled, standing.lines_cancelled, key=lambda event: event.order_id),
    Subscription("sales.serve_product", ProductChanged, standing.product_changed, key=lambda event: event.product_id),
    Subscription("sales.serve_show", ShowWentLive, standing.show_changed, key=lambda event: event.show_id),
    Subscription("sales.serve_shelf", ShelfChanged, standing.show_changed, key=lambda event: event.show_id),
    Subscription("sales.serve_drop", DropOpened, standing.drop_opened, key=lambda event: event.drop_id),
    Subscription("sales.note_paid", OrderPaid, order_paid, key=lambda event: event.order_id, batch_handler=orders_paid),
    Subscription("sales.note_failed", CheckoutFailed, checkout_failed, key=lambda event: event.checkout_id),
    Subscription("sales.note_mandate", MandateEnded, mandate_ended, key=lambda event: event.mandate_id),
    Subscription("sales.note_dispute", DisputeLost, restrictions.dispute_lost, key=lambda event: event.order_id),
    Subscription("sales.note_return", ReturnAccepted, restrictions.return_accepted, key=lambda event: event.order_id),
    Subscription("sales.read_orders", ChatLineSaid, read_line.read_line, key=lambda event: event.room_id),
    Subscription("sales.follow_plans", GuestClaimed, follow_guest, key=lambda event: event.guest_key),
)
