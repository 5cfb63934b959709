"""The controller between a real engine and the database, with a real encoder; then the files made of the recording."""

import asyncio
import io
import subprocess
from pathlib import Path

import av
import msgspec
import pytest

from shopcast import media
from shopcast.backends.disk.blobs import DiskBlobs
from shopcast.kernel.jobs import JobContext
from shopcast.media.exports.make_export import make_export
from shopcast.media.exports.request_export import MakeExport
from tests.factories import TestBackend, make_backend, person
from tests.media.conftest import DO
from tests.media.support import Air
from tests.media.test_exports import FullDisk
from tests.media_engine.harness import EngineProcess, engine_process, ffmpeg_publish, make_flv, until

pytestmark = [pytest.mark.media]
SECONDS = 4


async def test_from_key_to_file(tmp_path: Path) -> None:
    file = make_flv(tmp_path / "small.flv", seconds=SECONDS, size="320x180")
    backend = make_backend(tmp_path, actions=(DO, *media.ACTIONS), jobs=media.JOBS)
    socket = media.engine_socket(backend.settings)
    socket.parent.mkdir(parents=True, exist_ok=True)
    with engine_process(tmp_path, "--control-socket", str(socket)) as engine:
        controller = media.MediaController(
            backend.settings, backend.actions, backend.reads, backend.wakes, backend.clock
        )
        running = asyncio.create_task(controller.run())
        try:
            await _story(backend, engine, file, tmp_path)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            backend.close()


async def _story(backend: TestBackend, engine: EngineProcess, file: Path, directory: Path) -> None:
    air = Air.of(backend)
    await _refused(engine, file, "live_unknown", air, "publish_refused", 1)
    with ffmpeg_publish(file, engine.rtmp(air.key)) as encoder:
        await until(lambda: _state(air) == "ready")
        await asyncio.to_thread(encoder.wait, 20)
    await until(lambda: _state(air) == "lost")
    [epoch] = backend.read(media.epochs, air.id)
    assert (epoch.width, epoch.height) == (320, 180)
    await until(lambda: backend.read(media.health, air.id).bitrate_bps is not None)
    old = air.key
    air.key = air.do("rotate_key")
    await _refused(engine, file, old, air, "publish_refused", 2)
    air.do("end")
    await until(lambda: backend.rows("SELECT count(*) FROM media_instruction WHERE done_at IS NULL") == [(0,)])
    await _refused(engine, file, air.key, air, "publish_refused", 3)
    reasons = [
        msgspec.json.decode(body)["reason"]
        for (body,) in backend.rows("SELECT body FROM kernel_events WHERE event_type = 'media.publish_refused'")
    ]
    assert reasons == ["unknown_key", "revoked_key", "ended"]
    await _export(air, engine, epoch, directory)


async def _refused(engine: EngineProcess, file: Path, key: str, air: Air, event: str, count: int) -> None:
    with ffmpeg_publish(file, engine.rtmp(key)) as encoder:
        try:
            assert await asyncio.to_thread(encoder.wait, 20) != 0
        except subprocess.TimeoutExpired as endless:
            raise AssertionError(f"{key[:12]} was let in") from endless
    await until(lambda: air.events().count(event) >= count)


async def _export(air: Air, engine: EngineProcess, epoch: media.Epoch, directory: Path) -> None:
    backend = air.backend
    assert epoch.ended_at is not None
    anna = person("usr_anna")
    settings = msgspec.structs.replace(backend.settings, given_public_media_url=engine.http)
    for blobs in (DiskBlobs(directory / "blobs"), FullDisk(directory / "blobs")):
        sizes = []
        for form in ("mp4", "vertical"):
            export_id = air.do("request_export", epoch.started_at, epoch.ended_at, form, by=anna)
            context = JobContext(
                actions=backend.actions,
                reads=backend.reads,
                clock=backend.clock,
                settings=settings,
                ports={"blobs": blobs},
            )
            await make_export(context, MakeExport(export_id=export_id))
            found = backend.read(media.export, export_id)
            if isinstance(blobs, FullDisk):
                assert (found.state, found.failure) == (
                    "failed",
                    "the file could not be stored: No space left on device",
                )
                continue
            assert (found.state, found.failure) == ("done", None)
            assert found.blob_key is not None
            with blobs.open(found.blob_key) as kept:
                sizes.append(_picture(kept.read()))
            if form == "mp4":
                assert blobs.content_type(found.blob_key) == "video/mp4"
        assert sizes == ([] if isinstance(blobs, FullDisk) else [(320, 180), (100, 180)])


def _picture(content: bytes) -> tuple[int, int]:
    """The size; every frame decodes, and picture and sound last as long as what was published."""
    with av.open(io.BytesIO(content)) as made:
        video, audio = made.streams.video[0], made.streams.audio[0]
        frames = sum(1 for _ in made.decode(video))
        assert frames >= (SECONDS - 1) * 30 - 15
        assert made.duration is not None
        assert abs(made.duration / av.time_base - frames / 30) < 0.5
        assert audio.codec_context.name == "aac"
        return video.codec_context.width, video.codec_context.height


def _state(air: Air) -> str:
    return air.backend.read(media.broadcast, air.id).state
