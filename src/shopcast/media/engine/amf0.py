"""Owns AMF0, the value encoding of RTMP commands; must not know what the values mean."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

# The decoded forms: numbers are floats, every kind of object is a dict, every kind of array a dict or list.
Value = None | bool | float | str | dict[str, "Value"] | list["Value"]
Encodable = None | bool | float | int | str | Mapping[str, "Encodable"] | Sequence["Encodable"]

# Commands nest two or three deep (connect → fourCcList); deeper is an attack on the stack.
MAXIMUM_DEPTH = 12
# onMetaData carries about 25 properties; some encoders list every key frame.
MAXIMUM_ITEMS = 4_096

_NUMBER = struct.Struct(">d")
_U16 = struct.Struct(">H")
_U32 = struct.Struct(">I")


class AmfError(ValueError):
    """The bytes are not AMF0, or exceed its limits."""


class _Reader:
    __slots__ = ("data", "items", "position")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0
        self.items = 0

    def take(self, count: int) -> bytes:
        end = self.position + count
        if end > len(self.data):
            raise AmfError("value is cut off")
        taken = self.data[self.position : end]
        self.position = end
        return taken

    def text(self, size: struct.Struct) -> str:
        (length,) = size.unpack(self.take(size.size))
        return self.take(length).decode("utf-8", "replace")

    def value(self, depth: int = 0) -> Value:
        self.items += 1
        if depth > MAXIMUM_DEPTH or self.items > MAXIMUM_ITEMS:
            raise AmfError("value is too deep or too long")
        marker = self.take(1)[0]
        match marker:
            case 0x00:
                number: float = _NUMBER.unpack(self.take(8))[0]
                return number
            case 0x01:
                return self.take(1) != b"\0"
            case 0x02:
                return self.text(_U16)
            case 0x03:
                return self._properties(depth)
            case 0x05 | 0x06 | 0x0D:
                return None
            case 0x07:
                self.take(2)
                return None
            case 0x08:
                self.take(4)  # The count of an ECMA array is a hint that encoders get wrong; the end marker counts.
                return self._properties(depth)
            case 0x0A:
                return self._strict_array(depth)
            case 0x0B:
                moment: float = _NUMBER.unpack(self.take(8))[0]
                self.take(2)
                return moment
            case 0x0C | 0x0F:
                return self.text(_U32)
            case 0x10:
                self.text(_U16)
                return self._properties(depth)
        raise AmfError(f"unknown marker {marker:#04x}")

    def _properties(self, depth: int) -> dict[str, Value]:
        found: dict[str, Value] = {}
        while True:
            name = self.text(_U16)
            if not name and self.data[self.position : self.position + 1] == b"\x09":
                self.position += 1
                return found
            found[name] = self.value(depth + 1)

    def _strict_array(self, depth: int) -> list[Value]:
        (count,) = _U32.unpack(self.take(4))
        if count > MAXIMUM_ITEMS:
            raise AmfError("array is too long")
        return [self.value(depth + 1) for _ in range(count)]


def decode(data: bytes) -> list[Value]:
    """All values in `data`. Raises AmfError."""
    reader = _Reader(data)
    values: list[Value] = []
    while reader.position < len(data):
        values.append(reader.value())
    return values


def decode_leading(data: bytes) -> list[Value]:
    """The values before the first byte that is not AMF0 (metadata of some encoders ends in padding)."""
    reader = _Reader(data)
    values: list[Value] = []
    try:
        while reader.position < len(data):
            values.append(reader.value())
    except AmfError:
        pass
    return values


def encode(*values: Encodable) -> bytes:
    out = bytearray()
    for value in values:
        _write(out, value)
    return bytes(out)


def _write(out: bytearray, value: Encodable) -> None:
    if value is None:
        out += b"\x05"
    elif isinstance(value, bool):
        out += b"\x01\x01" if value else b"\x01\x00"
    elif isinstance(value, (int, float)):
        out += b"\x00" + _NUMBER.pack(value)
    elif isinstance(value, str):
        _write_text(out, value)
    elif isinstance(value, Mapping):
        out += b"\x03"
        for name, item in value.items():
            raw = name.encode()
            out += _U16.pack(len(raw)) + raw
            _write(out, item)
        out += b"\x00\x00\x09"
    else:
        out += b"\x0a" + _U32.pack(len(value))
        for item in value:
            _write(out, item)


def _write_text(out: bytearray, value: str) -> None:
    raw = value.encode()
    if len(raw) > 0xFFFF:
        out += b"\x0c" + _U32.pack(len(raw)) + raw
    else:
        out += b"\x02" + _U16.pack(len(raw)) + raw
