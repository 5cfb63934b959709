"""Pure rules of comment-to-buy: which variant the words mean, and how much one person may take this way."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from shopcast.kernel.money import Money
from shopcast.kernel.text import normalise

# Typing is cheaper than tapping: who has this many unpaid by comment pays first.
OPEN_BY_COMMENT: Final = 5
# A frame holds a dozen choices on a phone's screen; more are chosen on the card.
CHOICES_LIMIT: Final = 12


class ChatOrderState(StrEnum):
    PLACED = "placed"  # a hold was taken
    ASKED = "asked"  # the variant was not clear; choices were sent
    REFUSED = "refused"


class ChatOrderSetting(msgspec.Struct, frozen=True, kw_only=True):
    """`enabled` of a show is None while it goes by its organisation; `effective` is what counts."""

    enabled: bool | None
    effective: bool


class ChatOrderView(msgspec.Struct, frozen=True, kw_only=True):
    """An order by comment as the seller sees it."""

    id: str
    show_id: str
    item_id: str
    item_number: int
    buyer_key: str
    name: str
    text: str
    state: ChatOrderState
    code: str | None
    variant_id: str | None
    variant_title: str
    quantity: int
    hold_id: str | None
    hold_state: str | None
    price: Money | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Sized:
    """A variant as its words are compared: id and option values."""

    id: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Meant:
    """`one` when it is clear. Otherwise `choices` to ask with; none at all when the words are about something else."""

    one: str | None
    choices: tuple[str, ...]


# Both sides are brought to these, so that "medium", "M码" and an option "M" are one.
_SIZES: Final[Mapping[str, str]] = {
    "extra small": "xs", "small": "s", "medium": "m", "large": "l", "extra large": "xl", "xxlarge": "xxl",
    "2xl": "xxl", "3xl": "xxxl", "2xs": "xxs", "小": "s", "中": "m", "大": "l", "加大": "xl", "均": "one size",
    "onesize": "one size", "free size": "one size",
}  # fmt: skip
_COLOURS: Final[Mapping[str, str]] = {
    "黑": "black", "白": "white", "红": "red", "蓝": "blue", "绿": "green", "黄": "yellow", "橙": "orange",
    "粉": "pink", "粉红": "pink", "紫": "purple", "棕": "brown", "灰": "grey", "gray": "grey", "金": "gold",
    "银": "silver", "米": "beige", "卡其": "khaki", "酒红": "burgundy", "藏青": "navy", "咖啡": "coffee",
}  # fmt: skip
_KNOWN_SIZES: Final = frozenset("xxxs xxs xs s m l xl xxl xxxl 4xl 5xl 6xl".split()) | {"one size"}
_KNOWN_COLOURS: Final = frozenset(_COLOURS.values()) | frozenset(
    "violet cream turquoise teal ivory nude camel olive coral mint denim".split()
)
_NUMBERED_SIZE: Final = re.compile(r"[2-9]\d(?:\.5)?")
_SUFFIX: Final = re.compile(r"(?<=.)(?:码|號|号|色)$")


def meant(variants: Sequence[Sized], words: Sequence[str]) -> Meant:
    """Every word must be understood: buying the wrong thing is worse than being asked."""
    if not words:
        everything = tuple(variant.id for variant in variants)
        return Meant(everything[0], ()) if len(everything) == 1 else Meant(None, everything)
    fitting = tuple(variant.id for variant in variants if _fits(variant, words))
    if len(fitting) == 1:
        return Meant(fitting[0], ())
    if fitting:
        return Meant(None, fitting)
    # "sold 7 XXL" where there is none: it was meant as an order, so say what there is.
    if all(_is_variant_word(word) for word in words):
        return Meant(None, tuple(variant.id for variant in variants))
    return Meant(None, ())


def _fits(variant: Sized, words: Sequence[str]) -> bool:
    """Whether the words, taken one after the other or joined, are all among its option values."""
    values = {_canonical(value) for value in variant.options}
    start = 0
    while start < len(words):
        # Longest first: "rose gold" before "rose".
        for end in range(len(words), start, -1):
            if _canonical(" ".join(words[start:end])) in values or _canonical("".join(words[start:end])) in values:
                start = end
                break
        else:
            return False
    return True


def _is_variant_word(word: str) -> bool:
    canonical = _canonical(word)
    return (
        canonical in _KNOWN_SIZES
        or canonical in _KNOWN_COLOURS
        or re.fullmatch(r"[2-9]\d(?:\.5)?", canonical) is not None
    )


def _canonical(text: str) -> str:
    folded = normalise(text).strip()
    bare = _SUFFIX.sub("", folded)
    return _SIZES.get(bare) or _COLOURS.get(bare) or bare
