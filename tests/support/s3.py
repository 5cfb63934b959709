"""An S3 of our own: moto's server in a process of its own, private port, everything in its memory."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

import obstore
from obstore.store import S3Store

from tests.support.serve import free_ports

READY_MAX_S = 60.0
STOP_MAX_S = 10.0


@dataclass(frozen=True)
class S3Server:
    port: int
    access_key: str = "test"
    secret_key: str = "test-secret"
    region: str = "eu-central-1"

    @property
    def endpoint(self) -> str:
        """As SHOPCAST_S3_ENDPOINT has it."""
        return f"http://127.0.0.1:{self.port}"

    def make_bucket(self, name: str) -> None:
        # moto takes any signature, so none is made.
        request = urllib.request.Request(f"{self.endpoint}/{name}", method="PUT")
        with urllib.request.urlopen(request, timeout=READY_MAX_S):
            pass

    def keys(self, bucket: str) -> list[str]:
        """Every object there is."""
        store = S3Store(
            bucket,
            endpoint=self.endpoint,
            region=self.region,
            skip_signature=True,
            virtual_hosted_style_request=False,
            client_options={"allow_http": True},
        )
        return sorted(found["path"] for page in obstore.list(store) for found in page)

    def environment(self, bucket: str, prefix: str = "shop") -> dict[str, str]:
        """What an installation that keeps its blobs here is started with."""
        return {
            "SHOPCAST_BLOBS_URL": f"s3://{bucket}/{prefix}",
            "SHOPCAST_S3_ENDPOINT": self.endpoint,
            "SHOPCAST_S3_REGION": self.region,
            "SHOPCAST_S3_ACCESS_KEY": self.access_key,
            "SHOPCAST_S3_SECRET_KEY": self.secret_key,
        }


@contextlib.contextmanager
def own_s3() -> Iterator[S3Server]:
    """Takes about two seconds to start: one for a session is enough, with a bucket for each test."""
    server = S3Server(free_ports(1)[0])
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(server.port)]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_until_ready(server, process)
        yield server
    finally:
        process.terminate()
        process.wait(STOP_MAX_S)


def _wait_until_ready(server: S3Server, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + READY_MAX_S
    while time.monotonic() < until:
        assert process.poll() is None, f"moto's server ended at once with {process.returncode}"
        with contextlib.suppress(urllib.error.URLError, OSError):
            urllib.request.urlopen(f"{server.endpoint}/moto-api/", timeout=2).close()
            return
        time.sleep(0.05)
    raise AssertionError(f"moto's server was not ready in {READY_MAX_S} s")
