"""Reads a page's words for what a person must never see: keys without a word, and words of the other language."""

from __future__ import annotations

import json
import re
from pathlib import Path

FRONTEND = Path(__file__).parents[2] / "frontend"
# "buy.pay_total", "live.tab_chat": what stands there when a word is missing.
_KEY = re.compile(r"^[a-z][a-z_]*(\.[a-z][a-z0-9_]*)+$")


def faults_of(words: list[str], language: str) -> list[str]:
    keys = [word for word in words if _KEY.match(word) and not word.startswith("live_")]
    if language == "en":
        return keys
    assert has_chinese("".join(words)), "nothing on the page is Chinese"
    return keys + [word for word in words if word in _ENGLISH]


def has_chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


def _english() -> frozenset[str]:
    """Sentences of the English messages that the Chinese ones say otherwise."""
    found: set[str] = set()
    for english in FRONTEND.glob("*/*/src/**/en.json"):
        if "node_modules" in english.parts:
            continue
        chinese = json.loads(english.with_name("zh.json").read_text())
        for key, text in json.loads(english.read_text()).items():
            if chinese[key] != text and "{" not in text and len(text) > 3:
                found.add(text)
    return frozenset(found)


_ENGLISH = _english()
