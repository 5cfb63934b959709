"""Fields of a show that need more than their type says."""

import re

from shopcast import accounts
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import InvalidInput
from shopcast.shows.errors import StaffUnknown
from shopcast.shows.schedule.model import GRACE_LIMIT_S

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")


def checked_language(text: str) -> str:
    """A language tag such as "en" or "zh-Hans" (BCP 47, the short ones)."""
    if not _LANGUAGE.fullmatch(text):
        raise InvalidInput("language", "it has the wrong form")
    return text


def checked_grace_s(grace_s: int) -> int:
    if not 0 <= grace_s <= GRACE_LIMIT_S:
        raise InvalidInput("grace_s", "it is out of range")
    return grace_s


def checked_host(conn: ReadConnection, organisation_id: str, person_id: str) -> None:
    """Nobody is named on a show of an organisation they never joined."""
    if accounts.role_of(conn, person_id, organisation_id) is None:
        raise StaffUnknown()
