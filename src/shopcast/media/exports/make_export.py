"""The job that makes a clip's file: renders in a process of its own, stores the file, notes the end."""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import cast

from shopcast.kernel.jobs import JobContext
from shopcast.kernel.ports import BlobStore
from shopcast.kernel.principal import SYSTEM
from shopcast.media.broadcasts.model import clip_url
from shopcast.media.exports import repository
from shopcast.media.exports.finish_export import FinishExport
from shopcast.media.exports.request_export import MakeExport

# Half an hour of vertical video at a tenth of real time, with room to spare on a busy machine.
RENDER_TIME_MAX_S = 1800


async def make_export(context: JobContext, payload: MakeExport) -> None:
    export = await context.reads.run(repository.export, payload.export_id)
    if export.state != "waiting":
        return
    url = clip_url(context.settings, export.broadcast_id, export.from_at, export.to_at)
    with tempfile.TemporaryDirectory(prefix="shopcast-export-") as folder:
        out = Path(folder) / "clip.mp4"
        failure = await _render(url, out, export.format)
        blob_key = None
        if failure is None:
            blob_key, failure = await _store(cast(BlobStore, context.ports["blobs"]), export.id, out)
    await context.actions.run(FinishExport(export_id=export.id, blob_key=blob_key, failure=failure), SYSTEM)


async def _store(blobs: BlobStore, export_id: str, out: Path) -> tuple[str | None, str | None]:
    """(key, None), or (None, why not): who asked is told instead of waiting for tries that meet the same full disk."""
    key = f"exports/{export_id.lower()}.mp4"
    try:
        await asyncio.to_thread(lambda: blobs.put(key, out.read_bytes(), "video/mp4"))
    except OSError as failed:
        return None, f"the file could not be stored: {failed.strerror or failed}"
    return key, None


async def _render(url: str, out: Path, format: str) -> str | None:
    """None, or the last line of what went wrong."""
    command = (sys.executable, "-m", "shopcast.media.exports.render", url, str(out), format)
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    try:
        _, errors = await asyncio.wait_for(process.communicate(), RENDER_TIME_MAX_S)
    except TimeoutError:
        process.kill()
        await process.wait()
        return "rendering took too long"
    if process.returncode == 0:
        return None
    lines = errors.decode(errors="replace").strip().splitlines()
    return lines[-1][:300] if lines else f"the renderer ended with {process.returncode}"
