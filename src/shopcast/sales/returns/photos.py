"""Photos of what is wrong: checked by their bytes, kept in the blob store, seen by buyer and seller only."""

from datetime import datetime

from shopcast.catalog import PICTURE_LIMIT_BYTES, sniff
from shopcast.kernel.actions import Command, ReadConnection, Tx
from shopcast.kernel.errors import NotFound
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import Principal
from shopcast.sales.errors import PhotoRefused, ReturnNotOpen, TooManyPhotos
from shopcast.sales.returns import repository
from shopcast.sales.returns.decide_return import sellers_return
from shopcast.sales.returns.model import OPEN_STATES, PHOTOS_PER_RETURN_LIMIT
from shopcast.sales.returns.repository import Photo
from shopcast.sales.returns.request_return import buyers_return


class AddReturnPhoto(Command, frozen=True, kw_only=True):
    """The bytes are in the blob store before the action runs."""

    return_id: str
    blob_key: str
    content_type: str
    token: str | None = None


def check_photo(content: bytes) -> str:
    """The content type. Raises PhotoRefused."""
    content_type = None if len(content) > PICTURE_LIMIT_BYTES else sniff(content)
    if content_type is None:
        raise PhotoRefused(limit_mb=PICTURE_LIMIT_BYTES // 1024 // 1024)
    return content_type


def add_return_photo(tx: Tx, command: AddReturnPhoto, by: Principal, now: datetime) -> str:
    """The photo's id. Raises ReturnNotOpen, TooManyPhotos."""
    order, found = buyers_return(tx, command.return_id, by, command.token)
    if found.state not in OPEN_STATES:
        raise ReturnNotOpen(state=found.state.value)
    if len(repository.photos_of(tx, found.id)) >= PHOTOS_PER_RETURN_LIMIT:
        raise TooManyPhotos(limit=PHOTOS_PER_RETURN_LIMIT)
    photo = Photo(new_id("rph"), found.id, command.blob_key, command.content_type)
    repository.add_photo(tx, photo, by.key, now)
    told = {"organisation_id": order.organisation_id, "order_id": order.id}
    tx.audit(by, "sales.add_return_photo", found.id, told)
    return photo.id


def photo_for(conn: ReadConnection, return_id: str, photo_id: str, by: Principal, token: str | None) -> Photo:
    """For the buyer of the return and the seller's team; for everybody else it does not exist."""
    found = repository.return_of(conn, return_id)
    if found is None:
        raise NotFound("photo")
    if by.role_in(found.organisation_id) is None:
        buyers_return(conn, return_id, by, token)
    else:
        sellers_return(conn, found.organisation_id, return_id, by)
    photo = next((one for one in repository.photos_of(conn, return_id) if one.id == photo_id), None)
    if photo is None:
        raise NotFound("photo")
    return photo


def photo_key(return_id: str) -> str:
    """A new one each time; only lower-case letters and digits, as keys of blobs are."""
    return f"returns/{return_id.lower()}/{new_id('rph').lower()}"
