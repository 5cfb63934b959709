"""What each test token does, and how badly the simulated provider may be told to behave with its webhooks."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from shopcast.sales import MethodKind


@dataclass(frozen=True, slots=True)
class Card:
    """`declines` is the failure code of one that never pays."""

    label: str
    kind: MethodKind = "card"
    declines: str | None = None


CARDS: Mapping[str, Card] = {
    "tok_approve": Card("Test card ·· 4242"),
    "tok_decline": Card("Test card ·· 0002", declines="declined"),
    "tok_insufficient": Card("Test card ·· 9995", declines="insufficient_funds"),
    "tok_expired": Card("Test card ·· 0069", declines="expired_card"),
    "tok_wrong_code": Card("Test card ·· 0127", declines="incorrect_code"),
    "tok_limit": Card("Test card ·· 6975", declines="limit_exceeded"),
    "tok_busy": Card("Test card ·· 0119", declines="try_again_later"),
    # Confirmed on a page of the bank.
    "tok_second_step": Card("Test card ·· 3220"),
    # The answer takes longer than we wait.
    "tok_timeout": Card("Test card ·· 0408"),
    "tok_late": Card("Test card ·· 0109"),
    "tok_twice": Card("Test card ·· 0222"),
    "tok_reordered": Card("Test card ·· 0321"),
    # Reserved only: the capture is ours to ask for.
    "tok_authorises": Card("Test card ·· 3063"),
    # Captured in two halves, the second later.
    "tok_two_halves": Card("Test card ·· 1629"),
    # Pays while the buyer is there; without them it asks for a confirmation.
    "tok_confirm_off_session": Card("Test card ·· 3184"),
    "tok_refund_returns": Card("Test card ·· 7726"),
    "tok_refund_slow": Card("Test card ·· 5126"),
    "tok_refund_fails": Card("Test card ·· 6421"),
    # Disputed; won with any statement, lost whatever is said, taken without asking.
    "tok_dispute": Card("Test card ·· 0259"),
    "tok_dispute_lost": Card("Test card ·· 2685"),
    "tok_charged_back": Card("Test card ·· 1976"),
    # Arrived, and days later the bank fetched it back.
    "tok_taken_back": Card("Test debit ·· 3202"),
    "tok_wrong_amount": Card("Test card ·· 1004"),
    "tok_wrong_currency": Card("Test card ·· 1005"),
    "tok_wallet": Card("Demo Wallet", "redirect"),
    "tok_bank": Card("Bank transfer", "later"),
    "tok_bank_fails": Card("Bank transfer", "later"),
}


def kind_of(token: str) -> str:
    """What a token does. "tok_approve:7" is another card than "tok_approve", and does the same."""
    return token.partition(":")[0]


class Timings(msgspec.Struct, frozen=True, kw_only=True):
    """How badly it behaves. Defaults are what a person at a demo can watch."""

    late_s: float = 5.0
    # Longer than the adapter waits.
    timeout_s: float = 15.0
    # A bank transfer; days in the world, long enough here to see the order waiting for it.
    settles_s: float = 20.0


class Chaos(msgspec.Struct, frozen=True, kw_only=True):
    """Webhooks as the worst provider sends them, the same ones for the same seed and calls: each event on its own,
    late by up to `delay_ms`, so out of order; some twice, under the same or another delivery's id; some never; some
    contradicted by stale news. What it answers when asked stays true. Chances are of a thousand."""

    seed: int
    delay_ms: int = 3_000
    repeated: int = 300
    dropped: int = 250
    contradicted: int = 250
