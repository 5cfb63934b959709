"""Owns which parts of an installation a process needs to be well, by profile. What each is missing is said in one
sentence; readiness ends with the ones without which nothing works."""

from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from shopcast.backends.backend import Backend
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.operate_door import report_of
from shopcast.kernel.schema_version import newest_version
from shopcast.kernel.vitals import VITALS, Degraded, Unwell


def watch_backend(backend: Backend) -> None:
    """For every process that opened one: its database, and that the schema is the one this code was written for."""
    VITALS.check("database", lambda: _ask_database(backend, _one))
    VITALS.check("migrations", lambda: _ask_database(backend, _version))


def watch_siblings(backend: Backend) -> None:
    """For the web process of the embedded profile, which is nothing without the others."""
    if backend.settings.is_cluster:
        return
    run_dir = backend.settings.run_dir

    def look_at(process: str) -> None:
        report = report_of(run_dir, process)
        if not report.ready:
            raise Unwell(f"the {process} process is not well")

    VITALS.check("writer", _always("writer", look_at))
    # It says how the media engine is, too: it is the one that the engine is linked with.
    VITALS.check("worker", _once_seen("worker", look_at))


def _always(process: str, look: Callable[[str], None]) -> Callable[[], None]:
    """Fails at once: without it nothing can be bought."""

    def check() -> None:
        try:
            look(process)
        except OSError:
            raise Unwell(f"the {process} process does not answer") from None

    return check


def _once_seen(process: str, look: Callable[[str], None]) -> Callable[[], None]:
    """Awaited at the start. Lost later it degrades: pages and purchases go on; taking the shop away helps nobody."""
    seen = False

    def check() -> None:
        nonlocal seen
        try:
            look(process)
        except (OSError, Unwell):
            if seen:
                raise Degraded(f"the {process} process does not answer") from None
            raise Unwell(f"the {process} process has not started yet") from None
        seen = True

    return check


def _ask_database(backend: Backend, ask: Callable[[ReadConnection], None]) -> None:
    try:
        backend.reads.run_blocking(ask)
    except (SQLAlchemyError, OSError) as error:
        # The driver's text may hold the address.
        raise Unwell(f"the database can't be read ({type(error).__name__})") from None


def _one(conn: ReadConnection) -> None:
    conn.exec_driver_sql("SELECT 1")


def _version(conn: ReadConnection) -> None:
    row = conn.exec_driver_sql("SELECT version_num FROM alembic_version").first()
    found = None if row is None else str(row[0])
    newest = newest_version()
    # A newer schema serves older processes while an update rolls over the machines.
    if found is None or found < newest:
        raise Unwell(f"the schema is {found}, and this version needs {newest}: run `shopcast migrate`")
