"""permessage-deflate at the gateway: agreed on when offered, read in both directions, and no way to unpack a bomb."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from picows import WSCloseCode
from websockets.asyncio.client import connect
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

from shopcast.rooms.gateway.deflate import DeflatedFragments, accepts_deflate, deflated, inflated
from shopcast.rooms.gateway.fragments import BrokenMessage
from tests.rooms.support import Client, Shop

LIMIT = 2_048


@pytest.mark.parametrize(
    ("offer", "is_taken"),
    [
        ("permessage-deflate; client_max_window_bits", True),
        ("permessage-deflate", True),
        ("x-webkit-deflate-frame, permessage-deflate; server_no_context_takeover", True),
        ('permessage-deflate; client_max_window_bits="10"', True),
        ("permessage-deflate; server_max_window_bits=9, permessage-deflate", True),
        ("", False),
        ("permessage-deflate; server_max_window_bits=9", False),
        ("permessage-deflate; client_max_window_bits=16", False),
        ("permessage-deflate; server_no_context_takeover=1", False),
        ("permessage-deflate; client_max_window_bits; client_max_window_bits", False),
        ("permessage-deflate; level=9", False),
        ("permessage-bzip2", False),
    ],
)
def test_which_offers_are_taken(offer: str, is_taken: bool) -> None:
    assert accepts_deflate(offer) is is_taken


async def test_a_browsers_client_reads_and_speaks_deflated(shop: Shop) -> None:
    server = await shop.serve()
    offer = ClientPerMessageDeflateFactory(client_max_window_bits=True)
    client = Client()
    url = shop.url(server, shop.ticket("usr_host", role="host"))
    client.socket = await connect(url, compression=None, extensions=[offer])
    shop.clients.append(client)
    answer = client.socket.response
    assert answer is not None
    assert answer.headers["Sec-WebSocket-Extensions"].startswith("permessage-deflate; server_no_context_takeover")
    plain = await shop.join(server, "gst_plain")
    for number in range(5):
        said = await client.say(f"line {number} " + "la " * 60)
        assert said["t"] == "ack"
    await shop.append("set", {"k": "card", "v": "x" * 3_000})
    await client.until_seq(6)
    await plain.until_seq(6)
    assert client.state == plain.state == {"card": "x" * 3_000}
    assert client.lines == plain.lines
    assert client.snapshots == plain.snapshots == 1


async def test_deflated_bits_without_the_agreement_end_the_connection(shop: Shop) -> None:
    server = await shop.serve()
    client = await shop.join(server)
    client.socket.protocol.extensions = [ClientPerMessageDeflateFactory().process_response_params([], [])]
    await client.send('{"t":"ping"}')
    assert await client.until_closed() == WSCloseCode.PROTOCOL_ERROR.value


@given(st.binary(max_size=LIMIT))
def test_what_was_deflated_is_inflated_to_the_same(payload: bytes) -> None:
    small = deflated(payload)
    assert small is None or inflated(small, LIMIT) == payload


@given(st.text(max_size=400), st.integers(1, 40))
def test_pieces_of_a_deflated_message_make_its_text(text: str, size: int) -> None:
    compressor = zlib.compressobj(wbits=-15)
    small = (compressor.compress(text.encode()) + compressor.flush(zlib.Z_SYNC_FLUSH)).removesuffix(b"\x00\x00\xff\xff")
    fragments = DeflatedFragments(LIMIT)
    pieces = [small[start : start + size] for start in range(0, len(small), size)] or [b""]
    answers = [fragments.add(piece, final=False) for piece in pieces]
    assert set(answers) == {None}
    assert fragments.add(b"", final=True) == text


def test_a_bomb_is_not_unpacked() -> None:
    bomb = zlib.compressobj(wbits=-15)
    small = bomb.compress(bytes(2**20)) + bomb.flush(zlib.Z_SYNC_FLUSH)
    with pytest.raises(BrokenMessage) as broken:
        inflated(small, LIMIT)
    assert broken.value.code == WSCloseCode.MESSAGE_TOO_BIG
    with pytest.raises(BrokenMessage):
        DeflatedFragments(LIMIT).add(bytes(LIMIT + 1), final=False)


@pytest.mark.parametrize(
    ("payload", "code"),
    [(b"\xff\xff\xff\xff", WSCloseCode.PROTOCOL_ERROR), (deflated(b"\xff" * 500) or b"", WSCloseCode.INVALID_TEXT)],
)
def test_what_cannot_be_read_says_why(payload: bytes, code: WSCloseCode) -> None:
    with pytest.raises(BrokenMessage) as broken:
        DeflatedFragments(LIMIT).add(payload, final=True)
    assert broken.value.code == code
