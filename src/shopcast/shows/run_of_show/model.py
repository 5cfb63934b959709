"""The run of show: ordered cues, how far the show is from its plan, and prices said that are not the price; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec

from shopcast.kernel.money import Money

# A cue for each item of a full shelf.
CUES_LIMIT: Final = 500
# Longer than a shift; a cue is something said and shown.
MINUTES_LIMIT: Final = 240
SCRIPT_LIMIT: Final = 4000


@dataclass(frozen=True, slots=True)
class Cue:
    id: str
    show_id: str
    position: int
    item_id: str | None
    minutes: int
    script: str
    claims_allowed: str
    price_said: Money | None
    started_at: datetime | None
    done_at: datetime | None


class Drift(msgspec.Struct, frozen=True, kw_only=True):
    """`behind_s` is negative when the show is ahead of its plan; `ends_at` assumes the rest goes as planned."""

    behind_s: int
    planned_s: int
    left_s: int
    ends_at: datetime


def drift(
    cues: Sequence[Cue], current_cue_id: str | None, show_started_at: datetime | None, now: datetime
) -> Drift | None:
    """How the show stands against its plan, None before it started or without cues.

    The plan says that the current cue starts once the minutes of those before it are over, and lasts its own. Until
    its minutes are over the cue counts as on time in itself; after that every second is a second more behind.
    """
    if show_started_at is None or not cues:
        return None
    planned = timedelta(minutes=sum(cue.minutes for cue in cues))
    index = next((index for index, cue in enumerate(cues) if cue.id == current_cue_id), None)
    if index is None:
        # Before the first cue the plan has not begun; the show can only be late.
        behind = now - show_started_at
        return _drift(behind, planned, planned, now)
    current = cues[index]
    started_at = current.started_at or show_started_at
    before = timedelta(minutes=sum(cue.minutes for cue in cues[:index]))
    own = timedelta(minutes=current.minutes)
    spent = now - started_at
    overrun = max(timedelta(0), spent - own)
    behind = (started_at - show_started_at) - before + overrun
    after = timedelta(minutes=sum(cue.minutes for cue in cues[index + 1 :]))
    return _drift(behind, planned, after + max(timedelta(0), own - spent), now)


def _drift(behind: timedelta, planned: timedelta, left: timedelta, now: datetime) -> Drift:
    return Drift(
        behind_s=round(behind.total_seconds()),
        planned_s=round(planned.total_seconds()),
        left_s=round(left.total_seconds()),
        ends_at=now + left,
    )


class PriceWarning(msgspec.Struct, frozen=True, kw_only=True):
    """The script says a price that the shop does not ask. `prices` are those configured for the item's variants."""

    cue_id: str
    item_id: str
    number: int
    said: Money
    prices: list[Money]


def price_warnings(
    cues: Sequence[Cue], numbers: Mapping[str, int], prices: Mapping[str, Sequence[Money]]
) -> list[PriceWarning]:
    """Cues whose price said is not the price of any variant of their item; items no longer on the shelf are skipped."""
    found: list[PriceWarning] = []
    for cue in cues:
        if cue.price_said is None or cue.item_id is None or cue.item_id not in numbers:
            continue
        configured = list(dict.fromkeys(prices.get(cue.item_id, ())))
        if cue.price_said not in configured:
            found.append(
                PriceWarning(
                    cue_id=cue.id,
                    item_id=cue.item_id,
                    number=numbers[cue.item_id],
                    said=cue.price_said,
                    prices=configured,
                )
            )
    return found


def next_cue(cues: Sequence[Cue], current_cue_id: str | None) -> Cue | None:
    """The cue after the current one; the first while there is none."""
    index = next((index for index, cue in enumerate(cues) if cue.id == current_cue_id), -1)
    return cues[index + 1] if index + 1 < len(cues) else None


def previous_cue(cues: Sequence[Cue], current_cue_id: str | None) -> Cue | None:
    index = next((index for index, cue in enumerate(cues) if cue.id == current_cue_id), 0)
    return cues[index - 1] if index > 0 else None
