"""`shopcast media` in a cluster: one media node. Joins the engine, which knows no drivers, with the store of blobs."""

import logging
import os
import sys

from shopcast.backends.disk.recordings import DiskRecordings
from shopcast.kernel.config import Settings, SettingsError
from shopcast.kernel.operate_door import open_door, operate_port
from shopcast.media.engine import EngineSettings, run
from shopcast.media.engine.cluster.node import ClusterSettings, NodeEngine
from shopcast.media.engine.cluster.store import ChunkStore
from shopcast.media.engine.lines import joint_key


def become_media_node() -> None:
    """Replaces this process by the node: a small interpreter of its own. The environment holds its settings."""
    os.execv(sys.executable, [sys.executable, "-m", "shopcast.cli.media_node"])


def run_media_node(settings: Settings) -> None:
    """Until SIGTERM: then encoders are sent away, everything is uploaded and the leases are handed back."""
    # TLS for viewers ends at the proxy in front: nodes speak plainly to each other.
    engine = EngineSettings(
        data_dir=settings.data_dir / "media-nodes" / settings.node,
        host=settings.host,
        rtmp_port=settings.rtmp_port,
        http_port=settings.media_http_port,
        rtmps_port=settings.rtmps_port,
        tls_cert=settings.tls_cert,
        tls_key=settings.tls_key,
        node=settings.node,
    )
    cluster = ClusterSettings(
        control_host=settings.host, control_port=settings.media_control_port, key=joint_key(settings.secret)
    )
    # It tells each request that one node passes on to another.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    door = open_door(settings.run_dir, settings.slot or "media", operate_port(settings))
    run(lambda: NodeEngine(engine, cluster, _store(settings)), door=door)


def _store(settings: Settings) -> ChunkStore:
    if settings.blobs_url is None:
        return DiskRecordings(settings.data_dir / "blobs")
    # Here, because the client of S3 is memory that nodes on one disk have no use for.
    from shopcast.backends.s3.blobs import S3Blobs  # noqa: PLC0415

    # What fails is tried again by the uploads, and by the player that asked.
    return S3Blobs.of(settings, settings.blobs_url, retries=1)


def main() -> int:
    try:
        run_media_node(Settings.from_env(os.environ))
    except SettingsError as wrong:
        print(wrong, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
