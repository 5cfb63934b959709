"""A client of bytes: whole, chopped, wrong on purpose. What a WebSocket library would not let a test send."""

import asyncio
import base64
import hashlib
import json
import os
import socket
import struct
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
PATIENCE_S = 5.0
_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


@dataclass(frozen=True)
class Frame:
    opcode: int
    payload: bytes
    fin: bool = True
    rsv: int = 0

    @property
    def close_code(self) -> int | None:
        return int.from_bytes(self.payload[:2], "big") if self.opcode == CLOSE and self.payload else None


def frame(
    opcode: int, payload: bytes = b"", *, fin: bool = True, rsv: int = 0, mask: bool = True, length_bits: int = 0
) -> bytes:
    """As a client sends it; `length_bits` writes the length in a longer form than it needs."""
    first = (0x80 if fin else 0) | rsv << 4 | opcode
    bits = length_bits or (7 if len(payload) < 126 else 16 if len(payload) < 1 << 16 else 64)
    flag = {7: len(payload), 16: 126, 64: 127}[bits]
    length = b"" if bits == 7 else len(payload).to_bytes(bits // 8, "big")
    head = bytes((first, (0x80 if mask else 0) | flag)) + length
    if not mask:
        return head + payload
    key = os.urandom(4)
    return head + key + bytes(byte ^ key[index % 4] for index, byte in enumerate(payload))


def text(payload: bytes | str, **options: Any) -> bytes:
    return frame(TEXT, payload.encode() if isinstance(payload, str) else payload, **options)


def close(code: int | None = 1000, reason: bytes = b"") -> bytes:
    return frame(CLOSE, b"" if code is None else struct.pack(">H", code) + reason)


def echo_request(ref: str, size: int | None = None) -> bytes:
    """The payload of an empty line: its refusal carries `ref` back. Spaces make it as long as asked."""
    payload = json.dumps({"t": "say", "ref": ref, "text": ""}, ensure_ascii=False).encode()
    return payload if size is None else payload + b" " * (size - len(payload))


class RawSocket:
    """After the upgrade, with the first frames of the room read away."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes) -> None:
        self.reader = reader
        self.writer = writer
        self.head = head

    @property
    def status(self) -> int:
        return int(self.head.split(b" ", 2)[1])

    def header(self, name: str) -> str | None:
        for line in self.head.split(b"\r\n")[1:]:
            found, _, value = line.partition(b":")
            if found.strip().lower() == name.lower().encode():
                return value.strip().decode()
        return None

    async def send(self, data: bytes, chop: int = 0) -> None:
        """`chop`: in segments of so many bytes, which the server reads one by one."""
        for start in range(0, len(data), chop or len(data)):
            self.writer.write(data[start : start + (chop or len(data))])
            if chop:
                await asyncio.sleep(0)
        await self.writer.drain()

    async def read(self) -> Frame:
        async with asyncio.timeout(PATIENCE_S):
            first, second = await self.reader.readexactly(2)
            assert not second & 0x80, "a server's frame is masked"
            size = second & 0x7F
            if size >= 126:
                size = int.from_bytes(await self.reader.readexactly(2 if size == 126 else 8), "big")
            return Frame(first & 0xF, await self.reader.readexactly(size), bool(first & 0x80), first >> 4 & 7)

    async def until(self, opcode: int) -> Frame:
        """The next of its kind; what the room tells everybody in between is passed over."""
        while (found := await self.read()).opcode != opcode:
            pass
        return found

    async def refs(self, count: int) -> list[str]:
        """What came back of so many echo requests, in order."""
        found: list[str] = []
        while len(found) < count:
            told = json.loads((await self.until(TEXT)).payload)
            if told["t"] == "refused":
                found.append(told["ref"])
        return found

    async def pongs(self, count: int) -> list[bytes]:
        return [(await self.until(PONG)).payload for _ in range(count)]

    async def goodbye(self) -> int | None:
        """The code of the server's close frame, once the server has hung up after it."""
        found = await self.until(CLOSE)
        if not self.writer.is_closing():
            self.writer.write(frame(CLOSE, found.payload[:2]))
        async with asyncio.timeout(PATIENCE_S):
            assert await self.reader.read() == b"", "something came after the close frame"
        return found.close_code

    def leave(self) -> None:
        self.writer.transport.abort()


def upgrade_request(path: str, headers: Sequence[str] = (), *, key: str | None = "dGhlIHNhbXBsZSBub25jZQ==") -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: shop"]
    usual = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    given = {line.partition(":")[0].lower() for line in headers}
    lines += [f"{name}: {value}" for name, value in usual.items() if name.lower() not in given]
    if key is not None and "sec-websocket-key" not in given:
        lines.append(f"Sec-WebSocket-Key: {key}")
    return "\r\n".join([*lines, *headers, "", ""]).encode()


async def connect(port: int, *, receive_bytes: int | None = None) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    sock = socket.socket()
    sock.setblocking(False)
    if receive_bytes is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=sock)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return reader, writer


async def knock(port: int, request: bytes) -> RawSocket:
    """The answer to a request, whatever it is."""
    reader, writer = await connect(port)
    writer.write(request)
    async with asyncio.timeout(PATIENCE_S):
        head = await reader.readuntil(b"\r\n\r\n")
    return RawSocket(reader, writer, head)


@asynccontextmanager
async def entered(port: int, path: str, headers: Sequence[str] = ()) -> AsyncIterator[RawSocket]:
    """Somebody in the room: told hello, snapshot and counts."""
    raw = await knock(port, upgrade_request(path, headers))
    try:
        assert raw.status == 101, raw.head
        expected = base64.b64encode(hashlib.sha1(b"dGhlIHNhbXBsZSBub25jZQ==" + _MAGIC).digest()).decode()
        assert raw.header("Sec-WebSocket-Accept") == expected
        if not headers:
            while json.loads((await raw.until(TEXT)).payload)["t"] != "live":
                pass
        yield raw
    finally:
        raw.leave()
