"""Reads products and variants."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, Select, bindparam, case, func, select

from shopcast.accounts import Role, require_role
from shopcast.catalog.images.model import image_url
from shopcast.catalog.products.model import Product, Variant
from shopcast.catalog.tables import image, set_aside, stock
from shopcast.catalog.tables import product as product_table
from shopcast.catalog.tables import variant as variant_table
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import NotFound
from shopcast.kernel.principal import Principal
from shopcast.kernel.text import normalise

# SQLite refuses statements with more than 32,766 parameters; PostgreSQL with more than 65,535.
_IDS_AT_ONCE = 1_000


def product(conn: ReadConnection, product_id: str) -> Product:
    """Raises NotFound."""
    row = conn.execute(_PRODUCT, {"product_id": product_id}).first()
    if row is None:
        raise NotFound("product")
    return _product(row)


def require_product_role(conn: ReadConnection, by: Principal, product_id: str, *roles: Role) -> Product:
    """The product, for members of its organisation holding one of `roles`. For everybody else it does not exist."""
    if not by.system:
        by.require_person()
    found = product(conn, product_id)
    try:
        require_role(conn, by, found.organisation_id, *roles)
    except NotFound:
        raise NotFound("product") from None
    return found


def products_by_id(conn: ReadConnection, product_ids: Collection[str]) -> dict[str, Product]:
    """Those found, by id."""
    found: dict[str, Product] = {}
    for ids in _slices(product_ids):
        rows = conn.execute(_PRODUCTS_AMONG, {"ids": ids})
        found.update((row.id, _product(row)) for row in rows)
    return found


def products_of(
    conn: ReadConnection, organisation_id: str, query: str = "", before_id: str | None = None, limit: int = 50
) -> list[Product]:
    """Newest first, those older than `before_id`; `query` finds each of its words anywhere in title, vendor, type,
    tags or handle."""
    statement = _products().where(product_table.c.organisation_id == organisation_id)
    # Eight words are more than a search box gets; the rest would only cost.
    for word in normalise(query).split()[:8]:
        statement = statement.where(product_table.c.search_text.contains(word, autoescape=True))
    if before_id is not None:
        statement = statement.where(product_table.c.id < before_id)
    rows = conn.execute(statement.order_by(product_table.c.id.desc()).limit(limit))
    return [_product(row) for row in rows]


def variant(conn: ReadConnection, variant_id: str) -> Variant:
    """Raises NotFound."""
    row = conn.execute(_VARIANT, {"variant_id": variant_id}).first()
    if row is None:
        raise NotFound("variant")
    return _variant(row)


def variants_by_id(conn: ReadConnection, variant_ids: Collection[str]) -> dict[str, Variant]:
    """Those found, by id."""
    found: dict[str, Variant] = {}
    for ids in _slices(variant_ids):
        rows = conn.execute(_VARIANTS_AMONG, {"ids": ids})
        found.update((row.id, _variant(row)) for row in rows)
    return found


def variants_of(conn: ReadConnection, product_ids: Collection[str]) -> dict[str, list[Variant]]:
    """The variants of each product in their order; a product without any, or unknown, has an empty list."""
    found: dict[str, list[Variant]] = {product_id: [] for product_id in product_ids}
    for ids in _slices(product_ids):
        for row in conn.execute(_VARIANTS_OF, {"ids": ids}):
            found[row.product_id].append(_variant(row))
    return found


def left_of_product(conn: ReadConnection, product_id: str, for_id: str | None = None) -> dict[str, int]:
    """What can be bought of each variant by everybody, and in the place `for_id` (a show) from what is set aside for
    it, in their order; of a draft, nothing. Told for every buyer, so no more."""
    rows = conn.execute(_LEFT_OF, {"product_id": product_id, "for_id": for_id or ""})
    return {row.id: max(0, row.left) for row in rows}


def _slices(ids: Collection[str]) -> list[Sequence[str]]:
    wanted = sorted(set(ids))
    return [wanted[start : start + _IDS_AT_ONCE] for start in range(0, len(wanted), _IDS_AT_ONCE)]


def _products() -> Select[Any]:
    return select(product_table, image.c.version.label("image_version")).join(
        image, image.c.id == product_table.c.image_id
    )


def _variants() -> Select[Any]:
    return (
        select(
            variant_table,
            product_table.c.organisation_id,
            product_table.c.title.label("product_title"),
            product_table.c.status.label("product_status"),
            product_table.c.image_id,
            image.c.version.label("image_version"),
            stock.c.on_hand,
            stock.c.held,
            stock.c.sold,
            stock.c.set_aside,
        )
        .join(product_table, product_table.c.id == variant_table.c.product_id)
        .join(image, image.c.id == product_table.c.image_id)
        .join(stock, stock.c.variant_id == variant_table.c.id)
    )


# Built once: building these costs eight times what running them does, and they run for every buyer.
_PRODUCT = _products().where(product_table.c.id == bindparam("product_id"))
_PRODUCTS_AMONG = _products().where(product_table.c.id.in_(bindparam("ids", expanding=True)))
_VARIANT = _variants().where(variant_table.c.id == bindparam("variant_id"))
_VARIANTS_AMONG = _variants().where(variant_table.c.id.in_(bindparam("ids", expanding=True)))
_VARIANTS_OF = (
    _variants()
    .where(variant_table.c.product_id.in_(bindparam("ids", expanding=True)))
    .order_by(variant_table.c.position, variant_table.c.id)
)
_LEFT_OF = (
    select(
        variant_table.c.id,
        case(
            (
                product_table.c.status == "active",
                stock.c.on_hand - stock.c.held - stock.c.sold - stock.c.set_aside + func.coalesce(set_aside.c.left, 0),
            ),
            else_=0,
        ).label("left"),
    )
    .join(product_table, product_table.c.id == variant_table.c.product_id)
    .join(stock, stock.c.variant_id == variant_table.c.id)
    .outerjoin(
        set_aside,
        (set_aside.c.variant_id == variant_table.c.id)
        & (set_aside.c.for_id == bindparam("for_id"))
        & set_aside.c.is_open,
    )
    .where(variant_table.c.product_id == bindparam("product_id"))
    .order_by(variant_table.c.position, variant_table.c.id)
)


def _product(row: Row[Any]) -> Product:
    return Product(
        id=row.id,
        organisation_id=row.organisation_id,
        handle=row.handle,
        title=row.title,
        description=row.description,
        vendor=row.vendor,
        product_type=row.product_type,
        tags=row.tags,
        status=row.status,
        options=row.options,
        image_id=row.image_id,
        image_url=image_url(row.image_id, row.image_version),
    )


def _variant(row: Row[Any]) -> Variant:
    return Variant(
        id=row.id,
        product_id=row.product_id,
        organisation_id=row.organisation_id,
        product_title=row.product_title,
        product_status=row.product_status,
        image_id=row.image_id,
        image_url=image_url(row.image_id, row.image_version),
        sku=row.sku,
        barcode=row.barcode,
        option_values=row.option_values,
        title=row.title,
        price_minor=row.price_minor,
        currency=row.currency,
        compare_at_minor=row.compare_at_minor,
        weight_grams=row.weight_grams,
        position=row.position,
        on_hand=row.on_hand,
        held=row.held,
        sold=row.sold,
        set_aside=row.set_aside,
    )
