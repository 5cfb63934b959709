"""Owns the two headers Shopify has written product files with. Knows no value."""

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from shopcast.catalog.errors import ColumnsMissing

Dialect = Literal["old", "new"]
Column = Literal[
    "handle",
    "title",
    "description",
    "vendor",
    "product_type",
    "tags",
    "published",
    "status",
    "sku",
    "barcode",
    "price",
    "compare_at",
    "quantity",
    "weight",
    "image",
    "image_position",
    "option1_name",
    "option1_value",
    "option2_name",
    "option2_value",
    "option3_name",
    "option3_value",
]

# As (old, new). Everything else in the file (markets, metafields, Google, SEO) is left alone.
_HEADERS: Mapping[Column, tuple[str, str]] = {
    "handle": ("Handle", "URL handle"),
    "title": ("Title", "Title"),
    "description": ("Body (HTML)", "Description"),
    "vendor": ("Vendor", "Vendor"),
    "product_type": ("Type", "Type"),
    "tags": ("Tags", "Tags"),
    "published": ("Published", "Published on online store"),
    "status": ("Status", "Status"),
    "sku": ("Variant SKU", "SKU"),
    "barcode": ("Variant Barcode", "Barcode"),
    "price": ("Variant Price", "Price"),
    "compare_at": ("Variant Compare At Price", "Compare-at price"),
    "quantity": ("Variant Inventory Qty", "Inventory quantity"),
    "weight": ("Variant Grams", "Weight value (grams)"),
    "image": ("Image Src", "Product image URL"),
    "image_position": ("Image Position", "Image position"),
    "option1_name": ("Option1 Name", "Option1 name"),
    "option1_value": ("Option1 Value", "Option1 value"),
    "option2_name": ("Option2 Name", "Option2 name"),
    "option2_value": ("Option2 Value", "Option2 value"),
    "option3_name": ("Option3 Name", "Option3 name"),
    "option3_value": ("Option3 Value", "Option3 value"),
}
_REQUIRED: tuple[Column, ...] = ("handle", "title", "price")


class Columns(msgspec.Struct, frozen=True):
    """Where each column we use is, and what the file calls it."""

    dialect: Dialect
    position: dict[Column, int]
    header: dict[Column, str]
    width: int


def read_header(cells: Sequence[str]) -> Columns:
    """Raises ColumnsMissing naming the columns in the dialect the file is closest to."""
    written = [" ".join(cell.split()) for cell in cells]
    # Of a column that is there twice, the first counts.
    positions = {name.lower(): index for index, name in reversed(list(enumerate(written)))}
    found_old, found_new = (_found(positions, dialect) for dialect in (0, 1))
    is_old = len(found_old) >= len(found_new)
    found = found_old if is_old else found_new
    missing = [_HEADERS[column][0 if is_old else 1] for column in _REQUIRED if column not in found]
    if missing:
        raise ColumnsMissing(columns=", ".join(missing))
    return Columns(
        "old" if is_old else "new",
        found,
        {column: written[index] for column, index in found.items()},
        len(cells),
    )


def _found(positions: Mapping[str, int], dialect: int) -> dict[Column, int]:
    headers = {column: names[dialect].lower() for column, names in _HEADERS.items()}
    return {column: positions[header] for column, header in headers.items() if header in positions}
