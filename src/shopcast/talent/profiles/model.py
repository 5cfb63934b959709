"""What a host says of themselves."""

import msgspec

from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.text import clean_line

BIO_LIMIT = 600
LIST_LIMIT = 12
WORD_LIMIT = 40


class HostProfile(msgspec.Struct, frozen=True, kw_only=True):
    person_id: str
    name: str
    bio: str
    languages: list[str]
    categories: list[str]


def clean_words(words: list[str], field: str) -> list[str]:
    """Each word once, in the order given. Raises InvalidInput."""
    if len(words) > LIST_LIMIT:
        raise InvalidInput(field, "it is too long")
    return list(dict.fromkeys(clean_line(word, WORD_LIMIT, field) for word in words))
