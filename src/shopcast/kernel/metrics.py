"""Owns what one process counts about itself: counters, gauges and histograms, and a snapshot of all of them.

Instruments are declared at the top of the module that uses them, as loggers are, and belong to the process. They cost
a lock and an addition; the text form is made elsewhere, by whoever is asked for it. Knows no port and no other process.
"""

import os
import resource
import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

Kind = Literal["counter", "gauge", "histogram"]
_NAME_PREFIX = "shopcast_"
# Series of one instrument: label values are route templates, verbs and codes; more is an id that slipped into a label.
SERIES_LIMIT = 2_000
# From a quick read to a lost answer; what people feel begins at 0.1 s.
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Sample(msgspec.Struct, frozen=True, array_like=True):
    """`suffix` and `labels` complete the family's name and label names; a histogram's buckets bring their own "le"."""

    suffix: str
    labels: tuple[str, ...]
    value: float
    upper_bound: str | None = None


class Family(msgspec.Struct, frozen=True, array_like=True):
    name: str
    kind: Kind
    help: str
    label_names: tuple[str, ...]
    samples: list[Sample]


class Counter:
    """Only ever grows. Its name ends in what is counted, e.g. `_total` or `_bytes_total`."""

    def __init__(self, name: str, help: str, label_names: Sequence[str] = ()) -> None:
        self._name, self._help, self._label_names = name, help, tuple(label_names)
        self._values: dict[tuple[str, ...], float] = {}
        self._lock = threading.Lock()
        self._read: Callable[[], float] | None = None

    def read(self, read: Callable[[], float]) -> None:
        """For what is counted elsewhere already. Asked at every look, from another thread."""
        self._read = read

    def add(self, amount: float = 1, *labels: str) -> None:
        with self._lock:
            if labels in self._values:
                self._values[labels] += amount
            elif len(self._values) < SERIES_LIMIT:
                self._values[labels] = amount

    def value(self, *labels: str) -> float:
        return self._values.get(labels, 0.0)

    def family(self) -> Family:
        with self._lock:
            values = dict(self._values) if self._read is None else {(): float(self._read())}
        if not values and not self._label_names:
            values[()] = 0.0
        samples = [Sample("", labels, value) for labels, value in values.items()]
        return Family(self._name, "counter", self._help, self._label_names, samples)


class Gauge:
    """A value as it is now: set when it changes, or read when somebody asks."""

    def __init__(self, name: str, help: str, label_names: Sequence[str] = ()) -> None:
        self._name, self._help, self._label_names = name, help, tuple(label_names)
        self._values: dict[tuple[str, ...], float] = {}
        self._read: Callable[[], float] | None = None

    def set(self, value: float, *labels: str) -> None:
        if labels in self._values or len(self._values) < SERIES_LIMIT:
            self._values[labels] = value

    def clear(self) -> None:
        """Forgets its series: what is not set again is gone."""
        self._values = {}

    def read(self, read: Callable[[], float]) -> None:
        """Asked at every look, from another thread: it must be quick and change nothing."""
        self._read = read

    def family(self) -> Family:
        values = dict(self._values) if self._read is None else {(): float(self._read())}
        samples = [Sample("", labels, value) for labels, value in values.items()]
        return Family(self._name, "gauge", self._help, self._label_names, samples)


class Histogram:
    """How long things took, in seconds unless the name says otherwise."""

    def __init__(
        self, name: str, help: str, label_names: Sequence[str] = (), bounds: Sequence[float] = SECONDS
    ) -> None:
        self._name, self._help, self._label_names = name, help, tuple(label_names)
        self._bounds = tuple(bounds)
        self._counts: dict[tuple[str, ...], list[float]] = {}
        self._lock = threading.Lock()

    def observe(self, value: float, *labels: str) -> None:
        counts = self._counts.get(labels) or self._series(labels)
        index = bisect_left(self._bounds, value)
        with self._lock:
            counts[index] += 1
            counts[-1] += value

    def _series(self, labels: tuple[str, ...]) -> list[float]:
        """One per bound, one beyond all of them, and last the sum."""
        empty = [0.0] * (len(self._bounds) + 2)
        with self._lock:
            if len(self._counts) >= SERIES_LIMIT:
                return empty
            return self._counts.setdefault(labels, empty)

    def family(self) -> Family:
        with self._lock:
            copied = {labels: list(counts) for labels, counts in self._counts.items()}
        samples: list[Sample] = []
        for labels, (*counts, total) in copied.items():
            below = 0.0
            for bound, count in zip((*self._bounds, float("inf")), counts, strict=True):
                below += count
                samples.append(Sample("_bucket", labels, below, "+Inf" if bound == float("inf") else f"{bound:g}"))
            samples += [Sample("_count", labels, below), Sample("_sum", labels, total)]
        return Family(self._name, "histogram", self._help, self._label_names, samples)


Instrument = Counter | Gauge | Histogram
_I = TypeVar("_I", Counter, Gauge, Histogram)


class Instruments:
    """All of one process, by name."""

    def __init__(self) -> None:
        self._known: dict[str, Instrument] = {}

    def declare(self, name: str, instrument: _I) -> _I:
        if not name.startswith(_NAME_PREFIX) or name in self._known:
            raise ValueError(f"{name} is declared twice, or is not named {_NAME_PREFIX}<domain>_<noun>_<unit>")
        self._known[name] = instrument
        return instrument

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._known)

    def families(self) -> list[Family]:
        """Those that have something to say."""
        families = [instrument.family() for instrument in self._known.values()]
        return [family for family in (*families, *_process_families()) if family.samples]


# One per process, as loggers are: what is counted belongs to the process and to nobody's request.
INSTRUMENTS = Instruments()


def counter(name: str, help: str, label_names: Sequence[str] = ()) -> Counter:
    return INSTRUMENTS.declare(name, Counter(name, help, label_names))


def gauge(name: str, help: str, label_names: Sequence[str] = ()) -> Gauge:
    return INSTRUMENTS.declare(name, Gauge(name, help, label_names))


def histogram(name: str, help: str, label_names: Sequence[str] = (), bounds: Sequence[float] = SECONDS) -> Histogram:
    return INSTRUMENTS.declare(name, Histogram(name, help, label_names, bounds))


_STARTED_AT = time.time()
_PAGE_BYTES = resource.getpagesize()
PROCESS_NAMES = (
    "shopcast_process_resident_memory_bytes",
    "shopcast_process_cpu_seconds_total",
    "shopcast_process_open_files",
    "shopcast_process_open_files_limit",
    "shopcast_process_start_time_seconds",
)


def _process_families() -> list[Family]:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE_BYTES
    values: tuple[tuple[str, Kind, str, float], ...] = (
        (PROCESS_NAMES[0], "gauge", "Memory the process holds.", resident),
        (PROCESS_NAMES[1], "counter", "Processor time used.", usage.ru_utime + usage.ru_stime),
        (PROCESS_NAMES[2], "gauge", "Files and sockets open.", len(os.listdir("/proc/self/fd"))),
        (PROCESS_NAMES[3], "gauge", "Files and sockets it may open.", resource.getrlimit(resource.RLIMIT_NOFILE)[0]),
        (PROCESS_NAMES[4], "gauge", "When the process was started, in seconds since 1970.", _STARTED_AT),
    )
    return [Family(name, kind, help, (), [Sample("", (), value)]) for name, kind, help, value in values]
