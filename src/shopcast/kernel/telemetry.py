"""Owns how logs are written: structured, one line per fact, JSON unless a person is watching."""

import logging
import sys
from typing import TextIO

import structlog

from shopcast.kernel.config import LogLevel
from shopcast.kernel.tracing import current_trace_id

# Libraries that write a line per request or per start, which our own lines say better.
_CHATTY = ("httpx", "httpcore", "uvicorn.error", "websockets", "picows", "aiofastnet")


def set_up_logging(level: LogLevel, process: str, stream: TextIO | None = None) -> None:
    """Called once by an entry point. `process` names it ("web", "writer", …) on every line."""
    output = stream or sys.stderr
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if output.isatty() else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        _add_trace,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, _add_process(process), structlog.processors.format_exc_info, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(output),
        cache_logger_on_first_use=False,
    )
    _route_standard_logging(level, output, [*shared, _add_process(process)], renderer)


def _add_trace(
    logger: structlog.typing.WrappedLogger, method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    trace_id = current_trace_id()
    if trace_id is not None:
        event["trace_id"] = trace_id
    return event


def _add_process(process: str) -> structlog.typing.Processor:
    def add(
        logger: structlog.typing.WrappedLogger, method: str, event: structlog.typing.EventDict
    ) -> structlog.typing.EventDict:
        event["process"] = process
        return event

    return add


def _route_standard_logging(
    level: LogLevel,
    output: TextIO,
    shared: list[structlog.typing.Processor],
    renderer: structlog.typing.Processor,
) -> None:
    handler = logging.StreamHandler(output)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    for chatty in _CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
