"""Applies one part of an import in one action, once; opens and closes the import around them."""

from datetime import datetime, timedelta

from shopcast.accounts import organisation
from shopcast.catalog.errors import ImportBroke
from shopcast.catalog.images.fetch_images import enqueue_fetch
from shopcast.catalog.importing.model import Part
from shopcast.catalog.importing.queries import import_of
from shopcast.catalog.importing.repository import (
    add_counts,
    add_problems,
    apply_products,
    finish_import,
    note_totals,
    stalled_imports,
    take_part,
)
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Forbidden, Param
from shopcast.kernel.principal import Principal

# A job is tried for about this long before it is given up; an import that got no further since is over.
STALLED_AFTER = timedelta(hours=6)


class NoteTotals(Command, frozen=True, kw_only=True):
    import_id: str
    dialect: str
    rows_total: int
    problems_count: int


class ApplyPart(Command, frozen=True, kw_only=True):
    import_id: str
    number: int
    part: Part


class FinishImport(Command, frozen=True, kw_only=True):
    """With a code it failed as a whole; what parts were applied stays."""

    import_id: str
    failure_code: str | None = None
    failure_params: dict[str, Param] = {}


class CloseStalledImports(Command, frozen=True, kw_only=True):
    pass


def note_import_totals(tx: Tx, command: NoteTotals, by: Principal, now: datetime) -> None:
    _system_only(by)
    note_totals(tx, command.import_id, command.dialect, command.rows_total, command.problems_count, now)


def apply_part(tx: Tx, command: ApplyPart, by: Principal, now: datetime) -> int:
    """How many parts are done now: more than `number + 1` means that somebody else is ahead."""
    _system_only(by)
    if not take_part(tx, command.import_id, command.number, now):
        return import_of(tx, command.import_id).parts_done
    part = command.part
    if part.problems:
        add_problems(tx, command.import_id, part.problems)
    if part.products:
        run = import_of(tx, command.import_id)
        currency = organisation(tx, run.organisation_id).currency
        counts = apply_products(tx, run.organisation_id, currency, part.products, part.goes_on, now)
        add_counts(tx, command.import_id, counts, sum(len(rows.variants) for rows in part.products))
        enqueue_fetch(tx, now)
    return command.number + 1


def close_import(tx: Tx, command: FinishImport, by: Principal, now: datetime) -> None:
    _system_only(by)
    if finish_import(tx, command.import_id, now, command.failure_code, command.failure_params):
        run = import_of(tx, command.import_id)
        tx.audit(
            by,
            "catalog.import_finished",
            run.id,
            {
                "organisation_id": run.organisation_id,
                "failure_code": command.failure_code,
                "products_created": run.products_created,
                "products_updated": run.products_updated,
                "problems_count": run.problems_count,
            },
        )


def close_stalled_imports(tx: Tx, command: CloseStalledImports, by: Principal, now: datetime) -> None:
    _system_only(by)
    for import_id in stalled_imports(tx, now - STALLED_AFTER):
        close_import(tx, FinishImport(import_id=import_id, failure_code=ImportBroke.code), by, now)


def _system_only(by: Principal) -> None:
    if not by.system:
        raise Forbidden()
