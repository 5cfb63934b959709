"""Renders one clip to an MP4 file from its playlist; runs as a process of its own, since PyAV holds memory and cores.

    python -m shopcast.media.exports.render CLIP_PLAYLIST_URL OUT.mp4 mp4|vertical

Knows playlists and files only. `mp4` copies the samples (0.5 s for a minute of 720p); `vertical` cuts the middle 9:16
out of the picture and encodes it again (about half a minute of CPU for a minute of 720p).
"""

import ctypes
import signal
import sys
from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

VERTICAL_WIDTH, VERTICAL_HEIGHT = 9, 16
_PR_SET_PDEATHSIG = 1


def copy_clip(source: InputContainer, target: OutputContainer) -> None:
    streams = {
        stream.index: target.add_stream_from_template(stream, opaque=True)
        for stream in (*source.streams.video[:1], *source.streams.audio[:1])
    }
    first: dict[int, int] = {}
    for packet in source.demux(*(source.streams[index] for index in streams)):
        if packet.dts is None:
            continue
        start = first.setdefault(packet.stream.index, packet.dts)
        packet.dts -= start
        if packet.pts is not None:
            packet.pts -= start
        packet.stream = streams[packet.stream.index]
        target.mux(packet)


def crop_clip(source: InputContainer, target: OutputContainer) -> None:
    video = source.streams.video[0]
    width, height = vertical_size(video.width, video.height)
    encoder = target.add_stream("libx264", rate=video.average_rate or Fraction(30))
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.options = {"preset": "veryfast", "crf": "23"}
    audio = source.streams.audio[0] if source.streams.audio else None
    audio_copy = target.add_stream_from_template(audio, opaque=True) if audio else None
    _encode(source, target, (video, encoder, width, height), (audio, audio_copy))


def vertical_size(width: int, height: int) -> tuple[int, int]:
    """The largest 9:16 picture inside, in even numbers as 4:2:0 needs them."""
    if width * VERTICAL_HEIGHT <= height * VERTICAL_WIDTH:
        return width // 2 * 2, min(height, width * VERTICAL_HEIGHT // VERTICAL_WIDTH) // 2 * 2
    return height * VERTICAL_WIDTH // VERTICAL_HEIGHT // 2 * 2, height // 2 * 2


def _encode(
    source: InputContainer,
    target: OutputContainer,
    video: tuple[VideoStream, VideoStream, int, int],
    audio: tuple[AudioStream | None, AudioStream | None],
) -> None:
    stream, encoder, width, height = video
    wanted = [stream] if audio[0] is None else [stream, audio[0]]
    first_pts: int | None = None
    first_dts: int | None = None
    for packet in source.demux(*wanted):
        if packet.stream is stream:
            for frame in packet.decode():
                assert isinstance(frame, VideoFrame)
                first_pts = frame.pts if first_pts is None else first_pts
                cropped = _crop(frame, width, height)
                cropped.pts = (frame.pts or 0) - (first_pts or 0)
                cropped.time_base = frame.time_base
                target.mux(encoder.encode(cropped))
        elif audio[1] is not None and packet.dts is not None:
            first_dts = packet.dts if first_dts is None else first_dts
            packet.dts -= first_dts
            packet.pts = packet.dts
            packet.stream = audio[1]
            target.mux(packet)
    target.mux(encoder.encode(None))


def _crop(frame: VideoFrame, width: int, height: int) -> VideoFrame:
    picture = frame.to_ndarray(format="rgb24")
    left, top = (frame.width - width) // 2, (frame.height - height) // 2
    return VideoFrame.from_ndarray(picture[top : top + height, left : left + width].copy(), format="rgb24")


def main(arguments: list[str]) -> int:
    if len(arguments) != 3 or arguments[2] not in ("mp4", "vertical"):
        print("usage: render CLIP_PLAYLIST_URL OUT.mp4 mp4|vertical", file=sys.stderr)
        return 2
    url, out, format = arguments
    # A worker killed outright takes its renderer along.
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    Path(out).parent.mkdir(parents=True, exist_ok=True)
    with av.open(url) as source, av.open(out, "w", format="mp4", options={"movflags": "+faststart"}) as target:
        if format == "vertical" and source.streams.video:
            crop_clip(source, target)
        else:
            copy_clip(source, target)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
