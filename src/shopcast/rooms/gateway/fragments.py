"""A message that comes in pieces (RFC 6455, 5.4). Most clients never send one, so it is made with the first piece."""

import codecs

from picows import WSCloseCode


class BrokenMessage(Exception):
    """The connection is over; `code` says why to whoever sent it."""

    def __init__(self, code: WSCloseCode) -> None:
        super().__init__(code.name)
        self.code = code


class Fragments:
    """Text is read as it comes, so that what cannot become UTF-8 any more is refused before the rest of it (8.1)."""

    __slots__ = ("_decoder", "_room_left", "_text")

    def __init__(self, limit_bytes: int) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._room_left = limit_bytes
        self._text: list[str] = []

    def add(self, piece: bytes, *, final: bool) -> str | None:
        """The whole text with its last piece, None before."""
        self._room_left -= len(piece)
        if self._room_left < 0:
            raise BrokenMessage(WSCloseCode.MESSAGE_TOO_BIG)
        try:
            self._text.append(self._decoder.decode(piece, final))
        except UnicodeDecodeError as broken:
            raise BrokenMessage(WSCloseCode.INVALID_TEXT) from broken
        return "".join(self._text) if final else None
