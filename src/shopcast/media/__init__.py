"""Façade of media: broadcasts, stream keys, playback addresses, clips as files. Knows nothing of shows or selling."""

from shopcast.kernel.actions import ActionSpec
from shopcast.kernel.jobs import JobSpec, Periodic
from shopcast.kernel.subscriptions import Subscription
from shopcast.media.broadcasts.instructions import (
    create_broadcast,
    cut,
    end,
    mark,
    redact,
    rotate_key,
    take_over,
    uncut,
    unredact,
)
from shopcast.media.broadcasts.model import (
    Broadcast,
    Epoch,
    Health,
    Playback,
    Redaction,
    Warning,
    clip_url,
    epoch_ms,
    playback,
)
from shopcast.media.broadcasts.queries import broadcast, covered, epochs, health, key_hint, redactions
from shopcast.media.controller.controller import MediaController, engine_socket
from shopcast.media.controller.note import (
    NoteInstructionDone,
    PassUnheld,
    RecordHealth,
    note_instruction_done,
    pass_unheld,
    record_health,
)
from shopcast.media.controller.record_fact import EngineFact, RecordFact, record_fact
from shopcast.media.engine.joint import Grant
from shopcast.media.exports.finish_export import FinishExport, finish_export
from shopcast.media.exports.make_export import make_export
from shopcast.media.exports.model import Export, ExportFormat
from shopcast.media.exports.repository import export
from shopcast.media.exports.request_export import MAKE_EXPORT, MakeExport, request_export
from shopcast.media.leases.give_up_leases import GiveUpLeases, give_up_leases
from shopcast.media.leases.renew_leases import RenewLeases, renew_leases
from shopcast.media.leases.take_lease import TakeLease, take_lease

ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("media.record_fact", RecordFact, record_fact),
    ActionSpec("media.record_health", RecordHealth, record_health),
    ActionSpec("media.note_instruction_done", NoteInstructionDone, note_instruction_done),
    ActionSpec("media.pass_unheld", PassUnheld, pass_unheld),
    ActionSpec("media.take_lease", TakeLease, take_lease, Grant | None),
    ActionSpec("media.renew_leases", RenewLeases, renew_leases, list[str]),
    ActionSpec("media.give_up_leases", GiveUpLeases, give_up_leases),
    ActionSpec("media.finish_export", FinishExport, finish_export),
)
SUBSCRIPTIONS: tuple[Subscription, ...] = ()
JOBS: tuple[JobSpec, ...] = (JobSpec(MAKE_EXPORT, MakeExport, make_export, max_attempts=3),)
PERIODICS: tuple[Periodic, ...] = ()

__all__ = [
    "ACTIONS",
    "JOBS",
    "PERIODICS",
    "SUBSCRIPTIONS",
    "Broadcast",
    "EngineFact",
    "Epoch",
    "Export",
    "ExportFormat",
    "Health",
    "MediaController",
    "Playback",
    "RecordFact",
    "Redaction",
    "Warning",
    "broadcast",
    "clip_url",
    "covered",
    "create_broadcast",
    "cut",
    "end",
    "engine_socket",
    "epoch_ms",
    "epochs",
    "export",
    "health",
    "key_hint",
    "mark",
    "playback",
    "redact",
    "redactions",
    "request_export",
    "rotate_key",
    "take_over",
    "uncut",
    "unredact",
]
