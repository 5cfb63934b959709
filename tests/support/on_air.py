"""A show on air without an encoder: selling needs no picture, only the engine's word that one is there."""

from __future__ import annotations

import asyncio
import sqlite3
import time

from shopcast import media
from shopcast.backends.inprocess.wakes import InProcessWakes
from shopcast.backends.sqlite.client import WriterActions
from shopcast.kernel.config import Settings
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import SYSTEM
from shopcast.wiring import build_registry
from tests.support.stage import Stage


def go_live_without_picture(stage: Stage) -> None:
    asyncio.run(_tell_ready(Settings(data_dir=stage.serve.data), stage.id))
    stage.do("go-live")


async def _tell_ready(settings: Settings, show_id: str) -> None:
    connection = sqlite3.connect(settings.database_path)
    broadcast_id = connection.execute("SELECT broadcast_id FROM shows_show WHERE id = ?", (show_id,)).fetchone()[0]
    connection.close()
    actions = WriterActions(settings.writer_socket_path, build_registry(), InProcessWakes())
    now_ms = int(time.time() * 1000)
    fact = media.EngineFact(kind="ready", broadcast_id=broadcast_id, at_ms=now_ms, epoch=1, width=1280, height=720)
    await actions.run(media.RecordFact(engine=new_id("eng"), number=1, fact=fact), SYSTEM)
    await actions.close()
