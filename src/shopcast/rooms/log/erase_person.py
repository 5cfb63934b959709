"""Down-call that erases what a person said and was told, in all rooms; the logs keep their numbers."""

from datetime import datetime

from shopcast.kernel.actions import Tx
from shopcast.rooms.chat.pin_line import unpin_lines_of
from shopcast.rooms.log import repository
from shopcast.rooms.moderation import repository as moderation

# About 5 ms in the writer; the caller comes again until nothing is left.
ERASE_LIMIT = 200


def erase_person(tx: Tx, person_key: str, now: datetime) -> bool:
    """True when nothing is left; call again in a new transaction while it is False."""
    unpin_lines_of(tx, person_key, now)
    if repository.erase_person(tx, person_key, ERASE_LIMIT) == ERASE_LIMIT:
        return False
    repository.delete_private(tx, person_key)
    moderation.erase_person(tx, person_key)
    return True
