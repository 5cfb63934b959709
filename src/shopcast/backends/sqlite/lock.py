"""Owns the promise that two writers never coexist: an exclusive lock on a file, freed by the kernel at any death."""

import fcntl
import os
from pathlib import Path


class WriterAlreadyRunning(Exception):
    """Another process writes this data directory."""


class WriterLock:
    def __init__(self, run_dir: Path) -> None:
        run_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = run_dir / "writer.lock"
        self._descriptor: int | None = None

    def acquire(self) -> None:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip() or "unknown"
            os.close(descriptor)
            raise WriterAlreadyRunning(
                f"process {holder} already writes {self._path.parent.parent}. Stop it first, or use another "
                "SHOPCAST_DATA_DIR."
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
