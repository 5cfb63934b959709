"""The port of labels: whoever prints what is stuck on a parcel; ours, which wiring joins, needs no carrier."""

from typing import Protocol

import msgspec

from shopcast.kernel.errors import Language


class LabelParty(msgspec.Struct, frozen=True, kw_only=True):
    lines: tuple[str, ...]
    country: str


class LabelRequest(msgspec.Struct, frozen=True, kw_only=True):
    """`reference` is the shipment's or return's id: asked twice, a carrier sells one label."""

    reference: str
    order_number: str
    sender: LabelParty
    receiver: LabelParty
    carrier: str
    tracking_number: str
    units: int
    is_return: bool
    language: Language


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """Carrier and number are those asked for, or what the carrier gave instead. `content_type` says what it is: PDF, a
    picture, or the language of a label printer."""

    content: bytes
    content_type: str
    carrier: str
    tracking_number: str


class LabelProvider(Protocol):
    async def label(self, request: LabelRequest) -> Label:
        """Raises LabelsAway when the carrier does not answer."""
