"""Numbers, health and traces as siblings, scrapers and collectors get them."""

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import msgspec
import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client.parser import text_string_to_metric_families

from shopcast.kernel import tracing
from shopcast.kernel.config import Settings, SettingsError
from shopcast.kernel.exposition import exposition
from shopcast.kernel.metrics import Counter, Gauge, Histogram, Instruments
from shopcast.kernel.operate_door import Door, OperatePort, machine_reports, numbers_of, report_of
from shopcast.kernel.vitals import VITALS, Degraded, Unwell, Vitals
from tests.support.serve import free_ports
from tests.support.waiting import eventually


def test_what_is_counted_is_read_back_by_prometheus() -> None:
    answered = Counter("shopcast_test_answered_total", "Answered.", ("route", "status"))
    answered.add(2, "/v1/holds", "201")
    answered.add(1, "/v1/holds", "409")
    waiting = Gauge("shopcast_test_waiting", "Waiting.")
    waiting.read(lambda: 7)
    lasted = Histogram("shopcast_test_seconds", "Lasted.", bounds=(0.1, 1.0))
    for seconds in (0.05, 0.1, 0.5, 3.0):
        lasted.observe(seconds)
    text = exposition({"web": [one.family() for one in (answered, waiting, lasted)], "worker": [waiting.family()]})
    found = {family.name: family for family in text_string_to_metric_families(text.decode())}
    values = {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in found.values()
        for sample in family.samples
    }
    web = ("process", "web")
    assert values["shopcast_test_answered_total", (web, ("route", "/v1/holds"), ("status", "201"))] == 2
    assert values["shopcast_test_answered_total", (web, ("route", "/v1/holds"), ("status", "409"))] == 1
    assert values["shopcast_test_waiting", (("process", "worker"),)] == 7
    buckets = [values["shopcast_test_seconds_bucket", (("le", bound), web)] for bound in ("0.1", "1", "+Inf")]
    assert buckets == [2, 3, 4]
    assert values["shopcast_test_seconds_count", (web,)] == 4
    assert values["shopcast_test_seconds_sum", (web,)] == pytest.approx(3.65)


def test_a_label_that_grows_without_end_is_cut_off() -> None:
    counter = Counter("shopcast_test_total", "Test.", ("id",))
    for number in range(5_000):
        counter.add(1, str(number))
    assert len(counter.family().samples) == 2_000


def test_two_instruments_of_one_name_are_refused() -> None:
    instruments = Instruments()
    instruments.declare("shopcast_test_total", Counter("shopcast_test_total", "Test."))
    with pytest.raises(ValueError, match="declared twice"):
        instruments.declare("shopcast_test_total", Counter("shopcast_test_total", "Test."))
    with pytest.raises(ValueError, match="named shopcast_"):
        instruments.declare("requests_total", Counter("requests_total", "Test."))


async def test_a_process_is_ready_when_its_loop_turns_and_nothing_vital_is_missing() -> None:
    vitals = Vitals()
    vitals.begin("web")
    assert not vitals.report().ready
    vitals.follow(asyncio.get_running_loop())
    await asyncio.sleep(0.01)
    assert vitals.report().ready
    missing: list[Exception] = [Degraded("Redis is away")]

    def look() -> None:
        if missing:
            raise missing[0]

    vitals.check("redis", look)
    report = vitals.report()
    assert report.ready
    assert [(check.name, check.state, check.detail) for check in report.checks[1:]] == [
        ("redis", "degraded", "Redis is away")
    ]
    missing[0] = Unwell("the database can't be read")
    assert not vitals.report().ready
    missing.clear()
    assert vitals.report().ready
    vitals.drain()
    assert not vitals.report().ready


@pytest.fixture
def own_vitals() -> Iterator[Vitals]:
    """As in a process that has just begun, whatever ran in this one before."""
    before = dict(VITALS.__dict__)
    VITALS.__dict__.update(Vitals().__dict__)
    yield VITALS
    VITALS.__dict__.clear()
    VITALS.__dict__.update(before)


