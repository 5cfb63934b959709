"""One spelling of chat lines for all who read them; knows no grammar."""

import re
import unicodedata
from typing import Final

_KEYCAP: Final = re.compile(r"(?:[0-9]️?⃣\s*)+")


def plain(text: str) -> str:
    """One spelling for full-width digits, emoji key caps, the numero sign and typographic apostrophes."""
    marked = _KEYCAP.sub(lambda match: " #" + re.sub(r"[^0-9]", "", match.group()) + " ", text)
    marked = marked.replace("🔟", " #10 ").replace("№", "#")
    folded = unicodedata.normalize("NFKC", marked).replace("’", "'").replace("️", "")
    return re.sub(r"\s+", " ", folded).strip()
