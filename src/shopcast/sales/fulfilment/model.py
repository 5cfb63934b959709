"""What is still to be sent, and the parcels that left. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import quote

import msgspec

# A wrong press is noticed at once; the buyer's mail waits as long, so that nobody is told of a parcel that never left.
UNDO_WINDOW = timedelta(minutes=10)
# The seller's longest promise of days may be missed by this much: about when a carrier calls a parcel lost, and whoever
# waits for it has asked. From then on a parcel nobody marked counts as arrived, or the time to return would never end.
ASSUME_GRACE = timedelta(days=7)
# For a country the policy has no zone for any more: longer than any post we know takes.
ASSUME_WITHOUT_ZONE = timedelta(days=45)
# Names of carriers and their numbers are short; more is a pasted page.
CARRIER_LIMIT = 40
TRACKING_LIMIT = 60
TRACKING_URL_LIMIT = 500
# An order has at most 20 lines; somebody who sends each unit alone still fits.
SHIPMENTS_PER_ORDER_LIMIT = 200

# Where a number is looked up, for carriers people write in their own way.
_TRACKING_PAGES: Mapping[str, str] = {
    "dhl": "https://www.dhl.com/global-en/home/tracking.html?tracking-id={number}",
    "ups": "https://www.ups.com/track?tracknum={number}",
    "fedex": "https://www.fedex.com/fedextrack/?trknbr={number}",
    "usps": "https://tools.usps.com/go/TrackConfirmAction?tLabels={number}",
    "dpd": "https://www.dpdgroup.com/tracking?parcelNumber={number}",
    "gls": "https://gls-group.com/track/{number}",
    "hermes": "https://www.myhermes.de/empfangen/sendungsverfolgung/sendungsinformation/#{number}",
    "sf": "https://www.sf-express.com/chn/sc/waybill/waybill-detail/{number}",
    "顺丰": "https://www.sf-express.com/chn/sc/waybill/waybill-detail/{number}",
}


class ShipmentState(StrEnum):
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    UNDONE = "undone"  # pressed by mistake; its units are to be sent again


class ShipmentLineView(msgspec.Struct, frozen=True, kw_only=True):
    line_id: str
    title: str
    variant_title: str
    sku: str
    quantity: int


class ShipmentView(msgspec.Struct, frozen=True, kw_only=True):
    """`undo_until` is None once it is too late, or undone. `delivery_assumed_at`: nobody marked it in time, so from
    then on it counts as arrived; marking it puts the real instant in its place."""

    id: str
    number: int
    state: ShipmentState
    carrier: str
    tracking_number: str
    tracking_url: str | None
    shipped_at: datetime
    delivered_at: datetime | None
    delivery_assumed_at: datetime | None = None
    undo_until: datetime | None
    lines: tuple[ShipmentLineView, ...]


class PickLine(msgspec.Struct, frozen=True, kw_only=True):
    """Units of one line that are paid and neither sent nor cancelled. After an exchange `replacement` is True, and
    title, variant and SKU are those of what goes out instead."""

    line_id: str
    order_id: str
    order_number: str
    placed_at: datetime
    packed: bool
    show_id: str | None
    item_number: int | None
    product_id: str
    variant_id: str
    title: str
    variant_title: str
    sku: str
    quantity: int
    gift: bool
    replacement: bool
    name: str
    country: str
    postal_code: str
    city: str


class PickVariantSum(msgspec.Struct, frozen=True, kw_only=True):
    variant_id: str
    title: str
    variant_title: str
    sku: str
    quantity: int


class PickOrderSum(msgspec.Struct, frozen=True, kw_only=True):
    order_id: str
    order_number: str
    name: str
    lines: int
    units: int


class PickList(msgspec.Struct, frozen=True, kw_only=True):
    """One page of lines with the sums of their orders; `by_variant` and `units` are of everything that is to be sent
    under the same filter, so that one walk through the storeroom fetches it."""

    items: tuple[PickLine, ...]
    by_order: tuple[PickOrderSum, ...]
    by_variant: tuple[PickVariantSum, ...]
    units: int
    next_cursor: str | None


class LineProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a line has come. `returned` counts units that are on a return, on their way or back."""

    line_id: str
    order_id: str
    quantity: int
    net_minor: int
    tax_minor: int
    cancelled: int
    packed: int
    shipped: int
    returned: int
    refunded_units: int
    goods_refunded_minor: int
    tax_refunded_minor: int

    @property
    def to_ship(self) -> int:
        return self.quantity - self.cancelled - self.shipped

    @property
    def returnable(self) -> int:
        return self.shipped - self.returned


def assume_at(shipped_at: datetime, days_max: int | None) -> datetime:
    """`days_max` is the longest promised from payment to door, so never short for a parcel that has left."""
    return shipped_at + (ASSUME_WITHOUT_ZONE if days_max is None else timedelta(days=days_max) + ASSUME_GRACE)


def tracking_page(carrier: str, number: str) -> str | None:
    """None for carriers we don't know, or without a number."""
    template = _TRACKING_PAGES.get(carrier.strip().casefold())
    return None if template is None or not number else template.format(number=quote(number, safe=""))


def is_web_address(text: str) -> bool:
    """Shown to buyers as a link: only the web, never a script or a line break in a header."""
    plain = text.isascii() and text.isprintable() and " " not in text and not set('<>"\\') & set(text)
    return plain and text.startswith(("https://", "http://")) and len(text) <= TRACKING_URL_LIMIT
