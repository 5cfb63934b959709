"""A host says what languages they speak and what they show."""

from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.principal import Principal
from shopcast.kernel.text import clean_line
from shopcast.talent.profiles import repository
from shopcast.talent.profiles.model import BIO_LIMIT, clean_words


class SaveHostProfile(Command, frozen=True, kw_only=True):
    bio: str
    languages: list[str]
    categories: list[str]


def save_host_profile(tx: Tx, command: SaveHostProfile, by: Principal, now: datetime) -> None:
    """Raises Unauthenticated, InvalidInput."""
    person_id = by.require_person()
    bio = clean_line(command.bio, BIO_LIMIT, "bio") if command.bio.strip() else ""
    languages = clean_words(command.languages, "languages")
    repository.save_profile(tx, person_id, bio, languages, clean_words(command.categories, "categories"), now)
