"""What the catalogue takes and gives as JSON."""

from datetime import datetime
from typing import Annotated

import msgspec

from shopcast.catalog.importing.columns import Dialect
from shopcast.catalog.importing.model import State
from shopcast.catalog.importing.problems import Effect
from shopcast.catalog.products.model import Product, Status, Variant
from shopcast.kernel.errors import Param

Line = Annotated[str, msgspec.Meta(max_length=1_000)]
Text = Annotated[str, msgspec.Meta(max_length=50_000)]


class VariantView(msgspec.Struct, frozen=True, kw_only=True):
    """`left` can be bought; `on_hand` counts every unit ever, those held and sold too."""

    id: str
    product_id: str
    sku: str
    barcode: str
    option_values: list[str]
    title: str
    price_minor: int
    currency: str
    compare_at_minor: int | None
    weight_grams: int
    position: int
    on_hand: int
    held: int
    sold: int
    left: int

    @classmethod
    def of(cls, variant: Variant) -> "VariantView":
        return cls(
            id=variant.id,
            product_id=variant.product_id,
            sku=variant.sku,
            barcode=variant.barcode,
            option_values=variant.option_values,
            title=variant.title,
            price_minor=variant.price_minor,
            currency=variant.currency,
            compare_at_minor=variant.compare_at_minor,
            weight_grams=variant.weight_grams,
            position=variant.position,
            on_hand=variant.on_hand,
            held=variant.held,
            sold=variant.sold,
            left=variant.left,
        )


class ProductView(msgspec.Struct, frozen=True, kw_only=True):
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
    image_url: str
    variants: list[VariantView]

    @classmethod
    def of(cls, product: Product, variants: list[Variant]) -> "ProductView":
        return cls(
            id=product.id,
            organisation_id=product.organisation_id,
            handle=product.handle,
            title=product.title,
            description=product.description,
            vendor=product.vendor,
            product_type=product.product_type,
            tags=product.tags,
            status=product.status,
            options=product.options,
            image_url=product.image_url,
            variants=[VariantView.of(variant) for variant in variants],
        )


class VariantRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    option_values: list[Line] = []
    sku: Line = ""
    barcode: Line = ""
    price_minor: int
    compare_at_minor: int | None = None
    weight_grams: int = 0
    on_hand: int = 0


class ProductRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    title: Line
    handle: Line = ""
    description: Text = ""
    vendor: Line = ""
    product_type: Line = ""
    tags: list[Line] = []
    status: Status = "active"
    options: list[Line] = []
    variants: list[VariantRequest]


class ProductChanges(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    title: Line | None = None
    description: Text | None = None
    vendor: Line | None = None
    product_type: Line | None = None
    tags: list[Line] | None = None
    status: Status | None = None


class VariantChanges(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`left` says how many can be bought from now on; `on_hand` how many there are in all. One of the two."""

    price_minor: int | None = None
    compare_at_minor: int | msgspec.UnsetType | None = msgspec.UNSET
    on_hand: int | None = None
    left: int | None = None
    sku: Line | None = None
    barcode: Line | None = None
    weight_grams: int | None = None


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    message: str
    params: dict[str, Param]


class ImportView(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    file_name: str
    state: State
    started_at: datetime
    finished_at: datetime | None
    failure: Failure | None
    dialect: Dialect | None
    rows_total: int
    rows_done: int
    products_created: int
    products_updated: int
    products_unchanged: int
    variants_created: int
    variants_updated: int
    variants_unchanged: int
    problems_count: int


class ProblemView(msgspec.Struct, frozen=True, kw_only=True):
    """`reason` is in the request's language."""

    line: int
    column: str
    code: str
    reason: str
    value: str
    effect: Effect
