"""By what a customer is known when limits are counted: who they are, where it goes, what pays. Digests, so
that the tables of limits carry no address, and the same one typed twice is one."""

import unicodedata

from shopcast.kernel.ids import digest
from shopcast.sales.checkout.address import PostalAddress


def identities_of(buyer_key: str, email: str, address: PostalAddress, fingerprint: str | None) -> tuple[str, ...]:
    place = "\n".join(folded(part) for part in (address.name, address.line1, address.postal_code, address.country))
    known = [f"buyer:{buyer_key}", f"email:{digest(folded_email(email))}", f"address:{digest(place)}"]
    return tuple(known if fingerprint is None else [*known, card_identity(fingerprint)])


def card_identity(fingerprint: str) -> str:
    """Known before the charge for a card that was kept, only after it for one typed in."""
    return f"card:{fingerprint}"


def folded(text: str) -> str:
    """ "Hauptstr. 1" and "HAUPTSTR 1" are one; width and Latin accents don't count, letters of every script do."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    # Vowel signs of Indic scripts are marks too, but of combining class 0: they stay.
    return "".join(sign for sign in plain if unicodedata.category(sign)[0] in "LNM" and not unicodedata.combining(sign))


def folded_email(email: str) -> str:
    """Without the "+shop" part, which reaches the same person with most providers."""
    name, _, host = unicodedata.normalize("NFKC", email).casefold().partition("@")
    return f"{name.partition('+')[0] or name}@{host}"
