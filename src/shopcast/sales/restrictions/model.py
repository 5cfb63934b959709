"""Pure rules of restrictions: what each blocks, which behaviour sets one by itself, and for how long."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Literal

import msgspec

What = Literal["hold", "chat_order", "checkout"]

# Filed under no organisation: it counts with every seller.
PLATFORM: Final = ""
WORDS_LIMIT: Final = 500
APPEAL_LIMIT: Final = 2000
# A restriction set by hand that nobody looks at again must end too.
BY_HAND_LONGEST: Final = timedelta(days=730)


class Blocks(StrEnum):
    CHAT_ORDER = "chat_order"  # comments take no holds; the buttons still do
    HOLD = "hold"  # no holds, by comment or button
    CHECKOUT = "checkout"  # no payments
    EVERYTHING = "everything"


class Reason(StrEnum):
    UNPAID_HOLDS = "unpaid_holds"
    UNPAID_CHAT_HOLDS = "unpaid_chat_holds"
    CARD_TESTING = "card_testing"
    CHARGEBACK = "chargeback"
    RETURN_ABUSE = "return_abuse"
    BY_HAND = "by_hand"


class RestrictionState(StrEnum):
    """active → lifted | expired."""

    ACTIVE = "active"
    LIFTED = "lifted"
    EXPIRED = "expired"


class AppealState(StrEnum):
    """none → open → upheld, or the restriction is lifted. One appeal per restriction."""

    NONE = "none"
    OPEN = "open"
    UPHELD = "upheld"
    GRANTED = "granted"


BLOCKING: Final[Mapping[What, tuple[Blocks, ...]]] = {
    "chat_order": (Blocks.CHAT_ORDER, Blocks.HOLD, Blocks.EVERYTHING),
    "hold": (Blocks.HOLD, Blocks.EVERYTHING),
    "checkout": (Blocks.CHECKOUT, Blocks.EVERYTHING),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """`strikes` of this reason within `within` set a restriction of `lasts` on what it `blocks`."""

    reason: Reason
    strikes: int
    within: timedelta
    blocks: Blocks
    lasts: timedelta
    everywhere: bool = False


# Thresholds are judgements; each is well above what an honest shopper does and ends soon where it can be a mistake.
RULES: Final[Mapping[Reason, Rule]] = {
    # A big basket is twenty lines. Letting two of them run out in a day without paying for one thing is hoarding.
    Reason.UNPAID_HOLDS: Rule(Reason.UNPAID_HOLDS, 40, timedelta(hours=24), Blocks.HOLD, timedelta(hours=24)),
    # Four comments that took stock and were not paid: the shelf looks emptier than it is for everybody else.
    Reason.UNPAID_CHAT_HOLDS: Rule(
        Reason.UNPAID_CHAT_HOLDS, 4, timedelta(hours=24), Blocks.CHAT_ORDER, timedelta(hours=24)
    ),
    # Three cards and typing errors stay below ten an hour; testers of stolen numbers do hundreds.
    Reason.CARD_TESTING: Rule(
        Reason.CARD_TESTING, 10, timedelta(hours=1), Blocks.CHECKOUT, timedelta(hours=24), everywhere=True
    ),
    # One lost dispute may be the seller's fault; the second within half a year with the same seller is a pattern.
    Reason.CHARGEBACK: Rule(Reason.CHARGEBACK, 2, timedelta(days=180), Blocks.EVERYTHING, timedelta(days=180)),
    # Counted only where the seller's inspection named the cause "abuse".
    Reason.RETURN_ABUSE: Rule(Reason.RETURN_ABUSE, 3, timedelta(days=365), Blocks.HOLD, timedelta(days=90)),
}


class RestrictionView(msgspec.Struct, frozen=True, kw_only=True):
    """`organisation_id` is None for the whole platform. `words` are those of who set it by hand."""

    id: str
    buyer_key: str
    organisation_id: str | None
    seller_name: str | None
    blocks: Blocks
    reason: Reason
    reason_text: str
    words: str
    state: RestrictionState
    set_by_rule: bool
    created_at: datetime
    expires_at: datetime | None
    ended_at: datetime | None
    appeal_state: AppealState
    appeal_text: str | None
    appealed_at: datetime | None
    decision_words: str | None
    decided_at: datetime | None
    can_appeal: bool
