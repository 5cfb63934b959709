"""Owns reading our hand-written statements for PostgreSQL's driver: `?` becomes its placeholder."""

import re
from functools import lru_cache

# More than all hand-written statements of all domains.
_STATEMENTS = 2_000
# What a question mark or a percent sign may stand in: a literal, a quoted name, a comment, a dollar-quoted body.
_PIECE = re.compile(
    r"""
    (?P<kept> '(?:[^']|'')*' | "(?:[^"]|"")*" | --[^\n]* | /\*.*?\*/ | (?P<tag>\$\w*\$).*?(?P=tag) )
    | (?P<mark> \? )
    """,
    re.VERBOSE | re.DOTALL,
)


@lru_cache(_STATEMENTS)
def translated(statement: str) -> str:
    """For a driver that reads `%s` as a parameter and `%%` as a percent sign, wherever they stand."""
    return _PIECE.sub(_translate, statement.replace("%", "%%"))


def _translate(piece: re.Match[str]) -> str:
    return piece["kept"] or "%s"
