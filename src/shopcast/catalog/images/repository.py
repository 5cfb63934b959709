"""SQL that writes pictures."""

from datetime import datetime

from sqlalchemy import insert, update

from shopcast.catalog.tables import image
from shopcast.kernel.actions import Tx
from shopcast.kernel.ids import new_id


def add_image(tx: Tx, organisation_id: str, label: str, now: datetime) -> str:
    """A drawn one, until a picture is uploaded."""
    image_id = new_id("img")
    tx.execute(
        insert(image).values(
            id=image_id,
            organisation_id=organisation_id,
            label=label,
            state="drawn",
            version=1,
            attempts=0,
            created_at=now,
        )
    )
    return image_id


def keep_picture(tx: Tx, image_id: str, blob_key: str, content_type: str) -> None:
    tx.execute(
        update(image)
        .where(image.c.id == image_id)
        .values(
            state="ready",
            blob_key=blob_key,
            content_type=content_type,
            version=image.c.version + 1,
            next_try_at=None,
            failure=None,
        )
    )


def relabel_image(tx: Tx, image_id: str, label: str) -> None:
    """A drawn placeholder reads differently afterwards, so it gets a new address."""
    tx.execute(update(image).where(image.c.id == image_id).values(label=label, version=image.c.version + 1))


def fetch_from(tx: Tx, image_id: str, source_url: str, now: datetime) -> None:
    """The picture known so far stays until the new one is there."""
    tx.execute(
        update(image)
        .where(image.c.id == image_id)
        .values(state="waiting", source_url=source_url, attempts=0, next_try_at=now, failure=None)
    )


def note_failed_fetch(tx: Tx, image_id: str, failure: str, next_try_at: datetime | None) -> None:
    """Without a next try the placeholder stays for good, until the address changes or a picture is uploaded."""
    tx.execute(
        update(image)
        .where(image.c.id == image_id, image.c.state == "waiting")
        .values(
            state="failed" if next_try_at is None else "waiting",
            attempts=image.c.attempts + 1,
            next_try_at=next_try_at,
            failure=failure,
        )
    )
