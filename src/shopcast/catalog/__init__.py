"""Catalogue: products, variants, prices, stock, pictures, imports. The names others may use are listed here."""

from shopcast.catalog.errors import SoldOut
from shopcast.catalog.events import PriceChanged, ProductChanged, StockChanged
from shopcast.catalog.images.model import image_url, placeholder, sniff
from shopcast.catalog.prices.queries import lowest_price_in_days, lowest_prices_in_days, price_now, prices_before
from shopcast.catalog.products.model import Product, Variant
from shopcast.catalog.products.queries import (
    product,
    products_by_id,
    products_of,
    variant,
    variants_by_id,
    variants_of,
)
from shopcast.catalog.stock.repository import claim_stock, hold_stock, release_stock, stock_left, return_stock
from shopcast.kernel.actions import ActionSpec
from shopcast.kernel.events import Subscription
from shopcast.kernel.jobs import JobSpec, Periodic

ACTIONS: tuple[ActionSpec, ...] = ()
SUBSCRIPTIONS: tuple[Subscription, ...] = ()
JOBS: tuple[JobSpec, ...] = ()
PERIODICS: tuple[Periodic, ...] = ()

__all__ = [
    "ACTIONS",
    "JOBS",
    "PERIODICS",
    "SUBSCRIPTIONS",
    "PriceChanged",
    "Product",
    "ProductChanged",
    "SoldOut",
    "StockChanged",
    "Variant",
    "claim_stock",
    "hold_stock",
    "image_url",
    "lowest_price_in_days",
    "lowest_prices_in_days",
    "placeholder",
    "price_now",
    "prices_before",
    "product",
    "products_by_id",
    "products_of",
    "release_stock",
    "sniff",
    "stock_left",
    "return_stock",
    "variant",
    "variants_by_id",
    "variants_of",
]
