"""Size and colour words typed beside the "ask to see" button."""

from shopcast.kernel.text import normalise
from shopcast.shows.requests.model import READ_CHARACTERS

# "M, red, long sleeves": a few words tell the host what to put on.
WORDS_LIMIT = 4
WORD_CHARACTERS = 20


def variant_words(text: str) -> list[str]:
    cleaned = "".join(character if character.isalnum() else " " for character in normalise(text[:READ_CHARACTERS]))
    return list(dict.fromkeys(word[:WORD_CHARACTERS] for word in cleaned.split()))[:WORDS_LIMIT]
