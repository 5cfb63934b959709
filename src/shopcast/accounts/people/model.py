"""Owns what a person is and when two e-mail addresses are the same. Knows no password."""

import re
import unicodedata
from datetime import datetime

import msgspec

from shopcast.accounts.errors import EmailInvalid
from shopcast.kernel.errors import Language

# RFC 5321: 64 octets before the at sign, 254 in all.
EMAIL_LIMIT = 254
# Deliberately loose: one at sign, no space or control, a dot in the domain. Only a mail sent there proves more.
_CHARACTER = r"[^\s@\"<>(),:;\[\]\\\x00-\x1f\x7f]"
_EMAIL = re.compile(rf"{_CHARACTER}{{1,64}}@{_CHARACTER}+\.{_CHARACTER}{{2,}}")
DISPLAY_NAME_LIMIT = 60


class Person(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    email: str
    display_name: str
    language: Language
    email_verified: bool
    is_demo: bool
    created_at: datetime


def clean_email(text: str) -> str:
    """The address as written, without surrounding space. Raises EmailInvalid."""
    email = unicodedata.normalize("NFC", text.strip())
    if len(email) > EMAIL_LIMIT or ".." in email or _EMAIL.fullmatch(email) is None:
        raise EmailInvalid()
    return email


def email_key(text: str) -> str:
    """What makes two addresses the same account: NFKC and lower case."""
    return unicodedata.normalize("NFKC", clean_email(text)).lower()
