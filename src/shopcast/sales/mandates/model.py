"""What a mandate is, and how long one may last."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from shopcast.kernel.money import Money

Purpose = Literal["standing", "waitlist", "subscription"]
MandateState = Literal["active", "used_up", "revoked", "expired"]

# Longer than any show is planned ahead or any restock waited for. A subscription asks again each year: whoever still
# wants it says so, whoever forgot is not charged for ever.
LONGEST: Mapping[Purpose, timedelta] = {
    "standing": timedelta(days=90),
    "waitlist": timedelta(days=90),
    "subscription": timedelta(days=366),
}
# A buyer with more than this has lost the overview over what may be charged.
ACTIVE_LIMIT = 50
CONSENT_LIMIT_CHARACTERS = 1_000


class Mandate(msgspec.Struct, frozen=True, kw_only=True):
    """`used` counts what is charged or being charged now; it can be charged again until `cap` is reached."""

    id: str
    buyer_key: str
    method_id: str
    method_label: str
    method_reference: str
    provider: str
    cap: Money
    used: Money
    purpose: Purpose
    expires_at: datetime
    state: MandateState
    consent_text: str
    consent_at: datetime

    @property
    def left(self) -> Money:
        return self.cap - self.used
