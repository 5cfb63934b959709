"""Reads playlists as a player does, and checks that what they list really plays."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urljoin

import httpx

_DURATION = re.compile(r"#EXTINF:([0-9.]+)")


@dataclass(frozen=True, slots=True)
class Playlist:
    text: str
    durations_s: list[float] = field(default_factory=list)
    dates: list[datetime] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return sum(self.durations_s)

    @property
    def discontinuities(self) -> int:
        return self.text.splitlines().count("#EXT-X-DISCONTINUITY")

    @property
    def ended(self) -> bool:
        return "#EXT-X-ENDLIST" in self.text


def read_playlist(url: str) -> Playlist:
    answer = httpx.get(url, timeout=10, trust_env=False)
    assert answer.status_code == 200, f"{url}: {answer.status_code} {answer.text[:200]}"
    lines = answer.text.splitlines()
    dates = [line.partition(":")[2] for line in lines if line.startswith("#EXT-X-PROGRAM-DATE-TIME:")]
    return Playlist(
        answer.text,
        [float(found) for found in _DURATION.findall(answer.text)],
        [datetime.fromisoformat(date) for date in dates],
    )


def played_seconds(url: str) -> float:
    """Decodes every picture; seconds of video that came out. Any complaint of the decoder is a failure."""
    with tempfile.TemporaryDirectory(prefix="shopcast-playlist-") as directory:
        return sum(_decoded_seconds(part) for part in _parts(url, Path(directory)))


def _parts(url: str, directory: Path) -> Iterator[Path]:
    """A playlist for each init segment: ffmpeg, unlike browsers, does not take a new one in the middle."""
    lines = read_playlist(url).text.splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("#EXT-X-MAP:")]
    assert starts, f"no init segment in {url}"
    head = [line for line in lines[: starts[0]] if line.startswith(("#EXTM3U", "#EXT-X-VERSION", "#EXT-X-TARGET"))]
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(lines)], strict=True)):
        body = [_absolute(line, url) for line in lines[start:end] if not line.startswith("#EXT-X-DISCONTINUITY")]
        path = directory / f"{number}.m3u8"
        path.write_text("\n".join([*head, *body, "#EXT-X-ENDLIST", ""]))
        yield path


def _absolute(line: str, url: str) -> str:
    if line and not line.startswith("#"):
        return urljoin(url, line)
    return re.sub(r'URI="([^"]+)"', lambda found: f'URI="{urljoin(url, found[1])}"', line)


def _decoded_seconds(playlist: Path) -> float:
    command = ["ffmpeg", "-v", "error", "-nostdin", "-protocol_whitelist", "file,http,tcp", "-i", str(playlist)]
    done = subprocess.run(
        [*command, "-map", "0:v", "-f", "null", "-progress", "-", "-"], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr.strip(), done.stderr
    times = re.findall(r"out_time_us=(\d+)", done.stdout)
    assert times, f"nothing came out of {playlist.read_text()}"
    return int(times[-1]) / 1e6
