"""What the catalogue tells others, after commit. A new product is on no shelf yet, so nobody is told of it."""

from shopcast.kernel.events import Event


class ProductChanged(Event, frozen=True, kw_only=True, tag="catalog.product_changed"):
    """Its title, text, status, options, variants or picture read differently from now on."""

    product_id: str
    organisation_id: str


class PriceChanged(Event, frozen=True, kw_only=True, tag="catalog.price_changed"):
    variant_id: str
    product_id: str
    was_minor: int
    price_minor: int
    currency: str


class StockChanged(Event, frozen=True, kw_only=True, tag="catalog.stock_changed"):
    """The seller changed what is on hand. Holds and sales are told by sales, which made them."""

    variant_id: str
    product_id: str
