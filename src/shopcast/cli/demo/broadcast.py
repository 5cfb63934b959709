"""Makes the demo's broadcast once: every item of the shelf in turn, a burned-in clock, a quiet chord.

Needs shopcast[av]. A loop of ITEM_SECONDS for each item as FLV (H.264 and AAC), ready to be pushed as it is.
"""

import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.container import OutputContainer
from av.video.frame import VideoFrame
from numpy.typing import NDArray
from PIL import Image

from shopcast.cli.demo import scene
from shopcast.cli.demo.loop import ITEM_SECONDS, LOOP_SECONDS
from shopcast.cli.demo.pictures import ITEMS
from shopcast.cli.demo.scene import Face

FRAMES_PER_S = 20
KEY_FRAME_EVERY_S = 2
SAMPLE_RATE = 48_000
Plane = NDArray[np.uint8]
Yuv = tuple[Plane, Plane, Plane]

# A slow progression in A minor; low enough to be forgotten.
_CHORDS = ((220.0, 261.63, 329.63), (174.61, 220.0, 261.63), (261.63, 329.63, 392.0), (196.0, 246.94, 293.66))


def make_broadcast(path: Path, on_progress: Callable[[float], None]) -> None:
    """Writes the file whole or not at all. `on_progress` gets the share done, 0 to 1."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    with av.open(str(unfinished), "w", format="flv") as target:
        _write(target, on_progress)
    unfinished.replace(path)


def _write(target: OutputContainer, on_progress: Callable[[float], None]) -> None:
    video = target.add_stream("libx264", rate=FRAMES_PER_S)
    video.width, video.height, video.pix_fmt = scene.WIDTH, scene.HEIGHT, "yuv420p"
    every = str(FRAMES_PER_S * KEY_FRAME_EVERY_S)
    video.options = {"preset": "veryfast", "crf": "23", "maxrate": "1500k", "bufsize": "3000k", "g": every}
    video.options |= {"keyint_min": every, "sc_threshold": "0", "bf": "0"}
    audio: Any = target.add_stream("aac", rate=SAMPLE_RATE)
    audio.layout, audio.bit_rate = "stereo", 96_000
    sound = _sound()
    sound_until_s = 0.0
    for number, frame in enumerate(_frames()):
        frame.pts, frame.time_base = number, Fraction(1, FRAMES_PER_S)
        target.mux(video.encode(frame))
        while sound_until_s <= number / FRAMES_PER_S and (block := next(sound, None)) is not None:
            target.mux(audio.encode(block))
            sound_until_s = ((block.pts or 0) + block.samples) / SAMPLE_RATE
        if number % FRAMES_PER_S == 0:
            on_progress(number / (LOOP_SECONDS * FRAMES_PER_S))
    target.mux(video.encode(None))
    target.mux(audio.encode(None))
    on_progress(1.0)


def _frames() -> Iterator[VideoFrame]:
    heads = {
        face: _yuv(scene.head(face))
        for face in (
            Face(mouth, blinking, bob) for mouth in range(3) for blinking in (False, True) for bob in (0, 2, 4)
        )
    }
    for index, (_, _, paper) in enumerate(ITEMS):
        room = scene.background(index + 1, paper)
        planes = _yuv(room)
        phases = [_yuv(scene.held_item(index, room, phase)) for phase in range(scene.PHASES)]
        for frame in range(ITEM_SECONDS * FRAMES_PER_S):
            at = index * ITEM_SECONDS * FRAMES_PER_S + frame
            _lay(planes, heads[_face_at(at)], scene.HEAD)
            _lay(planes, phases[at // 3 % scene.PHASES], scene.ITEM)
            if at % 2 == 0:
                _lay(planes, _yuv(scene.clock(_clock_text(at))), scene.CLOCK)
            yield _video_frame(planes)


def _face_at(frame: int) -> Face:
    # Prime periods, so that it does not look like a machine.
    talking = frame % 97 < 71
    mouth = (0, 1, 2, 1)[frame // 2 % 4] if talking else 0
    return Face(mouth, blinking=frame % 67 < 3, bob=(0, 2, 4, 2)[frame // 7 % 4])


def _clock_text(frame: int) -> str:
    tenths = frame * 10 // FRAMES_PER_S
    return f"{tenths // 600:02d}:{tenths // 10 % 60:02d}.{tenths % 10}"


def _yuv(image: Image.Image) -> Yuv:
    """Limited-range BT.709 planes, chroma averaged over 2x2."""
    rgb = np.asarray(image.convert("RGB"), dtype=np.float32)
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    chroma_blue, chroma_red = (blue - luma) / 1.8556, (red - luma) / 1.5748
    return (
        (16 + luma * 219 / 255).round().astype(np.uint8),
        _halve(128 + chroma_blue * 224 / 255),
        _halve(128 + chroma_red * 224 / 255),
    )


def _halve(plane: NDArray[np.float32]) -> Plane:
    height, width = plane.shape
    halved: Plane = plane.reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3)).round().astype(np.uint8)
    return halved


def _lay(onto: Yuv, patch: Yuv, box: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = box
    onto[0][top:bottom, left:right] = patch[0]
    for plane, part in ((onto[1], patch[1]), (onto[2], patch[2])):
        plane[top // 2 : bottom // 2, left // 2 : right // 2] = part


def _video_frame(planes: Yuv) -> VideoFrame:
    packed = np.concatenate([plane.reshape(-1) for plane in planes]).reshape(-1, scene.WIDTH)
    return VideoFrame.from_ndarray(packed, format="yuv420p")


def _sound() -> Iterator[AudioFrame]:
    block = 1024
    total = LOOP_SECONDS * SAMPLE_RATE
    for start in range(0, total, block):
        seconds = np.arange(start, start + block, dtype=np.float64) / SAMPLE_RATE
        chord = _CHORDS[int(seconds[0] // 4) % len(_CHORDS)]
        swell = 0.5 - 0.5 * np.cos(2 * np.pi * seconds / 4)
        wave = sum(np.sin(2 * np.pi * tone * seconds) for tone in chord) * swell * 0.03
        frame = AudioFrame.from_ndarray(np.tile(wave.astype(np.float32), (2, 1)), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, start, Fraction(1, SAMPLE_RATE)
        yield frame


def main() -> None:
    def show_progress(share: float) -> None:
        print(f"\r    drawing the demo's broadcast, once: {share:4.0%}", end="", flush=True)

    make_broadcast(Path(sys.argv[1]), show_progress)
    print(flush=True)


if __name__ == "__main__":
    main()
