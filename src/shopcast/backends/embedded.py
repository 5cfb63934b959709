"""Owns assembling the embedded profile: SQLite, local disk, one machine."""

from dataclasses import dataclass

from shopcast.backends.disk.blobs import DiskBlobs
from shopcast.backends.inprocess.broadcast import InProcessBroadcast
from shopcast.backends.inprocess.limits import InProcessLimits
from shopcast.backends.inprocess.wakes import InProcessWakes
from shopcast.backends.mail.files import FileMailer
from shopcast.backends.mail.smtp import SmtpMailer
from shopcast.backends.sqlite.client import WriterActions
from shopcast.backends.sqlite.local import LocalActions
from shopcast.backends.sqlite.reads import SqliteReads
from shopcast.kernel.clock import Clock, SystemClock
from shopcast.kernel.config import Settings
from shopcast.kernel.ports import Mailer
from shopcast.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class Backend:
    settings: Settings
    registry: Registry
    actions: WriterActions | LocalActions
    reads: SqliteReads
    blobs: DiskBlobs
    mailer: Mailer
    wakes: InProcessWakes
    broadcast: InProcessBroadcast
    limits: InProcessLimits
    clock: Clock

    async def start(self) -> None:
        """Begins to listen for wakes. Call it on the event loop that will use the backend."""
        if isinstance(self.actions, WriterActions):
            await self.actions.start()

    async def close(self) -> None:
        if isinstance(self.actions, WriterActions):
            await self.actions.close()
        self.close_blocking()

    def close_blocking(self) -> None:
        """For commands without an event loop."""
        if isinstance(self.actions, LocalActions):
            self.actions.close()
        else:
            self.actions.close_blocking()
        self.reads.close()


def open_embedded(
    settings: Settings, registry: Registry, *, local: bool = False, clock: Clock | None = None
) -> Backend:
    """A client of the writer process; `local=True` writes in this process instead, and raises WriterAlreadyRunning
    while a server runs. The database must have been migrated."""
    chosen_clock = clock or SystemClock()
    wakes = InProcessWakes()
    actions: WriterActions | LocalActions
    if local:
        actions = LocalActions(settings.database_path, settings.run_dir, registry, chosen_clock, wakes)
    else:
        actions = WriterActions(settings.writer_socket_path, registry, wakes)
    return Backend(
        settings=settings,
        registry=registry,
        actions=actions,
        reads=SqliteReads(settings.database_path),
        blobs=DiskBlobs(settings.data_dir / "blobs"),
        mailer=_mailer(settings),
        wakes=wakes,
        broadcast=InProcessBroadcast(),
        limits=InProcessLimits(chosen_clock),
        clock=chosen_clock,
    )


def _mailer(settings: Settings) -> Mailer:
    if settings.smtp_url is None:
        return FileMailer(settings.data_dir / "mail", settings.mail_from)
    return SmtpMailer(settings.smtp_url, settings.mail_from)
