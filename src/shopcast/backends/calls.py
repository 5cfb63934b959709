"""Owns what every engine does around a handler: requests and answers, idempotency's digests, results as bytes."""

import hashlib
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import msgspec
import structlog

from shopcast.kernel.actions import IDEMPOTENCY_KEY_LIMIT, ActionSpec, Command
from shopcast.kernel.errors import (
    ActionFailed,
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
    InvalidInput,
    Refused,
    ShopcastError,
)
from shopcast.kernel.metrics import counter, gauge, histogram
from shopcast.kernel.principal import Principal
from shopcast.kernel.tracing import current_traceparent

# An action that holds the writer longer delays everybody's purchase: it must be cut into chunks.
SLOW_ACTION_S = 0.020

_SECONDS = histogram("shopcast_actions_duration_seconds", "How long handlers ran, sets as one, by verb.", ("action",))
_ANSWERED = counter("shopcast_actions_answered_total", "Actions answered, by verb and outcome.", ("action", "outcome"))
_REFUSED = counter("shopcast_actions_refused_total", "Refusals, by verb and code.", ("action", "code"))

WAITING = gauge("shopcast_actions_waiting", "Actions asked for and not answered.")

encode_result = msgspec.msgpack.Encoder(order="deterministic").encode
_log = structlog.get_logger()


@dataclass(slots=True)
class Request:
    spec: ActionSpec
    command: Command
    by: Principal
    idempotency_key: str | None = None
    answer: "Answer | None" = None
    # Of whoever asks; None for all but the few that are sampled. One that has it is never run in a set: what it records
    # belongs to its trace alone.
    trace: str | None = field(default_factory=current_traceparent)


@dataclass(frozen=True, slots=True)
class Done:
    """`result` is msgpack: what is stored under the idempotency key and sent back are the same bytes."""

    result: bytes


Answer = Done | ShopcastError | ActionFailed


def checked_key(request: Request) -> str | None:
    """The idempotency key. Raises a refusal if the verb needs one, or this one is unusable."""
    key = request.idempotency_key
    if key is None:
        if request.spec.moves_stock_or_money and not request.by.system:
            raise IdempotencyKeyMissing()
        return None
    if not 1 <= len(key) <= IDEMPOTENCY_KEY_LIMIT:
        raise InvalidInput("Idempotency-Key", "it is out of range")
    return key


def same_content(request: Request, digest: bytes, result: bytes) -> bytes:
    """The stored result, if it was stored for this content. Raises IdempotencyKeyReused."""
    if bytes(digest) != content_digest(request.command):
        raise IdempotencyKeyReused()
    return bytes(result)


def content_digest(command: Command) -> bytes:
    return hashlib.sha256(encode_result(command.content())).digest()


def has_double_keys(group: Iterable[Request]) -> bool:
    # The same purchase sent twice within one batch: only one after the other does the second see the first's result.
    keys = sorted((request.by.key, request.idempotency_key) for request in group if request.idempotency_key is not None)
    return any(sum(1 for _ in same) > 1 for _, same in groupby(keys))


def failure_of(spec: ActionSpec, error: BaseException) -> ActionFailed:
    _log.error("kernel.action.failed", action=spec.name, exc_info=error)
    failure = ActionFailed(spec.name, repr(error))
    failure.__cause__ = error
    return failure


def note_answers(requests: Iterable[Request]) -> None:
    done: dict[str, int] = {}
    for request in requests:
        action, answer = request.spec.name, request.answer
        # The usual case first, and together: this is done for each action of the whole shop.
        if type(answer) is Done:
            done[action] = done.get(action, 0) + 1
        elif isinstance(answer, ShopcastError):
            _REFUSED.add(1, action, answer.code)
            _ANSWERED.add(1, action, "refused")
        else:
            _ANSWERED.add(1, action, "failed")
    for action, count in done.items():
        _ANSWERED.add(count, action, "done")


def note_duration(action: str, started: float, size: int, limit_s: float = SLOW_ACTION_S) -> None:
    elapsed_s = time.perf_counter() - started
    _SECONDS.observe(elapsed_s, action)
    if elapsed_s > limit_s:
        _log.warning("kernel.action.slow", action=action, actions=size, elapsed_ms=round(elapsed_s * 1000, 1))


def result_of(spec: ActionSpec, answer: Answer | None) -> Any:
    """The decoded result, or the refusal raised as it would be by another process."""
    match answer:
        case Done(result):
            return decode_result(spec, result)
        case ShopcastError():
            raise Refused.of(answer) from answer
        case ActionFailed():
            raise answer
        case None:
            raise RuntimeError("the request was not answered")


def decode_result(spec: ActionSpec, result: bytes) -> Any:
    return msgspec.msgpack.decode(result, type=type(None) if spec.result is None else spec.result)
