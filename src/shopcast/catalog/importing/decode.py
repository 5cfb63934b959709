"""Owns finding out how a file's bytes spell text. Knows no column."""

import codecs
import io
import re

from shopcast.catalog.errors import FileEmpty, FileNotCsv

_SLICE_BYTES = 64 * 1024
# Enough non-ASCII text to tell Chinese from Western European, whatever comes after.
_SAMPLE_BYTES = 1024 * 1024
# Lead and trail byte of GB 2312, where practically all Chinese in GB 18030 lies.
_COMMON_CHINESE = re.compile(rb"[\xb0-\xf7][\xa1-\xfe]|[\xa1-\xa9][\xa1-\xfe]")
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
# Workbooks (zip, OLE), PDF, pictures: files people pick by mistake.
_OTHER_FILES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b")


def open_text(content: bytes) -> io.TextIOWrapper:
    """A reader of lines with their endings as written, decoding as it goes. Raises FileEmpty, FileNotCsv."""
    if not content.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00"):
        raise FileEmpty()
    if content.startswith(_OTHER_FILES):
        raise FileNotCsv()
    # Only an encoding that was guessed can fail later on; a stray byte then costs a character, not the import.
    return io.TextIOWrapper(io.BytesIO(content), encoding=encoding_of(content), errors="replace", newline="")


def encoding_of(content: bytes) -> str:
    """By byte-order mark, else by what decodes, else by whether the high bytes pair up the way Chinese does."""
    if content.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    unmarked = _utf16_without_mark(content)
    if unmarked is not None:
        return unmarked
    if _decodes(content, "utf-8"):
        return "utf-8"
    if _pairs_like_chinese(content) and _decodes(content, "gb18030"):
        return "gb18030"
    # Windows programs write cp1252 and call it Latin-1; its quotation marks and euro sign are wanted.
    return "cp1252" if _decodes(content, "cp1252") else "latin-1"


def _utf16_without_mark(content: bytes) -> str | None:
    # The header is ASCII, so every second byte of it is zero.
    head = content[:64]
    if len(head) >= 16 and not any(head[1::2]):
        return "utf-16-le"
    if len(head) >= 16 and not any(head[0:-1:2]):
        return "utf-16-be"
    return None


def _decodes(content: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(content), _SLICE_BYTES):
            decoder.decode(content[start : start + _SLICE_BYTES])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _pairs_like_chinese(content: bytes) -> bool:
    """In Latin-1 text accented letters stand alone between ASCII ones; Chinese comes in pairs of high bytes."""
    high = paired = 0
    for run in _HIGH_RUN.findall(content[:_SAMPLE_BYTES]):
        high += len(run)
        paired += sum(len(pair) for pair in _COMMON_CHINESE.findall(run))
    return high > 0 and paired >= 0.8 * high
