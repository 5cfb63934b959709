"""permessage-deflate (RFC 7692) at both doors: Autobahn's groups 12 (messages) and 13 (what is agreed on).

We agree on the extension without memory from one message to the next, in both directions. What we can't keep is
answered without the extension, and the line works plain.
"""

import json
import random
import zlib
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from shopcast.rooms.gateway.limits import GatewayLimits
from shopcast.rooms.gateway.wire import CLIENT_FRAME_LIMIT_BYTES
from tests.rooms.doors import DOORS, Doors, open_doors
from tests.rooms.raw import (
    BINARY,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    RawSocket,
    echo_request,
    entered,
    frame,
    knock,
    text,
    upgrade_request,
)

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.parametrize("door", DOORS)]
OFFER = "Sec-WebSocket-Extensions: permessage-deflate"
AGREED = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
TAIL = b"\x00\x00\xff\xff"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def doors(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Doors]:
    async with open_doors(tmp_path_factory.mktemp("doors"), GatewayLimits(frames_burst=1_000)) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def raw(doors: Doors, door: str) -> AsyncIterator[RawSocket]:
    async with entered(doors.ports[door], doors.path(), [OFFER]) as opened:
        assert opened.header("Sec-WebSocket-Extensions") == AGREED
        yield opened


def small(payload: bytes, level: int = 6, strategy: int = zlib.Z_DEFAULT_STRATEGY, bits: int = 15) -> bytes:
    compressor = zlib.compressobj(level, zlib.DEFLATED, -bits, 9, strategy)
    return (compressor.compress(payload) + compressor.flush(zlib.Z_SYNC_FLUSH)).removesuffix(TAIL)


async def told(raw: RawSocket) -> dict[str, object]:
    """The next text, inflated for itself alone if it is deflated."""
    found = await raw.until(TEXT)
    payload = found.payload
    if found.rsv == 4:
        payload = zlib.decompressobj(-15).decompress(payload + TAIL)
    else:
        assert found.rsv == 0
    content: dict[str, object] = json.loads(payload)
    return content


async def echoed(raw: RawSocket, count: int = 1) -> list[object]:
    found: list[object] = []
    while len(found) < count:
        if (frame_told := await told(raw))["t"] == "refused":
            found.append(frame_told["ref"])
    return found


# 13: what is agreed on.


@pytest.mark.parametrize(
    ("offer", "answer"),
    [
        ("permessage-deflate", AGREED),
        ("permessage-deflate; client_max_window_bits", AGREED),
        ("permessage-deflate; client_max_window_bits=9", AGREED),
        ("permessage-deflate; client_max_window_bits=15; client_no_context_takeover", AGREED),
        ("permessage-deflate; server_no_context_takeover", AGREED),
        ("permessage-deflate; server_no_context_takeover; client_no_context_takeover", AGREED),
        ('permessage-deflate; client_max_window_bits="10"', AGREED),
        # 13.3 to 13.6: a smaller window of ours, which shared frames can't have; the second offer can be kept.
        ("permessage-deflate; server_max_window_bits=9", None),
        ("permessage-deflate; server_max_window_bits=9, permessage-deflate", AGREED),
        # Offers that mean nothing are passed over, as if they were not there (RFC 7692, 7).
        ("permessage-deflate; client_max_window_bits=7", None),
        ("permessage-deflate; client_max_window_bits=16", None),
        ("permessage-deflate; client_max_window_bits=08", None),
        ("permessage-deflate; client_no_context_takeover=1", None),
        ("permessage-deflate; server_no_context_takeover; server_no_context_takeover", None),
        ("permessage-deflate; unknown", None),
        ("x-webkit-deflate-frame", None),
        ("permessage-bzip2, permessage-deflate", AGREED),
        (", ".join(["permessage-bzip2"] * 200), None),
        ("", None),
        (";;;,,,===", None),
    ],
)
async def test_13_offers(doors: Doors, door: str, offer: str, answer: str | None) -> None:
    request = upgrade_request(doors.path(), [f"Sec-WebSocket-Extensions: {offer}"])
    raw = await knock(doors.ports[door], request)
    assert (raw.status, raw.header("Sec-WebSocket-Extensions")) == (101, answer)
    while (await told(raw))["t"] != "live":
        pass
    await raw.send(text(echo_request("plain")))
    assert await echoed(raw) == ["plain"]
    raw.leave()


async def test_without_an_offer_nothing_is_deflated(doors: Doors, door: str) -> None:
    raw = await knock(doors.ports[door], upgrade_request(doors.path()))
    assert raw.header("Sec-WebSocket-Extensions") is None
    for _ in range(3):
        assert (await raw.until(TEXT)).rsv == 0
    raw.leave()


