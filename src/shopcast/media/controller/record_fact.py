"""Turns what the engine reports into rows and events, exactly once by the engine's own numbering."""

from datetime import UTC, datetime

import msgspec

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.principal import Principal
from shopcast.media.broadcasts.repository import set_state
from shopcast.media.controller import repository
from shopcast.media.events import BroadcastLost, BroadcastReady, BroadcastWarned, PublishRefused
from shopcast.media.leases import repository as leases


class EngineFact(msgspec.Struct, frozen=True, kw_only=True):
    kind: str
    broadcast_id: str | None = None
    at_ms: int
    epoch: int | None = None
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    video_codec: str | None = None
    audio_codec: str | None = None
    started_at_ms: int | None = None
    ended_at_ms: int | None = None
    reason: str | None = None
    code: str | None = None
    key_hint: str | None = None
    parameters: dict[str, str] = {}
    token: int | None = None


class RecordFact(Command, frozen=True, kw_only=True):
    """`engine` names one engine's journal, `number` the fact within it."""

    engine: str
    number: int
    fact: EngineFact


def record_fact(tx: Tx, command: RecordFact, by: Principal, now: datetime) -> None:
    fact = command.fact
    if not repository.number_fact(tx, command.engine, command.number, _instant(fact.at_ms), fact.kind, now):
        return
    if fact.kind == "refused":
        _refused(tx, fact)
        return
    if fact.broadcast_id is None or repository.state_of(tx, fact.broadcast_id) is None:
        return
    if _is_replaced(tx, fact, fact.broadcast_id):
        return
    # Other kinds (a sealed chunk) are kept in the engine's own index; here they are only numbered.
    if fact.kind == "ready":
        _ready(tx, fact, fact.broadcast_id)
    elif fact.kind == "lost":
        _lost(tx, fact, fact.broadcast_id)
    elif fact.kind == "warning":
        _warned(tx, fact, fact.broadcast_id, fact.code or "unknown")


def _is_replaced(tx: Tx, fact: EngineFact, broadcast_id: str) -> bool:
    """What a node says of a broadcast whose lease another has taken since changes nothing any more."""
    return fact.token is not None and leases.token_of(tx, broadcast_id) != fact.token


def _ready(tx: Tx, fact: EngineFact, broadcast_id: str) -> None:
    if fact.epoch is None or repository.state_of(tx, broadcast_id) == "ended":
        return
    at = _instant(fact.started_at_ms or fact.at_ms)
    if fact.token is None and repository.began_since(tx, broadcast_id, at):
        # News of an epoch that another has followed already changes nothing any more.
        return
    fps = None if fact.fps is None else round(fact.fps)
    codecs = (fact.video_codec, fact.audio_codec)
    repository.open_epoch(tx, broadcast_id, fact.epoch, at, (fact.width, fact.height), fps, codecs)
    set_state(tx, broadcast_id, "ready")
    if fact.token is not None:
        leases.set_on_air(tx, broadcast_id, fact.token, fact.epoch, True)
    # Advice given for an earlier encoder setting is stale once a new epoch has begun.
    repository.delete_warnings_before(tx, broadcast_id, at)
    tx.record(BroadcastReady(broadcast_id=broadcast_id, epoch=fact.epoch, at=at, width=fact.width, height=fact.height))


def _lost(tx: Tx, fact: EngineFact, broadcast_id: str) -> None:
    at = _instant(fact.ended_at_ms or fact.at_ms)
    if fact.token is not None and fact.epoch is not None:
        leases.set_on_air(tx, broadcast_id, fact.token, fact.epoch, False)
    closed = repository.close_epoch(tx, broadcast_id, fact.epoch, at, fact.reason)
    newest = repository.newest_epoch if fact.token is None else repository.last_epoch
    is_newest = newest(tx, broadcast_id) == fact.epoch
    if not closed or not is_newest or repository.state_of(tx, broadcast_id) != "ready":
        return
    set_state(tx, broadcast_id, "lost")
    tx.record(BroadcastLost(broadcast_id=broadcast_id, epoch=fact.epoch or 0, at=at, reason=fact.reason or "closed"))


def _warned(tx: Tx, fact: EngineFact, broadcast_id: str, code: str) -> None:
    at = _instant(fact.at_ms)
    repository.upsert_warning(tx, broadcast_id, code, at, fact.parameters)
    tx.record(BroadcastWarned(broadcast_id=broadcast_id, at=at, warning=code, parameters=fact.parameters))


def _refused(tx: Tx, fact: EngineFact) -> None:
    code = fact.code or "unknown"
    hint = (fact.key_hint or "")[-4:]
    tx.record(PublishRefused(broadcast_id=fact.broadcast_id, at=_instant(fact.at_ms), reason=code, key_hint=hint))
    if fact.broadcast_id is not None and repository.state_of(tx, fact.broadcast_id) is not None:
        _warned(tx, fact, fact.broadcast_id, f"refused_{code}")


def _instant(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
