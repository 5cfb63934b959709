"""Changes a variant's price, stock or article number."""

from datetime import datetime

import msgspec

from shopcast.accounts import MANAGING_ROLES
from shopcast.catalog.events import ProductChanged
from shopcast.catalog.prices.repository import change_price, check_price
from shopcast.catalog.products import repository
from shopcast.catalog.products.fields import clean_label, clean_weight
from shopcast.catalog.products.model import Variant
from shopcast.catalog.products.queries import require_product_role, variant
from shopcast.catalog.stock.repository import set_left, set_on_hand
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import InvalidInput, NotFound
from shopcast.kernel.principal import Principal


class ChangeVariant(Command, frozen=True, kw_only=True):
    """`on_hand` counts all units ever, sold ones too; `left` what can be bought from now on. One of the two."""

    variant_id: str
    price_minor: int | None = None
    # None removes it, unset leaves it.
    compare_at_minor: int | msgspec.UnsetType | None = msgspec.UNSET
    on_hand: int | None = None
    left: int | None = None
    sku: str | None = None
    barcode: str | None = None
    weight_grams: int | None = None


def change_variant(tx: Tx, command: ChangeVariant, by: Principal, now: datetime) -> Variant:
    """Raises PriceOutOfRange, QuantityOutOfRange, StockBelowPromised."""
    if not by.system:
        by.require_person()
    known = variant(tx, command.variant_id)
    try:
        require_product_role(tx, by, known.product_id, *MANAGING_ROLES)
    except NotFound:
        raise NotFound("variant") from None
    changed = sorted(
        [
            *_change_fields(tx, command, known),
            *_change_price(tx, command, known, now),
            *_change_stock(tx, command, known),
        ]
    )
    tx.audit(by, "catalog.variant_changed", known.id, {"organisation_id": known.organisation_id, "fields": changed})
    return variant(tx, known.id)


def _change_fields(tx: Tx, command: ChangeVariant, known: Variant) -> list[str]:
    changes: dict[str, object] = {}
    if command.sku is not None:
        changes["sku"] = clean_label(command.sku, "sku")
    if command.barcode is not None:
        changes["barcode"] = clean_label(command.barcode, "barcode")
    if command.weight_grams is not None:
        changes["weight_grams"] = clean_weight(command.weight_grams)
    if command.compare_at_minor is not msgspec.UNSET:
        check_price(command.compare_at_minor or 0)
        changes["compare_at_minor"] = command.compare_at_minor
    repository.change_variant(tx, known.id, changes)
    if changes:
        tx.record(ProductChanged(product_id=known.product_id, organisation_id=known.organisation_id))
    return list(changes)


def _change_price(tx: Tx, command: ChangeVariant, known: Variant, now: datetime) -> list[str]:
    if command.price_minor is None or command.price_minor == known.price_minor:
        return []
    check_price(command.price_minor)
    change_price(tx, known.id, known.product_id, known.price_minor, command.price_minor, known.currency, now)
    return ["price_minor"]


def _change_stock(tx: Tx, command: ChangeVariant, known: Variant) -> list[str]:
    if command.on_hand is not None and command.left is not None:
        raise InvalidInput("left", "it has the wrong form")
    if command.on_hand is not None:
        set_on_hand(tx, known.id, known.product_id, command.on_hand)
        return ["on_hand"]
    if command.left is not None:
        set_left(tx, known.id, known.product_id, command.left)
        return ["left"]
    return []
