"""Starts an import: the file is in the blob store already, a job does the rest."""

from datetime import datetime

import msgspec

from shopcast.accounts import MANAGING_ROLES, require_role
from shopcast.catalog.errors import TooManyImports
from shopcast.catalog.importing.model import ImportRun
from shopcast.catalog.importing.queries import import_of
from shopcast.catalog.importing.repository import add_import, running_imports
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.ids import new_id, new_token
from shopcast.kernel.principal import Principal
from shopcast.kernel.text import clean_line

IMPORT_PRODUCTS = "catalog.import_products"
# Each holds a parsed file in the worker's memory.
RUNNING_LIMIT = 3
_FILE_NAME_LIMIT = 120


class ImportProducts(msgspec.Struct, frozen=True):
    import_id: str


class StartImport(Command, frozen=True, kw_only=True):
    organisation_id: str
    file_name: str
    blob_key: str


def start_import(tx: Tx, command: StartImport, by: Principal, now: datetime) -> ImportRun:
    """Raises TooManyImports."""
    require_role(tx, by, command.organisation_id, *MANAGING_ROLES)
    if running_imports(tx, command.organisation_id) >= RUNNING_LIMIT:
        raise TooManyImports(limit=RUNNING_LIMIT)
    import_id = new_id("imp")
    add_import(
        tx,
        import_id,
        command.organisation_id,
        _shown_name(command.file_name),
        command.blob_key,
        by.key,
        now,
    )
    tx.enqueue(IMPORT_PRODUCTS, ImportProducts(import_id), key=import_id)
    tx.audit(by, "catalog.import_started", import_id, {"organisation_id": command.organisation_id})
    return import_of(tx, import_id)


def file_key() -> str:
    return f"imports/{new_token(18).lower()}.csv"


def _shown_name(file_name: str) -> str:
    # Browsers of old sent whole paths.
    last = file_name.replace("\\", "/").rsplit("/", 1)[-1]
    try:
        return clean_line(last[-_FILE_NAME_LIMIT:], _FILE_NAME_LIMIT)
    except InvalidInput:
        return "products.csv"
