"""What a broadcast is: one intended transmission, its epochs (unbroken stretches of arrival) and its addresses."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import msgspec

from shopcast.kernel.config import Settings

BroadcastState = Literal["waiting", "ready", "lost", "ended"]


@dataclass(frozen=True, slots=True)
class Broadcast:
    id: str
    organisation_id: str
    state: BroadcastState
    is_cut: bool
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Epoch:
    epoch: int
    started_at: datetime
    ended_at: datetime | None
    width: int | None
    height: int | None
    video_codec: str | None
    audio_codec: str | None


@dataclass(frozen=True, slots=True)
class Redaction:
    id: str
    from_at: datetime
    to_at: datetime


class Warning(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    at: datetime
    parameters: dict[str, str]


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """What the encoder sends right now. `measured_at` is None until something has arrived."""

    state: BroadcastState
    key_hint: str | None
    measured_at: datetime | None
    bitrate_bps: int | None
    fps: float | None
    gop_ms: int | None
    width: int | None
    height: int | None
    video_codec: str | None
    audio_codec: str | None
    is_cut: bool
    warnings: list[Warning]


class Playback(msgspec.Struct, frozen=True, kw_only=True):
    """Addresses of one broadcast's playlists at the media origin (`rewind_url` and clips take from_ms, to_ms)."""

    live_url: str
    plain_url: str
    rewind_url: str
    replay_url: str
    status_url: str


def playback(settings: Settings, broadcast_id: str) -> Playback:
    root = _root(settings, broadcast_id)
    return Playback(
        live_url=f"{root}/live.m3u8",
        plain_url=f"{root}/plain.m3u8",
        rewind_url=f"{root}/rewind.m3u8",
        replay_url=f"{root}/replay.m3u8",
        status_url=f"{root}/status.json",
    )


def clip_url(settings: Settings, broadcast_id: str, from_at: datetime, to_at: datetime) -> str:
    return f"{_root(settings, broadcast_id)}/clip.m3u8?from_ms={epoch_ms(from_at)}&to_ms={epoch_ms(to_at)}"


def epoch_ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)


def _root(settings: Settings, broadcast_id: str) -> str:
    return f"{settings.public_media_url}/live/{broadcast_id}"
