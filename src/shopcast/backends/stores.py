"""Owns where blobs are kept: in the data directory, or in a bucket."""

from shopcast.backends.disk.blobs import DiskBlobs
from shopcast.kernel.config import Settings
from shopcast.kernel.ports import BlobStore


def blobs_of(settings: Settings) -> BlobStore:
    if settings.blobs_url is None:
        return DiskBlobs(settings.data_dir / "blobs")
    # Here, because the client of S3 is memory that a shop on one disk has no use for.
    from shopcast.backends.s3.blobs import S3Blobs  # noqa: PLC0415

    return S3Blobs.of(settings, settings.blobs_url)
