"""Façade of analytics: what was counted, and what the numbers mean."""

from shopcast.analytics.facts.model import Fact
from shopcast.analytics.numbers.definitions import DEFINITIONS
from shopcast.analytics.numbers.model import Numbers, numbers_of
from shopcast.analytics.reactions import (
    count_hold,
    count_holds,
    count_refund,
    count_request,
    count_sale,
    count_sales,
    take_back_refund,
)
from shopcast.kernel.actions import ActionSpec
from shopcast.kernel.jobs import JobSpec, Periodic
from shopcast.kernel.subscriptions import Subscription
from shopcast.sales.events import HoldPlaced, OrderPaid, OrderRefunded, OrderRefundFailed
from shopcast.shows.events import TryOnRequested

ACTIONS: tuple[ActionSpec, ...] = ()
SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription("analytics.count_request", TryOnRequested, count_request, from_beginning=True),
    Subscription("analytics.count_hold", HoldPlaced, count_hold, from_beginning=True, batch_handler=count_holds),
    Subscription("analytics.count_sale", OrderPaid, count_sale, from_beginning=True, batch_handler=count_sales),
    Subscription("analytics.count_refund", OrderRefunded, count_refund, from_beginning=True),
    Subscription("analytics.take_back_refund", OrderRefundFailed, take_back_refund, from_beginning=True),
)
JOBS: tuple[JobSpec, ...] = ()
PERIODICS: tuple[Periodic, ...] = ()

__all__ = ["ACTIONS", "DEFINITIONS", "JOBS", "PERIODICS", "SUBSCRIPTIONS", "Fact", "Numbers", "numbers_of"]
