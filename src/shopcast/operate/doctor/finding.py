"""Owns what the doctor says of one thing."""

from typing import Literal

import msgspec

State = Literal["ok", "warn", "fail"]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What it is about, how it is, and in both languages what was found and, unless all is well, what to do next."""

    name: str
    state: State
    en: str
    zh: str


def ok(name: str, en: str, zh: str) -> Finding:
    return Finding(name=name, state="ok", en=en, zh=zh)


def warn(name: str, en: str, zh: str) -> Finding:
    return Finding(name=name, state="warn", en=en, zh=zh)


def fail(name: str, en: str, zh: str) -> Finding:
    return Finding(name=name, state="fail", en=en, zh=zh)
