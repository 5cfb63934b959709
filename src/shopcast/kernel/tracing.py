"""Owns traces: spans of one request, carried over processes, rows and provider calls as a W3C traceparent.

Off unless an operator names a place to send them; then nothing here does more than look at one variable. A trace begins
where a request enters (`begin`), with the share of requests that is to be sampled; everywhere else a span is made only
if there is one to hang it on, so a request that was not sampled costs nothing further either.
"""

import random
import re
import time
from contextvars import ContextVar, Token
from types import TracebackType
from typing import TYPE_CHECKING, Literal

from shopcast.kernel.config import Settings, SettingsError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Span, Tracer

Kind = Literal["server", "client", "producer", "consumer", "internal"]
Attribute = str | int | float | bool
TRACEPARENT_HEADER = "traceparent"
_TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-01")
_MEMBER = re.compile(r'"traceparent":"(00-[0-9a-f]{32}-[0-9a-f]{16}-01)"\}\Z')
# What is not sent by then is lost: a role that was told to stop must not wait for somebody else's collector.
_FLUSH_WAIT_MS = 3_000

# The span that is open here, as its traceparent.
_current: ContextVar[str | None] = ContextVar("traceparent", default=None)


class _Nothing:
    """Stands for a span that is not made."""

    traceparent: str | None = None

    def __enter__(self) -> "_Nothing":
        return self

    def __exit__(self, *raised: object) -> None:
        return

    def rename(self, name: str) -> None:
        return

    def note(self, **attributes: Attribute) -> None:
        return


class _Open:
    """A span from `with` to its end; an exception marks it as failed and goes on."""

    def __init__(self, span: "Span") -> None:
        self._span = span
        self._token: Token[str | None] | None = None
        context = span.get_span_context()
        self.traceparent: str | None = f"00-{context.trace_id:032x}-{context.span_id:016x}-01"

    def __enter__(self) -> "_Open":
        self._token = _current.set(self.traceparent)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._token is not None:
            _current.reset(self._token)
        if error is not None:
            # The kind alone: messages may hold what people typed.
            self._span.set_attribute("error.type", type(error).__qualname__)
        self._span.end()

    def rename(self, name: str) -> None:
        self._span.update_name(name)

    def note(self, **attributes: Attribute) -> None:
        self._span.set_attributes({name.replace("__", "."): value for name, value in attributes.items()})


class _Hung:
    """Makes what was begun elsewhere the parent of what follows here."""

    def __init__(self, traceparent: str) -> None:
        self.traceparent: str | None = traceparent
        self._token: Token[str | None] | None = None

    def __enter__(self) -> "_Hung":
        self._token = _current.set(self.traceparent)
        return self

    def __exit__(self, *raised: object) -> None:
        if self._token is not None:
            _current.reset(self._token)

    def rename(self, name: str) -> None:
        return

    def note(self, **attributes: Attribute) -> None:
        return


AnySpan = _Nothing | _Open | _Hung
# The span that is not made.
NOTHING = _Nothing()


class _State:
    tracer: "Tracer | None" = None
    provider: "TracerProvider | None" = None
    sampling: float = 0.0


# One per process, as the logger's configuration is.
_state = _State()


def start_tracing(settings: Settings, process: str, exporter: "SpanExporter | None" = None) -> None:
    """Called once in each process, after it was forked. Does nothing without SHOPCAST_OTLP_ENDPOINT (or an `exporter`,
    which tests bring). Raises SettingsError if what is needed is not installed."""
    if settings.otlp_endpoint is None and exporter is None:
        return
    try:
        # Here, because most installations trace nothing, and these are an extra: 14 MB and half a second.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError:
        raise SettingsError(
            "SHOPCAST_OTLP_ENDPOINT needs what traces are made with. Install it with: pip install 'shopcast[telemetry]'"
        ) from None
    chosen = exporter or OTLPSpanExporter(endpoint=_traces_url(settings.otlp_endpoint or ""), timeout=5)
    resource = Resource.create({"service.name": "shopcast", "service.instance.id": process, "shopcast.role": process})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(chosen, schedule_delay_millis=1_000))
    _state.provider, _state.tracer = provider, provider.get_tracer("shopcast")
    _state.sampling = settings.trace_sampling


