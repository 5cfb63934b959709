"""Owns the text form of what several processes of one machine counted: each sample says which process it is from."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from shopcast.kernel.metrics import Family

if TYPE_CHECKING:
    from prometheus_client import Metric

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def exposition(by_process: Mapping[str, Iterable[Family]]) -> bytes:
    # Here, because the library brings an HTTP server along, and only the one process that is scraped needs it: 4 MB.
    from prometheus_client import CollectorRegistry, Metric, generate_latest  # noqa: PLC0415

    metrics: dict[str, Metric] = {}
    for process, families in by_process.items():
        for family in families:
            if family.name not in metrics:
                # The library puts the suffix of counters back itself.
                metrics[family.name] = Metric(family.name.removesuffix("_total"), family.help, family.kind)
            _add_samples(metrics[family.name], family, process)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collected(list(metrics.values())))
    return generate_latest(registry)


class _Collected:
    """What the library asks for at the moment it writes."""

    def __init__(self, metrics: "list[Metric]") -> None:
        self._metrics = metrics

    def collect(self) -> "Iterator[Metric]":
        return iter(self._metrics)


def _add_samples(metric: "Metric", family: Family, process: str) -> None:
    for sample in family.samples:
        labels = {**dict(zip(family.label_names, sample.labels, strict=True)), "process": process}
        if sample.upper_bound is not None:
            labels["le"] = sample.upper_bound
        metric.add_sample(family.name + sample.suffix, labels, sample.value)
