"""Changes one's own name and language."""

from datetime import datetime

from shopcast.accounts.people import repository
from shopcast.accounts.people.model import DISPLAY_NAME_LIMIT
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Language
from shopcast.kernel.principal import Principal
from shopcast.kernel.text import clean_line


class ChangeProfile(Command, frozen=True, kw_only=True):
    display_name: str | None = None
    language: Language | None = None


def change_profile(tx: Tx, command: ChangeProfile, by: Principal, now: datetime) -> None:
    person_id = by.require_person()
    given = command.display_name
    name = None if given is None else clean_line(given, DISPLAY_NAME_LIMIT, "display_name")
    repository.change_profile(tx, person_id, name, command.language)
    tx.audit(by, "accounts.profile_changed", person_id, {})
