"""RFC 6455 as Autobahn's fuzzing client asks a server about it, at both doors. Numbers are the cases of that suite.

Where Autobahn expects an echo, an empty line is said: its refusal brings back the reference it was sent with. A message
may have 2,048 bytes, so longer ones are asked about in their refusal (1009). Left out: 9 (throughput; bench/ measures
ours), 10.1 (a client's own fragmenting). 6 (UTF-8) is in test_conformance_text.py,
12 and 13 (compression) in test_conformance_deflate.py.

Known deviation of picows, which Autobahn calls non-strict and allows: a good frame that comes in one segment with a
broken one is not answered any more (3.2 to 3.4, 4.1.3, 4.2.3).
"""

import contextlib
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from shopcast.rooms.gateway.limits import GatewayLimits
from shopcast.rooms.gateway.wire import CLIENT_FRAME_LIMIT_BYTES
from tests.rooms.doors import DOORS, Doors, open_doors
from tests.rooms.raw import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    RawSocket,
    close,
    echo_request,
    entered,
    frame,
    knock,
    text,
    upgrade_request,
)

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.parametrize("door", DOORS)]
CHOPS = pytest.mark.parametrize("chop", [0, 1, 7], ids=["whole", "octets", "sevens"])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def doors(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Doors]:
    async with open_doors(tmp_path_factory.mktemp("doors"), GatewayLimits(frames_burst=1_000, invalid_frames=50)) as it:
        yield it


@pytest_asyncio.fixture(loop_scope="module")
async def raw(doors: Doors, door: str) -> AsyncIterator[RawSocket]:
    async with entered(doors.ports[door], doors.path()) as opened:
        yield opened


# 1: framing of messages of every length.


@CHOPS
@pytest.mark.parametrize("size", [125, 126, 127, 128, 1_000, CLIENT_FRAME_LIMIT_BYTES])
async def test_1_1_texts_of_every_form_of_length(raw: RawSocket, size: int, chop: int) -> None:
    await raw.send(text(echo_request("a", size)), chop)
    await raw.send(text(echo_request("b")))
    assert await raw.refs(2) == ["a", "b"]


async def test_1_1_1_an_empty_text_is_a_message(raw: RawSocket) -> None:
    await raw.send(text("") + text(echo_request("after")))
    assert await raw.refs(2) == ["", "after"]


