"""Reads pictures: the one behind an address, and those still to be fetched."""

from datetime import datetime
from typing import Any, Literal

import msgspec
from sqlalchemy import Row, func, select

from shopcast.catalog.tables import image as image_table
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import NotFound

State = Literal["drawn", "waiting", "ready", "failed"]


class Image(msgspec.Struct, frozen=True, kw_only=True):
    """`drawn` has no picture by choice, `failed` could not be fetched; both show the placeholder."""

    id: str
    organisation_id: str
    label: str
    state: State
    source_url: str | None
    blob_key: str | None
    content_type: str | None
    version: int
    attempts: int


def image(conn: ReadConnection, image_id: str) -> Image:
    """Raises NotFound."""
    row = conn.execute(select(image_table).where(image_table.c.id == image_id)).first()
    if row is None:
        raise NotFound("image")
    return _image(row)


def images_to_fetch(conn: ReadConnection, now: datetime, limit: int) -> list[Image]:
    rows = conn.execute(
        select(image_table)
        .where(image_table.c.state == "waiting", image_table.c.next_try_at <= now)
        .order_by(image_table.c.next_try_at, image_table.c.id)
        .limit(limit)
    )
    return [_image(row) for row in rows]


_NEXT_DUE = select(func.min(image_table.c.next_try_at)).where(image_table.c.state == "waiting")


def next_fetch_at(conn: ReadConnection) -> datetime | None:
    due: datetime | None = conn.execute(_NEXT_DUE).scalar_one_or_none()
    return due


def _image(row: Row[Any]) -> Image:
    return Image(
        id=row.id,
        organisation_id=row.organisation_id,
        label=row.label,
        state=row.state,
        source_url=row.source_url,
        blob_key=row.blob_key,
        content_type=row.content_type,
        version=row.version,
        attempts=row.attempts,
    )
