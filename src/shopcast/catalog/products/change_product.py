"""Changes what a product says about itself."""

from datetime import datetime

from shopcast.accounts import MANAGING_ROLES
from shopcast.catalog.events import ProductChanged
from shopcast.catalog.images.repository import relabel_image
from shopcast.catalog.products import repository
from shopcast.catalog.products.fields import clean_description, clean_label, clean_tags, clean_title
from shopcast.catalog.products.model import Product, Status
from shopcast.catalog.products.queries import product, require_product_role
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.principal import Principal


class ChangeProduct(Command, frozen=True, kw_only=True):
    product_id: str
    title: str | None = None
    description: str | None = None
    vendor: str | None = None
    product_type: str | None = None
    tags: list[str] | None = None
    status: Status | None = None


def change_product(tx: Tx, command: ChangeProduct, by: Principal, now: datetime) -> Product:
    known = require_product_role(tx, by, command.product_id, *MANAGING_ROLES)
    changes = _changes(command)
    repository.change_product(tx, known, changes, now)
    if changes.get("title", known.title) != known.title:
        relabel_image(tx, known.image_id, str(changes["title"]))
    tx.record(ProductChanged(product_id=known.id, organisation_id=known.organisation_id))
    tx.audit(
        by,
        "catalog.product_changed",
        known.id,
        {"organisation_id": known.organisation_id, "fields": sorted(changes)},
    )
    return product(tx, known.id)


def _changes(command: ChangeProduct) -> dict[str, object]:
    changes: dict[str, object] = {}
    if command.title is not None:
        changes["title"] = clean_title(command.title)
    if command.description is not None:
        changes["description"] = clean_description(command.description)
    if command.vendor is not None:
        changes["vendor"] = clean_label(command.vendor, "vendor")
    if command.product_type is not None:
        changes["product_type"] = clean_label(command.product_type, "product_type")
    if command.tags is not None:
        changes["tags"] = clean_tags(command.tags)
    if command.status is not None:
        changes["status"] = command.status
    return changes