@pytest.mark.parametrize("size", [CLIENT_FRAME_LIMIT_BYTES + 1, 65_535, 65_536, 2**40])
async def test_1_1_6_what_is_longer_than_we_take_is_refused_by_its_header(raw: RawSocket, size: int) -> None:
    bits = 16 if size < 1 << 16 else 64
    await raw.send(bytes((0x81, 0x80 | {16: 126, 64: 127}[bits])) + size.to_bytes(bits // 8, "big") + b"mask")
    assert await raw.goodbye() == 1009


@pytest.mark.parametrize("size", [0, 125, 126, 127, 128, 2_000])
async def test_1_2_binary_is_well_formed_and_not_ours(raw: RawSocket, size: int) -> None:
    await raw.send(frame(BINARY, b"\xfe" * size))
    assert await raw.goodbye() == 1003


@pytest.mark.parametrize("bits", [16, 64])
async def test_a_length_in_a_longer_form_than_it_needs_is_refused(raw: RawSocket, bits: int) -> None:
    """RFC 6455, 5.2: the minimal number of bytes must be used."""
    await raw.send(text(b"{}", length_bits=bits))
    assert await raw.goodbye() == 1002


async def test_a_length_with_the_highest_bit_is_refused(raw: RawSocket) -> None:
    await raw.send(b"\x81\xff" + (1 << 63 | 200).to_bytes(8, "big") + b"mask")
    assert await raw.goodbye() == 1002


@pytest.mark.parametrize("opcode", [TEXT, PING, CLOSE])
async def test_a_frame_without_a_mask_is_refused(raw: RawSocket, opcode: int) -> None:
    """RFC 6455, 5.1."""
    await raw.send(frame(opcode, b"\x03\xe8" if opcode == CLOSE else b"{}", mask=False))
    assert await raw.goodbye() == 1002


# 2: pings and pongs.


@CHOPS
@pytest.mark.parametrize("payload", [b"", b"Hello, world!", b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff", b"\xfe" * 125])
async def test_2_1_to_2_6_a_ping_comes_back_as_it_went(raw: RawSocket, payload: bytes, chop: int) -> None:
    await raw.send(frame(PING, payload), chop)
    assert await raw.pongs(1) == [payload]


@pytest.mark.parametrize("opcode", [PING, PONG])
async def test_2_5_a_control_frame_of_126_bytes_is_refused(raw: RawSocket, opcode: int) -> None:
    await raw.send(frame(opcode, b"\xfe" * 126))
    assert await raw.goodbye() == 1002


async def test_2_7_to_2_9_pongs_nobody_asked_for_are_ignored(raw: RawSocket) -> None:
    await raw.send(frame(PONG) + frame(PONG, b"unsolicited") + frame(PING, b"asked"))
    assert await raw.pongs(1) == [b"asked"]


@CHOPS
async def test_2_10_and_2_11_ten_pings_come_back_in_order(raw: RawSocket, chop: int) -> None:
    payloads = [f"payload-{number}".encode() for number in range(10)]
    await raw.send(b"".join(frame(PING, payload) for payload in payloads), chop)
    assert await raw.pongs(10) == payloads


# 3 and 4: bits and operations that mean nothing here.


@CHOPS
@pytest.mark.parametrize("rsv", [1, 2, 3, 4, 5, 6, 7])
@pytest.mark.parametrize("opcode", [TEXT, BINARY, PING, PONG])
async def test_3_reserved_bits_are_refused(raw: RawSocket, opcode: int, rsv: int, chop: int) -> None:
    await raw.send(text(echo_request("before")))
    assert await raw.refs(1) == ["before"]
    await raw.send(frame(opcode, b"{}", rsv=rsv), chop)
    assert await raw.goodbye() == 1002


@CHOPS
@pytest.mark.parametrize("opcode", [3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
@pytest.mark.parametrize("payload", [b"", b"reserved opcode payload"])
async def test_4_reserved_operations_are_refused(raw: RawSocket, opcode: int, payload: bytes, chop: int) -> None:
    await raw.send(text(echo_request("before")))
    assert await raw.refs(1) == ["before"]
    await raw.send(frame(opcode, payload), chop)
    assert await raw.goodbye() == 1002


# 5: messages in pieces.


@pytest.mark.parametrize("opcode", [PING, PONG])
async def test_5_1_and_5_2_control_frames_come_whole(raw: RawSocket, opcode: int) -> None:
    await raw.send(frame(opcode, b"frag", fin=False) + frame(CONTINUATION, b"ment"))
    assert await raw.goodbye() == 1002


@CHOPS
@pytest.mark.parametrize("pieces", [2, 3, 5, 20])
async def test_5_3_to_5_8_pieces_make_a_message_and_pings_may_come_between(
    raw: RawSocket, pieces: int, chop: int
) -> None:
    message = echo_request("in pieces")
    cuts = [len(message) * number // pieces for number in range(pieces + 1)]
    sent = b""
    for number in range(pieces):
        piece = message[cuts[number] : cuts[number + 1]]
        sent += frame(CONTINUATION if number else TEXT, piece, fin=number == pieces - 1)
        sent += frame(PING, b"%d" % number) if number < pieces - 1 else b""
    await raw.send(sent, chop)
    assert await raw.pongs(pieces - 1) == [b"%d" % number for number in range(pieces - 1)]
    assert await raw.refs(1) == ["in pieces"]


async def test_5_3_pieces_may_be_empty(raw: RawSocket) -> None:
    message = echo_request("empty ends")
    await raw.send(text(b"", fin=False) + frame(CONTINUATION, message, fin=False) + frame(CONTINUATION, b""))
    assert await raw.refs(1) == ["empty ends"]


@CHOPS
@pytest.mark.parametrize("fin", [True, False])
async def test_5_9_to_5_14_nothing_to_continue(raw: RawSocket, fin: bool, chop: int) -> None:
    await raw.send(frame(CONTINUATION, b"non-continuation payload", fin=fin), chop)
    assert await raw.goodbye() == 1002


@pytest.mark.parametrize("fin", [True, False])
async def test_5_15_to_5_17_a_message_that_is_over_cannot_be_continued(raw: RawSocket, fin: bool) -> None:
    message = echo_request("whole")
    await raw.send(text(message[:9], fin=False) + frame(CONTINUATION, message[9:]))
    assert await raw.refs(1) == ["whole"]
    await raw.send(frame(CONTINUATION, b"more", fin=fin))
    assert await raw.goodbye() == 1002


@pytest.mark.parametrize("fin", [True, False])
@pytest.mark.parametrize("opcode", [TEXT, BINARY])
async def test_5_18_a_message_may_not_begin_within_another(raw: RawSocket, opcode: int, fin: bool) -> None:
    await raw.send(text(b'{"t":', fin=False) + frame(opcode, b'"ping"}', fin=fin))
    assert await raw.goodbye() == 1002


async def test_5_19_and_5_20_pings_are_answered_before_a_message_is_whole(raw: RawSocket) -> None:
    message = echo_request("five")
    await raw.send(text(message[:5], fin=False) + frame(CONTINUATION, message[5:9], fin=False) + frame(PING, b"one"))
    assert await raw.pongs(1) == [b"one"]
    await raw.send(frame(CONTINUATION, message[9:12], fin=False) + frame(CONTINUATION, b"", fin=False))
    await raw.send(frame(PING, b"two") + frame(CONTINUATION, message[12:]))
    assert await raw.pongs(1) == [b"two"]
    assert await raw.refs(1) == ["five"]


async def test_5_pieces_together_are_held_to_the_limit_of_one(raw: RawSocket) -> None:
    await raw.send(text(b"x" * 1_024, fin=False) + frame(CONTINUATION, b"x" * 1_025, fin=False))
    assert await raw.goodbye() == 1009


# 7: closing.


@pytest.mark.parametrize("code", [None, 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014])
async def test_7_1_and_7_7_the_servers_close_echoes_the_code(raw: RawSocket, code: int | None) -> None:
    await raw.send(text(echo_request("first")))
    assert await raw.refs(1) == ["first"]
    await raw.send(close(code))
    assert await raw.goodbye() == (code or 1000)


@pytest.mark.parametrize("code", [3000, 3999, 4000, 4999])
async def test_7_7_codes_of_libraries_and_applications_are_echoed(raw: RawSocket, code: int) -> None:
    await raw.send(close(code))
    assert await raw.goodbye() == code


@pytest.mark.parametrize(
    "after",
    [close(), frame(PING, b"?"), text(echo_request("late")), frame(CONTINUATION, b"late"), b"\xff" * 4_000],
    ids=["7.1.2 close", "7.1.3 ping", "7.1.4 text", "7.1.5 piece", "7.1.6 rubbish"],
)
@pytest.mark.parametrize("begun", [False, True])
async def test_7_1_nothing_is_answered_after_a_close(raw: RawSocket, after: bytes, begun: bool) -> None:
    await raw.send((text(b'{"t":', fin=False) if begun else b"") + close())
    found = await raw.until(CLOSE)
    raw.writer.write(after)
    assert found.close_code == 1000
    # A reset: the server had hung up before it came.
    with contextlib.suppress(ConnectionResetError):
        assert await raw.reader.read() == b""


async def test_7_3_2_a_close_of_one_byte_is_refused(raw: RawSocket) -> None:
    await raw.send(frame(CLOSE, b"a"))
    assert await raw.goodbye() == 1002


@pytest.mark.parametrize("reason", [b"", b"Hello World!", b"*" * 123, "再见 κόσμε".encode()])
async def test_7_3_3_to_7_3_5_a_close_with_a_reason(raw: RawSocket, reason: bytes) -> None:
    await raw.send(close(1000, reason))
    assert await raw.goodbye() == 1000


async def test_7_3_6_a_close_with_a_reason_of_124_bytes_is_refused(raw: RawSocket) -> None:
    await raw.send(close(1000, b"*" * 124))
    assert await raw.goodbye() == 1002


async def test_7_5_1_a_reason_that_is_no_utf_8_is_refused(raw: RawSocket) -> None:
    await raw.send(close(1000, b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80\x65\x64\x69\x74\x65\x64"))
    assert await raw.goodbye() in (1002, 1007)


@pytest.mark.parametrize("code", [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535])
async def test_7_9_and_7_13_codes_that_may_stand_in_no_frame_are_refused(raw: RawSocket, code: int) -> None:
    await raw.send(close(code))
    assert await raw.goodbye() == 1002


async def test_the_server_says_goodbye_and_waits_for_the_answer(raw: RawSocket) -> None:
    """What is still on its way when the server closes must not make the kernel reset the line under its goodbye."""
    await raw.send(frame(BINARY, b"no") + text(echo_request("late")) * 3)
    assert await raw.goodbye() == 1003


# The handshake: 4.2.1 and 4.2.2 of the RFC.


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (["Connection: keep-alive, Upgrade"], 101),
        (["Connection: UPGRADE", "Upgrade: WebSocket"], 101),
        (["Sec-WebSocket-Version: 12"], 426),
        (["Sec-WebSocket-Version: 14"], 426),
        (["Sec-WebSocket-Key: c2hvcnQ="], 400),
        (["Sec-WebSocket-Key: not base 64 at all"], 400),
    ],
)
async def test_handshakes(doors: Doors, door: str, headers: list[str], status: int) -> None:
    answer = await knock(doors.ports[door], upgrade_request(doors.path(), headers))
    assert answer.status == status
    assert (answer.header("Sec-WebSocket-Version") == "13") == (status == 426)
    answer.leave()


async def test_subprotocols_nobody_speaks_are_not_chosen(doors: Doors, door: str) -> None:
    answer = await knock(doors.ports[door], upgrade_request(doors.path(), ["Sec-WebSocket-Protocol: chat, superchat"]))
    assert (answer.status, answer.header("Sec-WebSocket-Protocol")) == (101, None)
    answer.leave()
