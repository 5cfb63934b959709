"""A camera that films a clock: pictures whose top edge holds the millisecond they were drawn, encoded by ffmpeg.

The time is a barcode rather than digits, so that a browser can read it from a canvas without fonts or guessing.
"""

from __future__ import annotations

import subprocess
import threading
import time

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT, FRAMES_PER_S = 640, 360, 30
KEY_FRAME_EVERY_S = 2
CELL = 16
# 32 bits of milliseconds and 8 bits of a sum: a torn or misread picture is dropped instead of believed.
BITS, CHECK_BITS, ROWS = 32, 8, 32
DESCRIPTION = f"{WIDTH}x{HEIGHT}, {FRAMES_PER_S} frames/s, key frame every {KEY_FRAME_EVERY_S} s, x264 zerolatency, AAC"

# In the page: reads the clock from every presented frame and keeps [now, drawn, date the player believes], at most
# ten times a second.
READER = """() => {
  const player = document.querySelector('sc-show-page').shadowRoot.querySelector('shopcast-player');
  const video = player.shadowRoot.querySelector('video');
  const canvas = document.createElement('canvas');
  canvas.width = 640; canvas.height = 32;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const state = { samples: [], frames: 0, longestGapMs: 0, waiting: 0, bad: 0, last: 0, lastFrame: 0 };
  window.__clock = state;
  video.addEventListener('waiting', () => { state.waiting += 1; });
  const read = () => {
    const now = performance.timeOrigin + performance.now();
    state.frames += 1;
    if (state.lastFrame) state.longestGapMs = Math.max(state.longestGapMs, now - state.lastFrame);
    state.lastFrame = now;
    if (now - state.last >= 100) {
      state.last = now;
      context.drawImage(video, 0, 0, 640, 32, 0, 0, 640, 32);
      const { data } = context.getImageData(0, 0, 640, 32);
      const bit = (cell) => data[4 * (16 * 640 + cell * 16 + 8)] > 127 ? 1 : 0;
      let value = 0, check = 0;
      for (let cell = 0; cell < 32; cell++) value = value * 2 + bit(cell);
      for (let cell = 32; cell < 40; cell++) check = check * 2 + bit(cell);
      const sum = ((value & 255) + ((value >>> 8) & 255) + ((value >>> 16) & 255) + ((value >>> 24) & 255)) & 255;
      if (sum === check) state.samples.push([now, value, player.pictureMs]); else state.bad += 1;
    }
    video.requestVideoFrameCallback(read);
  };
  video.requestVideoFrameCallback(read);
}"""


class ClockStream:
    """Publishes until stopped. Frames are paced by the wall clock and drawn just before they go to the encoder."""

    def __init__(self, url: str) -> None:
        self._stopped = threading.Event()
        command = ["ffmpeg", "-v", "error", "-probesize", "32", "-analyzeduration", "0"]
        command += ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(FRAMES_PER_S)]
        command += ["-i", "pipe:0", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"]
        command += ["-map", "0:v", "-map", "1:a", "-c:v", "libx264", "-preset", "veryfast", "-tune", "zerolatency"]
        command += ["-g", str(FRAMES_PER_S * KEY_FRAME_EVERY_S), "-sc_threshold", "0", "-b:v", "1500k"]
        command += ["-c:a", "aac", "-b:a", "96k", "-flush_packets", "1", "-f", "flv", url]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE)
        self._thread = threading.Thread(target=self._film, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join(5)
        # The tone never ends by itself.
        self.process.terminate()
        self.process.communicate(timeout=10)

    def _film(self) -> None:
        pipe = self.process.stdin
        assert pipe is not None
        picture = _background()
        started, number = time.monotonic(), 0
        while not self._stopped.is_set():
            _draw(picture, int(time.time() * 1000) % (1 << BITS), number)
            try:
                pipe.write(picture.data)
                pipe.flush()
            except BrokenPipeError:
                return
            number += 1
            self._stopped.wait(max(0.0, started + number / FRAMES_PER_S - time.monotonic()))


def _background() -> NDArray[np.uint8]:
    picture = np.full((HEIGHT * 3 // 2, WIDTH), 128, dtype=np.uint8)
    picture[:HEIGHT] = np.linspace(40, 200, WIDTH, dtype=np.uint8)
    return picture


def _draw(picture: NDArray[np.uint8], value: int, number: int) -> None:
    check = sum(value >> shift & 255 for shift in (0, 8, 16, 24)) & 255
    bits = [value >> place & 1 for place in range(BITS - 1, -1, -1)]
    bits += [check >> place & 1 for place in range(CHECK_BITS - 1, -1, -1)]
    picture[:ROWS] = np.repeat(np.where(np.array(bits) == 1, 235, 16).astype(np.uint8), CELL)
    # Something that moves, so that the encoder has work.
    picture[ROWS:HEIGHT, :] = np.roll(picture[ROWS:HEIGHT, :], 2 if number % 2 else 1, axis=1)