# 12: messages.


@pytest.mark.parametrize("size", [60, 125, 126, 127, 128, 1_000, CLIENT_FRAME_LIMIT_BYTES])
@pytest.mark.parametrize("chop", [0, 1])
async def test_12_deflated_messages_of_many_sizes(raw: RawSocket, size: int, chop: int) -> None:
    message = echo_request("deflated", size)
    await raw.send(frame(TEXT, small(message), rsv=4) + text(message), chop)
    assert await echoed(raw, 2) == ["deflated", "deflated"]


@pytest.mark.parametrize(
    "payload",
    [
        small(echo_request("form"), level=0),
        small(echo_request("form"), level=9),
        small(echo_request("form"), strategy=zlib.Z_FIXED),
        small(echo_request("form"), strategy=zlib.Z_HUFFMAN_ONLY),
        small(echo_request("form"), bits=9),
        # 7.2.3.4: a last block, with a byte behind it; 7.2.3.5: two blocks.
        zlib.compress(echo_request("form"), wbits=-15) + b"\x00",
        small(echo_request("form")[:20]) + TAIL + small(echo_request("form")[20:]),
    ],
    ids=["stored", "level 9", "fixed", "huffman", "window of 512", "last block", "two blocks"],
)
async def test_12_every_form_of_deflate_is_read(raw: RawSocket, payload: bytes) -> None:
    await raw.send(frame(TEXT, payload, rsv=4))
    assert await echoed(raw) == ["form"]


@pytest.mark.parametrize("pieces", [2, 5, 30])
async def test_a_deflated_message_in_pieces_with_pings_between(raw: RawSocket, pieces: int) -> None:
    message = small(echo_request("pieces", 1_500))
    cuts = [len(message) * number // pieces for number in range(pieces + 1)]
    for number in range(pieces):
        piece = message[cuts[number] : cuts[number + 1]]
        opcode, rsv = (TEXT, 4) if number == 0 else (CONTINUATION, 0)
        await raw.send(frame(opcode, piece, fin=number == pieces - 1, rsv=rsv) + frame(PING, b"%d" % number))
    assert await echoed(raw) == ["pieces"]


async def test_an_empty_message_may_be_deflated(raw: RawSocket) -> None:
    """RFC 7692, 7.2.3.6."""
    await raw.send(frame(TEXT, b"\x00", rsv=4) + frame(TEXT, small(echo_request("after")), rsv=4))
    assert await echoed(raw, 2) == ["", "after"]


@pytest.mark.parametrize("opcode", [PING, PONG])
async def test_control_frames_are_not_deflated(raw: RawSocket, opcode: int) -> None:
    await raw.send(frame(opcode, small(b"?"), rsv=4))
    assert await raw.goodbye() == 1002


@pytest.mark.parametrize("rsv", [1, 2, 3, 5, 6, 7])
async def test_the_other_bits_still_mean_nothing(raw: RawSocket, rsv: int) -> None:
    await raw.send(frame(TEXT, small(b"{}"), rsv=rsv))
    assert await raw.goodbye() == 1002


async def test_only_the_first_piece_says_that_a_message_is_deflated(raw: RawSocket) -> None:
    message = small(echo_request("twice"))
    await raw.send(frame(TEXT, message[:9], fin=False, rsv=4) + frame(CONTINUATION, message[9:], rsv=4))
    assert await raw.goodbye() == 1002


async def test_binary_is_not_ours_deflated_either(raw: RawSocket) -> None:
    await raw.send(frame(BINARY, small(b"{}"), rsv=4))
    assert await raw.goodbye() == 1003


@pytest.mark.parametrize("seed", range(5))
async def test_what_is_no_deflate_ends_the_connection(raw: RawSocket, seed: int) -> None:
    await raw.send(frame(TEXT, b"\xff" + random.Random(seed).randbytes(200), rsv=4))
    assert await raw.goodbye() == 1002


async def test_deflated_text_is_utf_8_too(raw: RawSocket) -> None:
    await raw.send(frame(TEXT, small(b'{"t":"say","ref":"\xc3\x28","text":""}'), rsv=4))
    assert await raw.goodbye() == 1007


async def test_a_message_that_unpacks_to_more_than_we_take_is_refused(raw: RawSocket) -> None:
    """A few hundred bytes that would be a megabyte."""
    bomb = small(b" " * 1_000_000)
    assert len(bomb) < CLIENT_FRAME_LIMIT_BYTES
    await raw.send(frame(TEXT, bomb, rsv=4))
    assert await raw.goodbye() == 1009
