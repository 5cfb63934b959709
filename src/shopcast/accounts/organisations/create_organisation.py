"""Founds an organisation; its founder is its owner."""

from datetime import datetime
from typing import Literal

from shopcast.accounts.organisations.model import LEGAL_IDENTITY_LIMIT, Organisation
from shopcast.accounts.organisations.repository import found_organisation
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.principal import Principal


class CreateOrganisation(Command, frozen=True, kw_only=True):
    # The platform's own organisation is made by the operator's command line only.
    kind: Literal["seller", "agency", "host"]
    name: str
    country: str
    currency: str
    legal_identity: str = ""


def create_organisation(tx: Tx, command: CreateOrganisation, by: Principal, now: datetime) -> Organisation:
    founder = by.require_person()
    founded = found_organisation(
        tx,
        command.kind,
        command.name,
        command.country,
        command.currency,
        founder,
        now,
        clean_legal_identity(command.legal_identity),
    )
    tx.audit(by, "accounts.organisation_created", founded.id, {"kind": founded.kind})
    return founded


def clean_legal_identity(text: str) -> str:
    """Several lines, as the law wants them shown: name, address, register, tax number."""
    printable = "".join(character for character in text if character.isprintable() or character == "\n").strip()
    if len(printable) > LEGAL_IDENTITY_LIMIT:
        raise InvalidInput("legal_identity", "it is too long")
    return printable
