"""What came of a call to a provider, as the process that made it tells."""

from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Forbidden
from shopcast.kernel.principal import Principal
from shopcast.sales.payments.outbox import repository


class NoteAnswered(Command, frozen=True, kw_only=True):
    """For calls whose answer is nothing but "done"."""

    key: str
    told: str = "done"


class NoteUnanswered(Command, frozen=True, kw_only=True):
    """No answer, or a refusal (`refused`); it is asked again unless nothing more is planned."""

    key: str
    error: str
    refused: bool = False
    next_try_at: datetime | None = None


def note_answered(tx: Tx, command: NoteAnswered, by: Principal, now: datetime) -> None:
    if not by.system:
        raise Forbidden()
    repository.answered(tx, [command.key], command.told, now)


def note_unanswered(tx: Tx, command: NoteUnanswered, by: Principal, now: datetime) -> None:
    if not by.system:
        raise Forbidden()
    repository.unanswered(tx, command.key, command.error, command.refused, command.next_try_at, now)
