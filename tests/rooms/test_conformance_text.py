"""Autobahn's group 6, handling of UTF-8, asked at both doors. A line's reference is what comes back."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from shopcast.rooms.gateway.limits import GatewayLimits
from tests.rooms.doors import DOORS, Doors, open_doors
from tests.rooms.raw import CONTINUATION, TEXT, RawSocket, close, echo_request, entered, frame, text

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.parametrize("door", DOORS)]

# "kosme" in Greek, with an accent of three octets as Autobahn writes it.
KOSME = bytes.fromhex("cebae1bdb9cf83cebcceb5")
# Whole and right, with the case they stand for.
VALID = {
    "6.2.1 mixed": "Hello-µ@ßöäüàá-UTF-8!!",
    "6.5 greek": "κόσμε",
    "6.7.1 two octets, first": "\u0080",
    "6.7.3 three octets, first": "\u0800",
    "6.7.4 four octets, first": "\U00010000",
    "6.9.1 one octet, last": "\u007f",
    "6.9.2 two octets, last": "\u07ff",
    "6.9.3 three octets, last": "\uffff",
    "6.9.4 four octets, last": "\U0010ffff",
    "6.11.1 before the surrogates": "\ud7ff",
    "6.11.2 behind the surrogates": "\ue000",
    "6.11.3 replacement": "\ufffd",
    "6.22 non-characters": "\ufffe\U0001fffe\U0001ffff\U0008fffe\U0010fffe",
    "6.23 specials": "\ufff9\ufffa\ufffb\ufffc\ufffd",
    "two directions and an eye": "שלום 👁️‍🗨️ 再见",
}
# What can never become UTF-8, whatever comes after.
BROKEN = {
    "6.3 surrogate in the middle": KOSME + b"\xed\xa0\x80edited",
    "6.4 beyond the last code point": KOSME + b"\xf4\x90\x80\x80edited",
    "6.8.1 five octets, first": b"\xf8\x88\x80\x80\x80",
    "6.8.2 six octets, first": b"\xfc\x84\x80\x80\x80\x80",
    "6.10.1 four octets, beyond": b"\xf7\xbf\xbf\xbf",
    "6.10.2 five octets, last": b"\xfb\xbf\xbf\xbf\xbf",
    "6.10.3 six octets, last": b"\xfd\xbf\xbf\xbf\xbf\xbf",
    "6.11.5 first beyond": b"\xf4\x90\x80\x80",
    "6.12.1 first continuation": b"\x80",
    "6.12.2 last continuation": b"\xbf",
    "6.12.8 all continuations": bytes(range(0x80, 0xA8)),
    "6.13.1 lonely starts of two": b"\xc0 \xc1 \xc2 ",
    "6.13.2 lonely starts of three": b"\xe0 \xe1 \xef ",
    "6.13.3 lonely starts of four": b"\xf0 \xf1 \xf7 ",
    "6.15 incomplete in a row": b"\xc0\xe0\x80\xf0\x80\x80\xf8\x80\x80\x80\xdf\xef\xbf\xf7\xbf\xbf",
    "6.16.1 impossible": b"\xfe",
    "6.16.2 impossible": b"\xff",
    "6.16.3 impossible": b"\xfe\xfe\xff\xff",
    "6.17.1 overlong slash": b"\xc0\xaf",
    "6.17.2 overlong slash": b"\xe0\x80\xaf",
    "6.17.3 overlong slash": b"\xf0\x80\x80\xaf",
    "6.18.1 longest overlong": b"\xc1\xbf",
    "6.18.2 longest overlong": b"\xe0\x9f\xbf",
    "6.18.3 longest overlong": b"\xf0\x8f\xbf\xbf",
    "6.19.1 overlong nothing": b"\xc0\x80",
    "6.19.2 overlong nothing": b"\xe0\x80\x80",
    "6.19.3 overlong nothing": b"\xf0\x80\x80\x80",
    "6.20.1 high surrogate, first": b"\xed\xa0\x80",
    "6.20.4 high surrogate, last": b"\xed\xaf\xbf",
    "6.20.5 low surrogate, first": b"\xed\xb0\x80",
    "6.20.7 low surrogate, last": b"\xed\xbf\xbf",
    "6.21 paired surrogates": b"\xed\xa0\x80\xed\xb0\x80",
}
# Right as far as it goes, and then the message ends (6.6, 6.14).
CUT_SHORT = {
    "6.6.1": KOSME[:1],
    "6.6.4": KOSME[:4],
    "6.6.6": KOSME[:6],
    "6.6.8": KOSME[:8],
    "6.6.10": KOSME[:10],
    "6.14.1": b"\xc3",
    "6.14.2": b"\xe2\x82",
    "6.14.3": b"\xf0\x9f\x91",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def doors(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Doors]:
    async with open_doors(tmp_path_factory.mktemp("doors"), GatewayLimits(frames_burst=1_000)) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def raw(doors: Doors, door: str) -> AsyncIterator[RawSocket]:
    async with entered(doors.ports[door], doors.path()) as opened:
        yield opened


def named(table: dict[str, object]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("said", list(table.values()), ids=list(table))


def pieces_of(message: bytes, size: int) -> list[bytes]:
    """Frames of one message; the last one ends it."""
    cut = [message[start : start + size] for start in range(0, len(message), size)]
    return [
        frame(CONTINUATION if number else TEXT, piece, fin=number == len(cut) - 1) for number, piece in enumerate(cut)
    ]


def line_of(said: bytes) -> bytes:
    return b'{"t":"say","text":"","ref":"' + said + b'"}'


@named(VALID)
@pytest.mark.parametrize("chop", [0, 1])
async def test_right_text_comes_back(raw: RawSocket, said: str, chop: int) -> None:
    message = echo_request(said)
    await raw.send(text(message), chop)
    # 6.2.2 to 6.2.4 and 6.5: cut between octets of one character, and in frames of one octet.
    await raw.send(b"".join(pieces_of(message, 1)) + b"".join(pieces_of(message, 5)), chop)
    assert await raw.refs(3) == [said, said, said]


@named(BROKEN | CUT_SHORT)
@pytest.mark.parametrize("chop", [0, 1])
async def test_broken_text_ends_the_connection(raw: RawSocket, said: bytes, chop: int) -> None:
    await raw.send(text(line_of(said)), chop)
    assert await raw.goodbye() == 1007


@named(CUT_SHORT)
async def test_text_that_ends_within_a_character_is_broken(raw: RawSocket, said: bytes) -> None:
    await raw.send(b"".join(pieces_of(said, 1)))
    assert await raw.goodbye() == 1007


@named(BROKEN)
async def test_6_4_broken_text_is_refused_before_the_message_is_whole(raw: RawSocket, said: bytes) -> None:
    """At the first octet that cannot be right, though the message never ends."""
    begun = pieces_of(line_of(said), 1)[:-2]
    await raw.send(b"".join(begun))
    assert await raw.goodbye() == 1007


@named(CUT_SHORT)
async def test_a_character_may_be_cut_between_frames(raw: RawSocket, said: bytes) -> None:
    """Nothing is refused while the rest of it may still come."""
    await raw.send(text(b'{"t":"say","text":"","ref":"' + said, fin=False))
    await raw.send(frame(9, b"still here?"))
    assert await raw.pongs(1) == [b"still here?"]
    await raw.send(close())
    assert await raw.goodbye() == 1000


async def test_6_1_messages_without_text(raw: RawSocket) -> None:
    await raw.send(text(b"") + text(b"", fin=False) + frame(CONTINUATION, b"", fin=False) + frame(CONTINUATION, b""))
    await raw.send(text(echo_request("after")))
    assert await raw.refs(3) == ["", "", "after"]
