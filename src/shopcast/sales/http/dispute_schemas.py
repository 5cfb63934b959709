"""What disputes and price mistakes read and write over HTTP."""

from datetime import datetime

import msgspec

from shopcast.sales.price_mistakes.model import Remedy


class SubmitEvidenceRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The seller's own words beside the pack."""

    statement: str = ""


class MistakeRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Orders of one variant placed at `wrong_price_minor` from `from_at` up to `to_at`."""

    show_id: str | None = None
    item_id: str | None = None
    variant_id: str
    wrong_price_minor: int
    from_at: datetime
    to_at: datetime
    remedy: Remedy
    stop_item: bool = True
