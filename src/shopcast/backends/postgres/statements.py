"""Owns reading our hand-written statements for PostgreSQL's driver: `?` and `:name` become its placeholders."""

import re
from functools import lru_cache

# More than all hand-written statements of all domains.
_STATEMENTS = 2_000
# What a question mark, a colon or a percent sign may stand in: a literal, a quoted name, a comment, a dollar-quoted
# body, a cast.
_PIECE = re.compile(
    r"""
    (?P<kept> '(?:[^']|'')*' | "(?:[^"]|"")*" | --[^\n]* | /\*.*?\*/ | (?P<tag>\$\w*\$).*?(?P=tag) | :: )
    | (?P<mark> \? )
    | :(?P<name> [a-z_]\w* )
    """,
    re.VERBOSE | re.DOTALL,
)


@lru_cache(_STATEMENTS)
def translated(statement: str) -> str:
    """For a driver that reads `%s` as a parameter and `%%` as a percent sign, wherever they stand."""
    return _PIECE.sub(_translate, statement.replace("%", "%%"))


def _translate(piece: re.Match[str]) -> str:
    return piece["kept"] or (f"%({piece['name']})s" if piece["name"] else "%s")
