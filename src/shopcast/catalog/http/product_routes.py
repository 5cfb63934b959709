"""Products and variants of an organisation, for its members."""

from typing import Annotated

from litestar import get, patch, post
from litestar.params import FromPath, JSONBody, QueryParameter

from shopcast.accounts import require_role
from shopcast.catalog.http.schemas import (
    ProductChanges,
    ProductRequest,
    ProductView,
    VariantChanges,
    VariantView,
)
from shopcast.catalog.products.change_product import ChangeProduct
from shopcast.catalog.products.change_variant import ChangeVariant
from shopcast.catalog.products.create_product import CreateProduct, VariantDraft
from shopcast.catalog.products.model import Product, Variant
from shopcast.catalog.products.queries import products_of, require_product_role, variants_of
from shopcast.kernel.actions import Actions, ReadConnection
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.web_support.deps import Injected
from shopcast.web_support.pagination import Page, PageRequest, encode_cursor


@get("/v1/organisations/{organisation_id:str}/products", operation_id="list_products")
async def list_products(
    organisation_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    page: Injected[PageRequest],
    text: Annotated[str, QueryParameter(name="query", max_length=200)] = "",
) -> Page[ProductView]:
    """Newest first; `query` finds words in title, vendor, type, tags and handle."""
    await reads.run(require_role, principal, organisation_id)
    before = page.after(tuple[str])
    found = await reads.run(products_of, organisation_id, text, before[0] if before else None, page.limit + 1)
    shown = found[: page.limit]
    variants = await reads.run(variants_of, [product.id for product in shown])
    return Page(
        items=[ProductView.of(product, variants[product.id]) for product in shown],
        next_cursor=encode_cursor((shown[-1].id,)) if len(found) > page.limit else None,
    )


@get("/v1/products/{product_id:str}", operation_id="get_product")
async def get_product(product_id: FromPath[str], principal: Injected[Principal], reads: Injected[Reads]) -> ProductView:
    return await reads.run(_product_view, principal, product_id)


@post("/v1/organisations/{organisation_id:str}/products", operation_id="create_product", status_code=201)
async def create_product(
    organisation_id: FromPath[str],
    data: JSONBody[ProductRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
) -> ProductView:
    created: Product = await actions.run(
        CreateProduct(
            organisation_id=organisation_id,
            title=data.title,
            handle=data.handle,
            description=data.description,
            vendor=data.vendor,
            product_type=data.product_type,
            tags=data.tags,
            status=data.status,
            options=data.options,
            variants=[
                VariantDraft(
                    option_values=variant.option_values,
                    sku=variant.sku,
                    barcode=variant.barcode,
                    price_minor=variant.price_minor,
                    compare_at_minor=variant.compare_at_minor,
                    weight_grams=variant.weight_grams,
                    on_hand=variant.on_hand,
                )
                for variant in data.variants
            ],
        ),
        principal,
    )
    return await reads.run(_product_view, principal, created.id)


@patch("/v1/products/{product_id:str}", operation_id="change_product")
async def change_product(
    product_id: FromPath[str],
    data: JSONBody[ProductChanges],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
) -> ProductView:
    await actions.run(
        ChangeProduct(
            product_id=product_id,
            title=data.title,
            description=data.description,
            vendor=data.vendor,
            product_type=data.product_type,
            tags=data.tags,
            status=data.status,
        ),
        principal,
    )
    return await reads.run(_product_view, principal, product_id)


@patch("/v1/variants/{variant_id:str}", operation_id="change_variant")
async def change_variant(
    variant_id: FromPath[str],
    data: JSONBody[VariantChanges],
    principal: Injected[Principal],
    actions: Injected[Actions],
) -> VariantView:
    changed: Variant = await actions.run(
        ChangeVariant(
            variant_id=variant_id,
            price_minor=data.price_minor,
            compare_at_minor=data.compare_at_minor,
            on_hand=data.on_hand,
            left=data.left,
            sku=data.sku,
            barcode=data.barcode,
            weight_grams=data.weight_grams,
        ),
        principal,
    )
    return VariantView.of(changed)


def _product_view(conn: ReadConnection, by: Principal, product_id: str) -> ProductView:
    found = require_product_role(conn, by, product_id)
    return ProductView.of(found, variants_of(conn, [product_id])[product_id])


PRODUCT_ROUTES = [list_products, get_product, create_product, change_product, change_variant]
