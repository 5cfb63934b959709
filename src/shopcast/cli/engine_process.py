"""Becomes the media engine: a small interpreter of its own, which shares nothing with the shop."""

import os
import sys

from shopcast.kernel.config import Settings
from shopcast.media import engine_socket


def become_engine(settings: Settings) -> None:
    """Never returns."""
    os.execv(sys.executable, engine_command(settings))


def engine_command(settings: Settings) -> list[str]:
    command = [
        sys.executable,
        "-m",
        "shopcast.media.engine",
        "--data-dir",
        str(settings.data_dir / "media"),
        "--host",
        settings.host,
        "--rtmp-port",
        str(settings.rtmp_port),
        "--http-port",
        str(settings.media_http_port),
        "--control-socket",
        str(engine_socket(settings)),
    ]
    if settings.rtmps_port and settings.tls_cert and settings.tls_key:
        command += ["--rtmps-port", str(settings.rtmps_port)]
    if settings.tls_cert and settings.tls_key:
        command += ["--tls-cert", str(settings.tls_cert), "--tls-key", str(settings.tls_key), "--http-tls"]
    return command
