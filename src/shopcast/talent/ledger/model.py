"""The double entries of a sale: which accounts an order and its refund touch. Pure.

Debit is positive, credit negative. What the provider holds for us is an asset; what belongs to the seller, by what it
was paid for (goods, shipping, tax), is owed to them. A refund is the same journal with its signs turned.
"""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from shopcast.kernel.money import Money

GOODS = "seller.goods"
SHIPPING = "seller.shipping"
TAX = "seller.tax"
# What a bank took until it is decided, and what it kept.
DISPUTED = "seller.disputed"
DISPUTE_LOSS = "seller.dispute_loss"


@dataclass(frozen=True, slots=True)
class Entry:
    account: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Journal:
    """`source` names the fact that is booked, `order` its id and number."""

    organisation_id: str
    kind: str
    source: str
    order: tuple[str | None, str | None]
    happened_at: datetime
    entries: tuple[Entry, ...]


class EntryView(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the ledger as its owner reads it."""

    id: str
    journal_id: str
    at: datetime
    kind: str
    account: str
    amount: Money
    order_id: str | None
    order_number: str | None


class AccountView(msgspec.Struct, frozen=True, kw_only=True):
    account: str
    balance: Money


def clearing(provider: str) -> str:
    """The account of the money that a payment provider holds for the shop."""
    return f"clearing.{provider}"


def sale_entries(provider: str, total: Money, shipping: Money, tax: Money) -> tuple[Entry, ...]:
    """Entries of a paid order. Goods are what is left of the total, so the journal sums to zero whether or not prices
    include tax."""
    goods = total - shipping - tax
    entries = (
        Entry(clearing(provider), total),
        Entry(GOODS, -goods),
        Entry(SHIPPING, -shipping),
        Entry(TAX, -tax),
    )
    return _without_zero(*entries)


def dispute_entries(provider: str, amount: Money) -> tuple[Entry, ...]:
    """The bank took it from what the provider holds."""
    return _without_zero(Entry(DISPUTED, amount), Entry(clearing(provider), -amount))


def loss_entries(amount: Money) -> tuple[Entry, ...]:
    return _without_zero(Entry(DISPUTE_LOSS, amount), Entry(DISPUTED, -amount))


def order_clearing(sale: tuple[Entry, ...]) -> str:
    """The provider a sale came in by; the test provider's when it was never booked."""
    for entry in sale:
        if entry.account.startswith("clearing."):
            return entry.account.removeprefix("clearing.")
    return "test"


def turned(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    return tuple(Entry(entry.account, -entry.amount) for entry in entries)


def is_balanced(entries: tuple[Entry, ...]) -> bool:
    sums: dict[str, int] = {}
    for entry in entries:
        sums[entry.amount.currency] = sums.get(entry.amount.currency, 0) + entry.amount.amount_minor
    return len(entries) >= 2 and not any(sums.values())


def _without_zero(*entries: Entry) -> tuple[Entry, ...]:
    return tuple(entry for entry in entries if entry.amount.amount_minor != 0)
