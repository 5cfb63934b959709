"""Measures capture to display: the clock burned into the picture, read in Chromium where hls.js plays it.

    python bench/latency.py [--minutes 2]     # 5 for the promise of no stall, 30 for the drift

A real `serve`, a real ffmpeg, the show's real page. Latency = now in the page minus the millisecond the picture was
drawn, so it holds drawing, encoding, ingest, packaging, playing and presenting. Drift = how the player's program date
moves against that clock, median of the last minute minus that of the first (after ten seconds of settling).
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT), str(ROOT / "bench")]

from clock_stream import BITS, DESCRIPTION, READER, ClockStream  # noqa: E402 - the path comes first
from report import Row, hls_js_version, other_load, percentile, tell, versions  # noqa: E402

from tests.support.browser import CHROMIUM, DESKTOP, Visitor, Visitors, chromium  # noqa: E402
from tests.support.serve import Serve  # noqa: E402
from tests.support.stage import Market  # noqa: E402

SETTLE_S = 10.0
P50_GOAL_S, P95_GOAL_S, DRIFT_GOAL_MS = 1.8, 2.5, 100
STALL_MINUTES, DRIFT_MINUTES = 5, 30


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=2.0)
    minutes: float = parser.parse_args().minutes
    load = other_load()
    with tempfile.TemporaryDirectory(prefix="shopcast-bench-") as directory:
        serve = Serve(Path(directory))
        serve.start()
        try:
            rows = _measured(serve, Path(directory), minutes)
        finally:
            serve.close()
    print(f"stream:   {DESCRIPTION}")
    return tell(rows, f"{versions('ffmpeg', CHROMIUM)}, {hls_js_version()}", load)


def _measured(serve: Serve, directory: Path, minutes: float) -> list[Row]:
    stage = Market(serve).stage()
    clock = ClockStream(f"{stage.rtmp_url}/{stage.key}")
    try:
        stage.wait_for(stream="ready")
        stage.do("go-live")
        stage.pin(7)
        # The segment in which a show goes live is not shown; the first picture should not wait for it here.
        time.sleep(6.0)
        with chromium() as browser:
            visitor = Visitors(browser, serve.url, directory).visitor(DESKTOP)
            opened_at = time.monotonic()
            visitor.open(f"/shows/{stage.id}")
            visitor.page.wait_for_function("() => document.querySelector('sc-show-page')?.shadowRoot"
                                           "?.querySelector('shopcast-player')?.shadowRoot?.querySelector('video')"
                                           "?.currentTime > 0")  # fmt: skip
            first_picture_s = time.monotonic() - opened_at
            visitor.see_picture()
            return [Row("opening the page to the first picture", f"{first_picture_s:.2f} s"), *_watch(visitor, minutes)]
    finally:
        clock.stop()


def _watch(visitor: Visitor, minutes: float) -> list[Row]:
    page = visitor.page
    page.wait_for_timeout(SETTLE_S * 1000)
    page.evaluate(READER)
    page.wait_for_timeout(minutes * 60_000)
    seen = page.evaluate("() => window.__clock")
    samples: list[tuple[float, int, float]] = [tuple(sample) for sample in seen["samples"]]
    if len(samples) < 100:
        raise SystemExit(f"too few pictures were read: {len(samples)}, {seen['bad']} unreadable")
    latencies_s = [((now - drawn) % (1 << BITS)) / 1000 for now, drawn, _believed in samples]
    p50, p95 = percentile(latencies_s, 50), percentile(latencies_s, 95)
    drift_ms = _drift_ms(samples)
    stalls = seen["waiting"]
    return [
        Row("capture to display, p50", f"{p50:.2f} s", f"<= {P50_GOAL_S} s", p50 <= P50_GOAL_S),
        Row("capture to display, p95", f"{p95:.2f} s", f"<= {P95_GOAL_S} s", p95 <= P95_GOAL_S),
        Row(
            "capture to display, best and worst",
            f"{min(latencies_s):.3f} to {max(latencies_s):.3f} s, {len(latencies_s)} read, {seen['bad']} unreadable",
        ),
        # Ought to be a little less: program date is given at the ingest, after drawing and encoding.
        Row("the same by the player's program date, p50", f"{_believed_p50_s(samples):.3f} s"),
        Row(
            f"stalls in {minutes:g} min",
            f"{stalls} (longest time between two pictures {seen['longestGapMs']:.0f} ms)",
            f"0 in {STALL_MINUTES} min",
            stalls == 0 if minutes >= STALL_MINUTES or stalls else None,
        ),
        Row(
            f"drift in {minutes:g} min",
            f"{drift_ms:.0f} ms",
            f"< {DRIFT_GOAL_MS} ms in {DRIFT_MINUTES} min",
            abs(drift_ms) < DRIFT_GOAL_MS if minutes >= DRIFT_MINUTES or abs(drift_ms) >= DRIFT_GOAL_MS else None,
        ),
    ]


def _believed_p50_s(samples: list[tuple[float, int, float]]) -> float:
    """A second opinion, which shares no clock reading with the first."""
    return percentile([(now - believed) / 1000 for now, _drawn, believed in samples if believed], 50)


def _drift_ms(samples: list[tuple[float, int, float]]) -> float:
    """How far the player's date of the picture moved against the clock in the picture."""
    offsets = [(now, (round(believed) - drawn) % (1 << BITS)) for now, drawn, believed in samples if believed]
    offsets = [(now, offset - (1 << BITS) if offset > 1 << (BITS - 1) else offset) for now, offset in offsets]
    window_ms = min(60_000.0, (offsets[-1][0] - offsets[0][0]) / 2)
    first = [offset for now, offset in offsets if now <= offsets[0][0] + window_ms]
    last = [offset for now, offset in offsets if now >= offsets[-1][0] - window_ms]
    return statistics.median(last) - statistics.median(first)


if __name__ == "__main__":
    raise SystemExit(main())