def test_one_port_answers_for_the_machine_and_not_for_everybody(tmp_path: Path, own_vitals: Vitals) -> None:
    (port,) = free_ports(1)
    where = OperatePort("127.0.0.1", port, "a-token-of-some-length")
    url = f"http://127.0.0.1:{port}"
    first = Door(tmp_path, "first", where)
    second = Door(tmp_path, "second", where)
    with httpx.Client(base_url=url, trust_env=False, timeout=5) as http:
        eventually(lambda: answers(http), what="the port")
        assert http.get("/metrics").status_code == 401
        assert http.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 401
        told = http.get("/metrics", headers={"Authorization": "Bearer a-token-of-some-length"})
        families = {one.name: one for one in text_string_to_metric_families(told.text)}
        memory = families["shopcast_process_resident_memory_bytes"].samples
        assert {sample.labels["process"] for sample in memory} == {"first", "second"}
        ready = http.get("/health/ready")
        assert (ready.status_code, ready.json()["status"]) == (200, "ready")
        own_vitals.check("disk", fail)
        ready = http.get("/health/ready")
        assert (ready.status_code, ready.json()["processes"][0]["checks"][0]["detail"]) == (503, "it is full")
        assert http.get("/health/live").status_code == 200
        own_vitals._beaten_at = time.monotonic() - 61
        assert (http.get("/health/live").status_code, http.get("/health/live").json()) == (503, {"status": "stuck"})
        own_vitals._beaten_at = None
        assert http.get("/v1/orders").status_code == 404
        assert http.post("/metrics").status_code == 405
    assert report_of(tmp_path, "second").checks[0].detail == "it is full"
    assert numbers_of(tmp_path, "first")
    # Whoever held the port falls; the other takes it over.
    first.close()
    with httpx.Client(base_url=url, trust_env=False, timeout=5) as http:
        eventually(lambda: answers(http), within_s=15, what="the sibling at the port")
    second.close()


def test_a_sibling_that_fell_is_not_ready(tmp_path: Path, own_vitals: Vitals) -> None:
    door = Door(tmp_path, "web", None)
    left = tmp_path / "operate" / "writer.sock"
    left.touch()
    found = {report.process: report.ready for report in machine_reports(tmp_path)}
    assert found["writer"] is False
    door.close()


def test_a_port_for_others_needs_a_token() -> None:
    exposed = {"SHOPCAST_METRICS_PORT": "9100", "SHOPCAST_METRICS_HOST": "0.0.0.0"}
    with pytest.raises(SettingsError, match="SHOPCAST_METRICS_TOKEN"):
        Settings.from_env(exposed)
    assert Settings.from_env({**exposed, "SHOPCAST_METRICS_TOKEN": "x" * 16}).metrics_port == 9100
    assert Settings.from_env({"SHOPCAST_METRICS_PORT": "9100"}).metrics_host == "127.0.0.1"
    with pytest.raises(SettingsError, match="not a share"):
        Settings.from_env({"SHOPCAST_TRACE_SAMPLING": "7"})


@pytest.fixture
def exported() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    tracing.start_tracing(Settings(), "test", exporter)
    # Tests say themselves what is sampled.
    tracing._state.sampling = 1.0
    yield exporter
    tracing.stop_tracing()


def test_spans_hang_on_each_other_through_rows(exported: InMemorySpanExporter) -> None:
    with tracing.begin("POST /v1/holds") as request:
        assert tracing.current_trace_id() == str(request.traceparent)[3:35]
        row = tracing.with_traceparent(msgspec.json.encode({"order_id": "ord_1"}), tracing.current_traceparent())
    assert json.loads(row)["order_id"] == "ord_1"
    assert tracing.traceparent_in('{"order_id":"ord_1"}') is None
    parent = tracing.traceparent_in(row.decode())
    with tracing.span("subscriber", "consumer", parent), suppress(ZeroDivisionError), tracing.span("job"):
        raise ZeroDivisionError
    assert tracing.current_traceparent() is None
    # Neither a parent nor one open here: there is nothing to hang it on.
    assert tracing.span("loose") is tracing.NOTHING
    assert tracing.span("forged", parent="00-nonsense") is tracing.NOTHING
    spans = finished(exported)
    assert spans["subscriber"].parent is not None
    assert spans["job"].parent is not None
    assert spans["subscriber"].parent.span_id == spans["POST /v1/holds"].context.span_id
    assert spans["job"].parent.span_id == spans["subscriber"].context.span_id
    assert (spans["job"].attributes or {})["error.type"] == "ZeroDivisionError"


def test_an_empty_row_carries_a_trace_too() -> None:
    given = f"00-{'a' * 32}-{'b' * 16}-01"
    assert json.loads(tracing.with_traceparent(b"{}", given)) == {"traceparent": given}


def test_nothing_is_done_while_nobody_traces() -> None:
    assert tracing.begin("x") is tracing.NOTHING
    started = time.perf_counter()
    for _ in range(100_000):
        with tracing.span("x", parent=None):
            pass
    # A tenth of this is usual; the limit is for a busy machine.
    assert (time.perf_counter() - started) / 100_000 < 5e-6
    assert tracing.with_traceparent(b"{}", tracing.current_traceparent()) == b"{}"


def finished(exporter: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    provider = tracing._state.provider
    assert provider is not None
    provider.force_flush()
    return {span.name: span for span in exporter.get_finished_spans()}


def fail() -> None:
    raise Unwell("it is full")


def answers(http: httpx.Client) -> bool:
    with suppress(httpx.TransportError):
        return http.get("/health/live").status_code == 200
    return False
