"""Fetches pictures that products name by address, some at a time, until none is due."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import cast

import msgspec

from shopcast.catalog.images.fetch_remote import FetchFailed, Picture, fetch_picture
from shopcast.catalog.images.queries import Image, image, images_to_fetch, next_fetch_at
from shopcast.catalog.images.repository import keep_picture, note_failed_fetch
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Forbidden
from shopcast.kernel.ids import new_token
from shopcast.kernel.jobs import JobContext
from shopcast.kernel.ports import BlobStore
from shopcast.kernel.principal import SYSTEM, Principal

FETCH_IMAGES = "catalog.fetch_images"
# At ten seconds each, a run of nothing but time-outs ends within half a minute, well inside a job's lease.
_PER_RUN = 24
# Polite to the one host that most catalogues point at, and 8 MB each is 64 MB at worst.
_AT_ONCE = 8
# A host that is down comes back within the day, or the seller notices the placeholders.
_WAITS = (timedelta(minutes=1), timedelta(minutes=15), timedelta(hours=4))


# Raises FetchFailed.
PictureSource = Callable[[str], Awaitable[Picture]]


class FetchImages(msgspec.Struct, frozen=True):
    pass


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """`blob_key` and `content_type`, or why not. `source_url` is what was asked for: it may have changed since."""

    image_id: str
    source_url: str
    blob_key: str | None = None
    content_type: str | None = None
    failure: str | None = None
    is_final: bool = False


class NoteFetched(Command, frozen=True, kw_only=True):
    fetched: list[Fetched]


def note_fetched(tx: Tx, command: NoteFetched, by: Principal, now: datetime) -> None:
    if not by.system:
        raise Forbidden()
    for result in command.fetched:
        _note(tx, result, image(tx, result.image_id), now)
    enqueue_fetch(tx, now)


def enqueue_fetch(tx: Tx, now: datetime) -> None:
    """One run is queued, for when the next picture is due."""
    due = next_fetch_at(tx)
    if due is not None:
        tx.enqueue(FETCH_IMAGES, FetchImages(), run_at=max(due, now), key=FETCH_IMAGES)


def _note(tx: Tx, result: Fetched, known: Image, now: datetime) -> None:
    if known.state != "waiting" or known.source_url != result.source_url:
        return
    if result.blob_key is not None and result.content_type is not None:
        keep_picture(tx, known.id, result.blob_key, result.content_type)
        return
    gives_up = result.is_final or known.attempts >= len(_WAITS)
    next_try_at = None if gives_up else now + _WAITS[known.attempts]
    note_failed_fetch(tx, known.id, result.failure or "unreachable", next_try_at)


async def fetch_images(context: JobContext, payload: FetchImages) -> None:
    due = await context.reads.run(images_to_fetch, context.clock.now(), _PER_RUN)
    if not due:
        return
    blobs = cast(BlobStore, context.ports["blobs"])
    # Tests bring their own outside world.
    source = cast(PictureSource, context.ports["pictures"]) if "pictures" in context.ports else fetch_picture
    places = asyncio.Semaphore(_AT_ONCE)

    async def one(wanted: Image) -> Fetched:
        async with places:
            return await _fetch(source, blobs, wanted)

    fetched = await asyncio.gather(*(one(wanted) for wanted in due))
    await context.actions.run(NoteFetched(fetched=list(fetched)), SYSTEM)


async def _fetch(source: PictureSource, blobs: BlobStore, wanted: Image) -> Fetched:
    source_url = wanted.source_url or ""
    try:
        picture = await source(source_url)
    except FetchFailed as failed:
        return Fetched(image_id=wanted.id, source_url=source_url, failure=failed.code, is_final=failed.is_final)
    key = picture_key(wanted.id)
    await asyncio.to_thread(blobs.put, key, picture.content, picture.content_type)
    return Fetched(image_id=wanted.id, source_url=source_url, blob_key=key, content_type=picture.content_type)


def picture_key(image_id: str) -> str:
    """A new name each time: what an older address showed is never written over."""
    return f"images/{image_id.lower()}-{new_token(9).lower()}"
