"""Makes a product with its variants by hand."""

from datetime import datetime

import msgspec

from shopcast.accounts import MANAGING_ROLES, organisation, require_role
from shopcast.catalog.errors import HandleTaken, QuantityOutOfRange
from shopcast.catalog.prices.repository import check_price
from shopcast.catalog.products import repository
from shopcast.catalog.products.fields import (
    clean_description,
    clean_label,
    clean_option_values,
    clean_options,
    clean_tags,
    clean_title,
    clean_weight,
)
from shopcast.catalog.products.model import QUANTITY_LIMIT, VARIANTS_LIMIT, Product, Status, handle_of
from shopcast.catalog.products.queries import product
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.principal import Principal


class VariantDraft(msgspec.Struct, frozen=True, kw_only=True):
    option_values: list[str] = []
    sku: str = ""
    # Of one unit with its packing; 0: not told.
    weight_grams: int = 0
    barcode: str = ""
    price_minor: int
    compare_at_minor: int | None = None
    on_hand: int = 0


class CreateProduct(Command, frozen=True, kw_only=True):
    organisation_id: str
    title: str
    # Made from the title when left out.
    handle: str = ""
    description: str = ""
    vendor: str = ""
    product_type: str = ""
    tags: list[str] = []
    status: Status = "active"
    options: list[str] = []
    variants: list[VariantDraft]


def create_product(tx: Tx, command: CreateProduct, by: Principal, now: datetime) -> Product:
    """Raises HandleTaken, VariantsWrong, PriceOutOfRange, QuantityOutOfRange, InvalidInput."""
    require_role(tx, by, command.organisation_id, *MANAGING_ROLES)
    owner = organisation(tx, command.organisation_id)
    title = clean_title(command.title)
    handle = handle_of(command.handle or title)
    if not handle:
        raise InvalidInput("handle", "it is empty")
    if repository.handle_is_taken(tx, owner.id, handle):
        raise HandleTaken(handle=handle)
    options = clean_options(command.options)
    rows = _variant_rows(command, options)
    fields = {
        "organisation_id": owner.id,
        "handle": handle,
        "title": title,
        "description": clean_description(command.description),
        "vendor": clean_label(command.vendor, "vendor"),
        "product_type": clean_label(command.product_type, "product_type"),
        "tags": clean_tags(command.tags),
        "status": command.status,
        "options": options,
    }
    product_id = repository.add_product(tx, fields, now)
    repository.add_variants(tx, [{"product_id": product_id, **row} for row in rows], owner.currency, now)
    tx.audit(by, "catalog.product_created", product_id, {"organisation_id": owner.id})
    return product(tx, product_id)


def _variant_rows(command: CreateProduct, options: list[str]) -> list[dict[str, object]]:
    drafts = command.variants
    if len(drafts) > VARIANTS_LIMIT:
        raise InvalidInput("variants", "it is too long")
    values = clean_option_values(options, [draft.option_values for draft in drafts])
    for draft in drafts:
        check_price(draft.price_minor)
        check_price(draft.compare_at_minor or 0)
        if not 0 <= draft.on_hand <= QUANTITY_LIMIT:
            raise QuantityOutOfRange(smallest=0, largest=QUANTITY_LIMIT)
    return [
        {
            "option_values": values[index],
            "sku": clean_label(draft.sku, "sku"),
            "barcode": clean_label(draft.barcode, "barcode"),
            "price_minor": draft.price_minor,
            "compare_at_minor": draft.compare_at_minor,
            "weight_grams": clean_weight(draft.weight_grams),
            "position": index + 1,
            "on_hand": draft.on_hand,
            "imported_quantity": None,
        }
        for index, draft in enumerate(drafts)
    ]
