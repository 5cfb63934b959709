"""Gives a product the picture that a member uploaded. The bytes are in the blob store before the action runs."""

from datetime import datetime

from shopcast.accounts import MANAGING_ROLES
from shopcast.catalog.errors import PictureRefused, PictureTooLarge
from shopcast.catalog.events import ProductChanged
from shopcast.catalog.images.model import PICTURE_LIMIT_BYTES, sniff
from shopcast.catalog.images.repository import keep_picture
from shopcast.catalog.products.queries import require_product_role
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.principal import Principal


class UploadImage(Command, frozen=True, kw_only=True):
    product_id: str
    blob_key: str
    content_type: str


def check_picture(content: bytes) -> str:
    """The content type. Raises PictureTooLarge, PictureRefused."""
    if len(content) > PICTURE_LIMIT_BYTES:
        raise PictureTooLarge(limit_mb=PICTURE_LIMIT_BYTES // 1024 // 1024)
    content_type = sniff(content)
    if content_type is None:
        raise PictureRefused()
    return content_type


def upload_image(tx: Tx, command: UploadImage, by: Principal, now: datetime) -> None:
    changed = require_product_role(tx, by, command.product_id, *MANAGING_ROLES)
    keep_picture(tx, changed.image_id, command.blob_key, command.content_type)
    tx.record(ProductChanged(product_id=changed.id, organisation_id=changed.organisation_id))
    tx.audit(by, "catalog.image_uploaded", changed.id, {"organisation_id": changed.organisation_id})
