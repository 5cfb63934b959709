"""Owns which of our two languages a request is answered in: the cookie first, then what the browser prefers."""

from shopcast.kernel.errors import Language
from shopcast.web_support.context import AnyConnection

LANGUAGE_COOKIE = "language"
# A header longer than this isn't a browser's.
_HEADER_LIMIT = 500


def language_of(connection: AnyConnection) -> Language:
    match connection.cookies.get(LANGUAGE_COOKIE):
        case "zh":
            return "zh"
        case "en":
            return "en"
        case _:
            return preferred_language(connection.headers.get("accept-language", ""))


def preferred_language(accept_language: str) -> Language:
    """English unless a Chinese tag is preferred to every English one."""
    best: tuple[float, Language] = (0.0, "en")
    for part in accept_language[:_HEADER_LIMIT].split(","):
        tag, _, weight = part.partition(";q=")
        primary = tag.strip().split("-")[0].lower()
        quality = _quality(weight)
        if primary == "zh" and quality > best[0]:
            best = (quality, "zh")
        elif primary == "en" and quality > best[0]:
            best = (quality, "en")
    return best[1]


def _quality(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
