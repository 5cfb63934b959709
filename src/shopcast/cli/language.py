"""Owns which of the two languages a terminal is spoken to in: the one its environment names."""

import os

from shopcast.kernel.errors import Language

# In the order in which programs look.
_NAMES = ("LC_ALL", "LC_MESSAGES", "LANG")


def terminal_language() -> Language:
    given = next((value for name in _NAMES if (value := os.environ.get(name))), "")
    return "zh" if given.lower().startswith("zh") else "en"


def told(english: str, chinese: str) -> str:
    return chinese if terminal_language() == "zh" else english