def stop_tracing() -> None:
    """Sends what is still here."""
    provider, _state.provider, _state.tracer = _state.provider, None, None
    if provider is not None:
        provider.force_flush(_FLUSH_WAIT_MS)
        provider.shutdown()


def is_tracing() -> bool:
    return _state.tracer is not None


def current_traceparent() -> str | None:
    """What rows and messages written now should carry."""
    return None if _state.tracer is None else _current.get()


def current_trace_id() -> str | None:
    traceparent = current_traceparent()
    return None if traceparent is None else traceparent[3:35]


def begin(name: str, kind: Kind = "server", given: str | None = None) -> AnySpan:
    """The first span of a trace, or the next of one whose traceparent was `given` by somebody we trust."""
    if _state.tracer is None:
        return NOTHING
    if given is not None and _TRACEPARENT.fullmatch(given):
        return _opened(name, kind, given)
    if _state.sampling < 1 and random.random() >= _state.sampling:  # no secret
        return NOTHING
    return _opened(name, kind, None)


def span(name: str, kind: Kind = "internal", parent: str | None = None) -> AnySpan:
    """Below `parent`, or below the span that is open here; nothing if there is neither."""
    if _state.tracer is None:
        return NOTHING
    above = parent or _current.get()
    if above is None or not _TRACEPARENT.fullmatch(above):
        return NOTHING
    return _opened(name, kind, above)


def hung(traceparent: str | None) -> AnySpan:
    """What is recorded inside carries `traceparent`, without a span of its own."""
    if _state.tracer is None or traceparent is None or not _TRACEPARENT.fullmatch(traceparent):
        return NOTHING
    return _Hung(traceparent)


def past(name: str, parent: str, lasted_s: float, kind: Kind = "internal", **attributes: Attribute) -> None:
    """A span that ends now and began `lasted_s` ago: for work that was done for several at once."""
    if _state.tracer is None or not _TRACEPARENT.fullmatch(parent):
        return
    now = time.time_ns()
    made = _started(name, kind, parent, now - round(lasted_s * 1e9))
    made.set_attributes({key.replace("__", "."): value for key, value in attributes.items()})
    made.end(now)


def with_traceparent(encoded: bytes, traceparent: str | None) -> bytes:
    """A JSON object of a row, with the traceparent as one more member: who doesn't know it skips it."""
    if traceparent is None:
        return encoded
    separator = b"" if encoded == b"{}" else b","
    return b'%b%b"traceparent":"%b"}' % (encoded[:-1], separator, traceparent.encode())


def traceparent_in(text: str) -> str | None:
    """What `with_traceparent` added to the JSON of a row; nothing while this process traces nothing."""
    if _state.tracer is None:
        return None
    found = _MEMBER.search(text)
    return None if found is None else found[1]


def _opened(name: str, kind: Kind, parent: str | None) -> _Open:
    return _Open(_started(name, kind, parent, None))


def _started(name: str, kind: Kind, parent: str | None, start_ns: int | None) -> "Span":
    # Loaded by now; at the top they would be loaded by every shop that traces nothing.
    from opentelemetry.context import Context  # noqa: PLC0415
    from opentelemetry.trace import (  # noqa: PLC0415
        NonRecordingSpan,
        SpanContext,
        SpanKind,
        TraceFlags,
        set_span_in_context,
    )

    assert _state.tracer is not None
    above = Context()
    if parent is not None:
        found = SpanContext(int(parent[3:35], 16), int(parent[36:52], 16), True, TraceFlags(TraceFlags.SAMPLED))
        above = set_span_in_context(NonRecordingSpan(found), above)
    return _state.tracer.start_span(name, context=above, kind=SpanKind[kind.upper()], start_time=start_ns)


def _traces_url(endpoint: str) -> str:
    return endpoint if endpoint.endswith("/v1/traces") else f"{endpoint}/v1/traces"
