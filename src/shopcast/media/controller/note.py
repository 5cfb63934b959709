"""What the controller notes while it talks to the engine: instructions done or needless, and the newest measurement."""

from datetime import UTC, datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.principal import Principal
from shopcast.media.controller import repository


class NoteInstructionDone(Command, frozen=True, kw_only=True):
    instruction_id: str
    refused_code: str | None = None


def note_instruction_done(tx: Tx, command: NoteInstructionDone, by: Principal, now: datetime) -> None:
    repository.set_instruction_done(tx, command.instruction_id, command.refused_code, now)


class PassUnheld(Command, frozen=True, kw_only=True):
    """Instructions of broadcasts that no node holds. One that was taken up meanwhile stays open for its node."""

    instruction_ids: list[str]


def pass_unheld(tx: Tx, command: PassUnheld, by: Principal, now: datetime) -> None:
    for instruction_id in command.instruction_ids:
        if not repository.is_held(tx, instruction_id):
            repository.set_instruction_done(tx, instruction_id, None, now)


class RecordHealth(Command, frozen=True, kw_only=True):
    broadcast_id: str
    measured_at_ms: int
    bitrate_bps: int
    fps: float
    gop_ms: int


def record_health(tx: Tx, command: RecordHealth, by: Principal, now: datetime) -> None:
    repository.upsert_health(
        tx,
        command.broadcast_id,
        datetime.fromtimestamp(command.measured_at_ms / 1000, UTC),
        command.bitrate_bps,
        round(command.fps * 100),
        command.gop_ms,
    )
