"""One buy is one trace: from the tap over the writer, the provider and its webhook to the frame in the room."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.support.people import ADDRESS, Person
from tests.support.room import Seat
from tests.support.serve import Serve, free_ports
from tests.support.stage import Market
from tests.support.waiting import eventually


@dataclass(frozen=True)
class Told:
    """A span as it arrived."""

    trace: str
    id: str
    parent: str
    name: str
    process: str


@dataclass
class Collector:
    """What an operator would run: takes spans over OTLP."""

    port: int
    spans: list[Told] = field(default_factory=list)

    def take(self, body: bytes) -> None:
        request = ExportTraceServiceRequest.FromString(body)
        for resource in request.resource_spans:
            named = {one.key: one.value.string_value for one in resource.resource.attributes}
            for scope in resource.scope_spans:
                for span in scope.spans:
                    ids = (span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex())
                    self.spans.append(Told(*ids, span.name, named["shopcast.role"]))


@pytest.fixture
def collector() -> Iterator[Collector]:
    (port,) = free_ports(1)
    made = Collector(port)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            made.take(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.mark.slow
def test_one_buy_is_one_connected_trace_over_all_processes(collector: Collector, tmp_path: Path) -> None:
    serve = Serve(tmp_path, SHOPCAST_OTLP_ENDPOINT=f"http://127.0.0.1:{collector.port}")
    serve.start()
    try:
        stage = Market(serve).stage()
        with stage.live(), Seat(Person(serve), stage.id, "Noor") as seat:
            card = stage.card(7)
            buyer = Person(serve)
            hold = buyer.hold(stage.id, card)
            assert buyer.pay(hold, email="traced@example.test", address=ADDRESS)["state"] == "paid"
            # The number left is told in the room.
            seat.entry("stock")
        first_tap = eventually(lambda: _whole(collector, "POST /v1/holds", "rooms.publish"), within_s=30)
        second_tap = eventually(lambda: _whole(collector, "POST /v1/checkouts", "sales.apply_webhook"), within_s=30)
        log = serve.log()
    finally:
        serve.close()
    _is_connected(first_tap, "POST /v1/holds")
    assert {("writer", "sales.place_hold"), ("web", "rooms.publish")} <= named(first_tap)
    _is_connected(second_tap, "POST /v1/checkouts")
    assert {
        ("writer", "sales.start_checkout"),
        # The call to the provider, and what it answers in its own server.
        ("web", "provider POST"),
        ("worker", "test_provider.answer"),
        ("writer", "sales.record_payment"),
        # The webhook, once stored and once applied by its event.
        ("writer", "sales.receive_webhook"),
        ("writer", "sales.apply_webhook"),
        # What the order led to: the books, and a job that sends the receipt.
        ("writer", "talent.book_sale"),
        ("worker", "sales.mail_order"),
    } <= named(second_tap)
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{") and '"trace_id"' in line]
    assert all(len(line["trace_id"]) == 32 for line in lines)


def named(trace: list[Told]) -> set[tuple[str, str]]:
    return {(span.process, span.name) for span in trace}


def _is_connected(trace: list[Told], root: str) -> None:
    """Each span hangs on another of the trace, but for the request's own."""
    ids = {span.id for span in trace}
    assert [span.name for span in trace if not span.parent] == [root]
    assert [span for span in trace if span.parent and span.parent not in ids] == []


def _whole(collector: Collector, root: str, last: str) -> list[Told] | None:
    """The spans of the trace that begins with `root`, once those of `last` and of its jobs have come."""
    found = next((span for span in collector.spans if span.name == root), None)
    if found is None:
        return None
    trace = [span for span in collector.spans if span.trace == found.trace]
    ids = {span.id for span in trace}
    is_whole = all(not span.parent or span.parent in ids for span in trace)
    waits_for_job = root == "POST /v1/checkouts" and "sales.mail_order" not in {span.name for span in trace}
    return trace if is_whole and not waits_for_job and last in {span.name for span in trace} else None
