"""SQL that writes products and variants."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from shopcast.catalog.images.repository import add_image
from shopcast.catalog.products.model import Product, option_key, search_text, variant_title
from shopcast.catalog.tables import price, product, stock, variant
from shopcast.kernel.actions import Tx
from shopcast.kernel.ids import new_id

# Built once: an import runs them for every part of its file.
_INSERT_VARIANTS = insert(variant)
_INSERT_STOCK = insert(stock)
_INSERT_PRICES = insert(price)


def handle_is_taken(tx: Tx, organisation_id: str, handle: str) -> bool:
    count: int = tx.execute(
        select(func.count()).where(product.c.organisation_id == organisation_id, product.c.handle == handle)
    ).scalar_one()
    return count > 0


def add_product(tx: Tx, fields: Mapping[str, Any], now: datetime) -> str:
    """`fields` are the columns a seller fills in. The picture is drawn until one is uploaded."""
    product_id = new_id("prd")
    image_id = add_image(tx, fields["organisation_id"], fields["title"], now)
    tx.execute(
        insert(product).values(
            id=product_id,
            image_id=image_id,
            search_text=_search_text(fields),
            created_at=now,
            updated_at=now,
            **fields,
        )
    )
    return product_id


def change_product(tx: Tx, known: Product, changes: Mapping[str, Any], now: datetime) -> None:
    after = {name: changes.get(name, getattr(known, name)) for name in _SEARCHED}
    tx.execute(
        update(product)
        .where(product.c.id == known.id)
        .values(search_text=_search_text(after), updated_at=now, **changes)
    )


def add_variants(tx: Tx, rows: Sequence[Mapping[str, Any]], currency: str, now: datetime) -> None:
    """Each row: product_id, option_values, sku, barcode, price_minor, compare_at_minor, weight_grams, position,
    on_hand, imported_quantity. Three statements, however many products there are."""
    ids = [new_id("var") for _ in rows]
    tx.execute(
        _INSERT_VARIANTS,
        [
            {
                "id": variant_id,
                "product_id": row["product_id"],
                "option_key": option_key(row["option_values"]),
                "option_values": row["option_values"],
                "title": variant_title(row["option_values"]),
                "sku": row["sku"],
                "barcode": row["barcode"],
                "price_minor": row["price_minor"],
                "currency": currency,
                "compare_at_minor": row["compare_at_minor"],
                "weight_grams": row["weight_grams"],
                "position": row["position"],
            }
            for variant_id, row in zip(ids, rows, strict=True)
        ],
    )
    tx.execute(
        _INSERT_STOCK,
        [
            {"variant_id": variant_id, "on_hand": row["on_hand"], "imported_quantity": row["imported_quantity"]}
            for variant_id, row in zip(ids, rows, strict=True)
        ],
    )
    # History starts with the first price: "lowest in 30 days" needs it from day one.
    tx.execute(
        _INSERT_PRICES,
        [
            {"variant_id": variant_id, "from_at": now, "price_minor": row["price_minor"], "currency": currency}
            for variant_id, row in zip(ids, rows, strict=True)
        ],
    )


def change_variant(tx: Tx, variant_id: str, changes: Mapping[str, Any]) -> None:
    if changes:
        tx.execute(update(variant).where(variant.c.id == variant_id).values(**changes))


_SEARCHED = ("title", "vendor", "product_type", "tags", "handle")


def _search_text(fields: Mapping[str, Any]) -> str:
    return search_text(*(fields[name] for name in _SEARCHED))
