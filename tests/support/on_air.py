"""A show on air without an encoder: selling needs no picture, only the engine's word that one is there."""

from __future__ import annotations

import asyncio
import time

from shopcast import media
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.config import Settings
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import SYSTEM
from shopcast.wiring import build_registry, open_backend
from tests.support.serve import Serve
from tests.support.stage import Stage


def go_live_without_picture(stage: Stage) -> None:
    asyncio.run(_tell_ready(stage.serve, stage.id))
    stage.do("go-live")


async def _tell_ready(serve: Serve, show_id: str) -> None:
    settings = Settings.from_env(serve.environment())
    backend = open_backend(settings, build_registry())
    await backend.start()
    broadcast_id = await backend.reads.run(_broadcast_of, show_id)
    now_ms = int(time.time() * 1000)
    fact = media.EngineFact(kind="ready", broadcast_id=broadcast_id, at_ms=now_ms, epoch=1, width=1280, height=720)
    await backend.actions.run(media.RecordFact(engine=new_id("eng"), number=1, fact=fact), SYSTEM)
    await backend.close()


def _broadcast_of(conn: ReadConnection, show_id: str) -> str:
    statement = "SELECT broadcast_id FROM shows_show WHERE id = :show_id"
    return str(conn.exec_driver_sql(statement, {"show_id": show_id}).scalar_one())
