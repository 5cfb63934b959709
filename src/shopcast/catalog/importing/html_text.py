"""Owns turning a shop's HTML into plain text: what was said, without what it looked like."""

import re
from html.parser import HTMLParser

_BLOCKS = frozenset(
    "address article blockquote dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main"
    " nav ol p pre section table tbody td tfoot th thead tr ul br".split()
)
_SILENT = frozenset(("script", "style", "template", "noscript", "iframe", "object", "svg", "math", "head", "title"))
_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\n{3,}")


def text_of(html: str) -> str:
    """Paragraphs and list items on their own lines; scripts and styles gone; entities resolved. Never raises."""
    if "<" not in html and "&" not in html:
        return _tidy(html)
    reader = _Reader()
    try:
        reader.feed(html)
        reader.close()
    except AssertionError:
        # html.parser asserts on some malformed declarations ("<![x"); what was read so far is the text.
        pass
    return _tidy("".join(reader.pieces))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent.append(tag)
        if tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._silent:
            del self._silent[self._silent.index(tag) :]
        if tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(data)


def _tidy(text: str) -> str:
    printable = "".join(c if c.isprintable() or c == "\n" else " " for c in text.replace("\r\n", "\n"))
    lines = [_SPACES.sub(" ", line).strip() for line in printable.split("\n")]
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()
