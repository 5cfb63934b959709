"""Owns what a product and a variant are, as others see them, and their limits. Knows no file format."""

import re
import unicodedata
from typing import Literal

import msgspec

from shopcast.kernel.text import normalise

Status = Literal["active", "draft"]

TITLE_LIMIT = 255
# Shopify allows 512 KB of HTML; this is text, shown in a panel beside a video.
DESCRIPTION_LIMIT = 20_000
LABEL_LIMIT = 255
HANDLE_LIMIT = 255
OPTIONS_LIMIT = 3
TAGS_LIMIT = 250
# Shopify's own limit since 2025.
VARIANTS_LIMIT = 2_048
# Ten billion in a currency with two digits: above every real price, and sums of a cart stay within 64 bits.
PRICE_LIMIT_MINOR = 1_000_000_000_000
QUANTITY_LIMIT = 1_000_000_000
# A piano with its case; what weighs more does not go by parcel.
WEIGHT_LIMIT_GRAMS = 1_000_000

# The unit separator can't occur in a cleaned option value.
_OPTION_JOINER = "\x1f"


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """A variant with what a card, a hold or an order line needs to know of its product."""

    id: str
    product_id: str
    organisation_id: str
    product_title: str
    product_status: Status
    image_id: str
    image_url: str
    sku: str
    barcode: str
    option_values: list[str]
    title: str
    price_minor: int
    currency: str
    compare_at_minor: int | None
    weight_grams: int = 0
    position: int
    on_hand: int
    held: int
    sold: int
    set_aside: int = 0

    @property
    def left(self) -> int:
        """What everybody can buy; a show may have units of its own besides."""
        return self.on_hand - self.held - self.sold - self.set_aside


class Product(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    organisation_id: str
    handle: str
    title: str
    description: str
    vendor: str
    product_type: str
    tags: list[str]
    status: Status
    options: list[str]
    image_id: str
    image_url: str


def variant_title(option_values: list[str]) -> str:
    """ "M / Red"; empty for the only variant of a product without options."""
    return " / ".join(option_values)


def option_key(option_values: list[str]) -> str:
    return _OPTION_JOINER.join(normalise(value) for value in option_values)


def handle_of(title: str) -> str:
    """Words joined by hyphens, in any script."""
    words = re.sub(r"[\W_]+", "-", unicodedata.normalize("NFKC", title).lower())
    return words.strip("-")[:HANDLE_LIMIT]


def search_text(title: str, vendor: str, product_type: str, tags: list[str], handle: str) -> str:
    return normalise(" ".join((title, vendor, product_type, *tags, handle)))
