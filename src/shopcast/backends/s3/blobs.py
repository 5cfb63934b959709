"""Owns blobs as objects under one prefix of a bucket. Knows no meaning of a key.

Imports nothing of Shopcast but the rules of keys, so that a process without the rest can use it.
"""

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, TypeVar, cast
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

from shopcast.kernel.blob_keys import checked_blob_key
from shopcast.kernel.config import Settings

T = TypeVar("T")

# A store that doesn't answer within this is away: the job is tried again, the page says so.
_CONNECT_MAX_S = 5
_REQUEST_MAX_S = 60
RETRIES = 3
_RETRY_MAX_S = 30
# Larger ones go up in parts, so that a torn connection costs a part; S3 asks for at least 5 MB.
_PART_BYTES = 8 * 2**20
# Most blobs are pictures, which one request brings whole.
_FIRST_READ_BYTES = 2**20
_UNKNOWN_TYPE = "application/octet-stream"


class S3Blobs:
    """`url` is s3://bucket or s3://bucket/prefix. Without keys those of the machine's role are used.

    Everything but a wrong key is an OSError; what is not there a FileNotFoundError.
    """

    @classmethod
    def of(cls, settings: Settings, url: str, retries: int = RETRIES) -> "S3Blobs":
        """The bucket at `url`, with what the settings say of it."""
        return cls(
            url,
            endpoint=settings.s3_endpoint,
            region=settings.s3_region,
            access_key=settings.s3_access_key,
            secret_key=settings.s3_secret_key,
            retries=retries,
        )

    def __init__(
        self,
        url: str,
        *,
        endpoint: str | None = None,
        region: str | None = None,
        access_key: str | None = None,
        secret_key: str | None = None,
        retries: int = RETRIES,
    ) -> None:
        parts = urlsplit(url)
        self._url = url.rstrip("/")
        given: dict[str, str] = {"region": region or "us-east-1"}
        if endpoint:
            # Stores of one's own rarely have a name for each bucket.
            given |= {"endpoint": endpoint, "virtual_hosted_style_request": "false"}
        if access_key and secret_key:
            given |= {"access_key_id": access_key, "secret_access_key": secret_key}
        self._store = S3Store(
            parts.hostname or "",
            prefix=parts.path.strip("/") or None,
            config=cast("obstore.store.S3Config", given),
            client_options={
                "allow_http": bool(endpoint and endpoint.startswith("http://")),
                "connect_timeout": timedelta(seconds=_CONNECT_MAX_S),
                "timeout": timedelta(seconds=_REQUEST_MAX_S),
            },
            retry_config={"max_retries": retries, "retry_timeout": timedelta(seconds=_RETRY_MAX_S)},
        )

    def put(self, key: str, content: bytes, content_type: str) -> None:
        self._put(key, content, content_type)

    def put_file(self, key: str, path: Path, content_type: str) -> None:
        """As `put`, without holding it in memory."""
        self._put(key, path, content_type)

    def open(self, key: str) -> BinaryIO:
        """Can be read from anywhere (`seek`); only what is read is fetched."""
        return cast(BinaryIO, io.BufferedReader(self._first_read(checked_blob_key(key)), _FIRST_READ_BYTES))

    def read_range(self, key: str, start: int, end: int) -> bytes:
        """The bytes from `start` up to and without `end`, as far as there are any."""
        checked_blob_key(key)
        return bytes(self._asked(key, lambda: obstore.get_range(self._store, key, start=start, end=end)))

    def content_type(self, key: str) -> str:
        checked_blob_key(key)
        # The attributes come with a read, not with a question for them; the body is not fetched.
        found = self._asked(key, lambda: obstore.get(self._store, key, options={"head": True}))
        return str(found.attributes.get("Content-Type", _UNKNOWN_TYPE))

    def exists(self, key: str) -> bool:
        checked_blob_key(key)
        try:
            self._asked(key, lambda: obstore.head(self._store, key))
        except FileNotFoundError:
            return False
        return True

    def delete(self, key: str) -> None:
        checked_blob_key(key)
        try:
            self._asked(key, lambda: obstore.delete(self._store, key))
        except FileNotFoundError:
            return

    def sizes(self, folder: str = "") -> dict[str, int]:
        """Every key below the folder (all, without one) with its bytes."""

        def listed() -> dict[str, int]:
            pages = obstore.list(self._store, prefix=folder or None)
            return {meta["path"]: meta["size"] for page in pages for meta in page}

        return self._asked(folder or "the list", listed)

    def _put(self, key: str, content: bytes | Path, content_type: str) -> None:
        checked_blob_key(key)
        self._asked(
            key,
            lambda: obstore.put(
                self._store, key, content, attributes={"Content-Type": content_type}, chunk_size=_PART_BYTES
            ),
        )

    def _first_read(self, key: str) -> "_S3File":
        def read() -> "_S3File":
            try:
                found = obstore.get(self._store, key, options={"range": (0, _FIRST_READ_BYTES)})
            except (BaseError, OSError):
                # A range of an empty object is refused; so is one of an object that is not there, with other words.
                if obstore.head(self._store, key)["size"]:
                    raise
                return _S3File(self, key, 0, b"")
            return _S3File(self, key, found.meta["size"], bytes(found.bytes()))

        return self._asked(key, read)

    def _asked(self, key: str, ask: Callable[[], T]) -> T:
        try:
            return ask()
        except (NotFoundError, FileNotFoundError) as missing:
            if "NoSuchBucket" in str(missing):
                raise OSError(f"{self._url}: there is no such bucket. Make it, or correct SHOPCAST_BLOBS_URL") from None
            raise FileNotFoundError(key) from None
        except (PermissionDeniedError, UnauthenticatedError, PermissionError) as refused:
            raise PermissionError(
                f"{self._url} refused {key}: check SHOPCAST_S3_ACCESS_KEY, SHOPCAST_S3_SECRET_KEY and the bucket's "
                "policy (get, put and delete of objects)"
            ) from refused
        except BaseError as failed:
            raise OSError(f"{self._url} could not be asked for {key}: {_first_line(failed)}") from failed


class _S3File(io.RawIOBase):
    def __init__(self, blobs: S3Blobs, key: str, size: int, beginning: bytes) -> None:
        super().__init__()
        self._blobs = blobs
        self._key = key
        self._size = size
        self._beginning = beginning
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError(f"negative position {base + offset}")
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer)).cast("B")
        wanted = min(len(view), max(self._size - self._at, 0))
        if not wanted:
            return 0
        content = self._beginning[self._at : self._at + wanted]
        if not content:
            content = self._blobs.read_range(self._key, self._at, self._at + wanted)
        view[: len(content)] = content
        self._at += len(content)
        return len(content)

    def readall(self) -> bytes:
        """The rest at once: a picture is there already, a film takes one request instead of hundreds."""
        rest = self._beginning[self._at :]
        beyond = self._at + len(rest)
        if beyond < self._size:
            rest += self._blobs.read_range(self._key, beyond, self._size)
        self._at = max(self._at, self._size)
        return rest


def _first_line(error: BaseException) -> str:
    # What follows are the innards of the client, several lines of them.
    return str(error).strip().split("\n", 1)[0][:300]
