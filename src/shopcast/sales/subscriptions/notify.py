"""Names and payloads of what subscriptions queue; transactions queue, jobs do."""

from datetime import datetime

import msgspec

from shopcast.kernel.actions import Tx
from shopcast.kernel.tables import to_microseconds

MAIL_JOB = "sales.mail_subscription"
CONTINUE_JOB = "sales.continue_subscription"


class SubscriptionMail(msgspec.Struct, frozen=True):
    """`why` is the code of a failure, `was_minor` the total before a price rise."""

    subscription_id: str
    kind: str
    why: str | None = None
    was_minor: int | None = None


class ContinueDue(msgspec.Struct, frozen=True):
    subscription_id: str


def mail(
    tx: Tx,
    subscription_id: str,
    kind: str,
    now: datetime,
    *,
    why: str | None = None,
    was_minor: int | None = None,
) -> None:
    """One per kind and instant: an action that is run again writes no second one."""
    key = f"{subscription_id}:{kind}:{to_microseconds(now)}"
    tx.enqueue(MAIL_JOB, SubscriptionMail(subscription_id, kind, why, was_minor), key=key)
