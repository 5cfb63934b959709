"""Owns recordings of media nodes in one directory: nodes of one machine, or machines that share a file system."""

import os
import shutil
from pathlib import Path

from shopcast.backends.disk.blobs import DiskBlobs


class DiskRecordings(DiskBlobs):
    """Blobs of which pieces can be read, as the store of the media engine needs them."""

    def put_file(self, key: str, path: Path, content_type: str) -> None:
        """As `put`, without holding it in memory."""
        target = self._path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_name(f".new.{path.name}")
        with path.open("rb") as source, aside.open("wb") as copy:
            shutil.copyfileobj(source, copy)
            copy.flush()
            os.fsync(copy.fileno())
        aside.replace(target)

    def read_range(self, key: str, start: int, end: int) -> bytes:
        """The bytes from `start` up to and without `end`, as far as there are any."""
        with self.open(key) as file:
            file.seek(start)
            return file.read(end - start)
