"""Plain sheets as PDF, in both languages: headings, lines and columns, the same input giving the same bytes."""

from collections.abc import Sequence
from io import BytesIO

from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from shopcast.sales.receipts.pdf import CHINESE, font_for, register_fonts, wrapped

# The Chinese font has no bold face; its outline drawn this thick, in points, reads as one.
_BOLD_STROKE = 0.35


class Sheet:
    """Writes from the top down and begins a new page when one is full. Sizes are in points."""

    def __init__(self, title: str, page: tuple[float, float], margin: float) -> None:
        register_fonts()
        self._buffer = BytesIO()
        self._canvas = Canvas(self._buffer, pagesize=page, invariant=1, pageCompression=1)
        self._canvas.setTitle(title)
        self._width, self._height = page
        self._margin = margin
        self._y = self._height - margin - 14

    def finished(self) -> bytes:
        self._canvas.save()
        return self._buffer.getvalue()

    def heading(self, text: str, size: float = 16) -> None:
        self.line(text, size=size, bold=True)
        self.gap(size / 3)

    def line(self, text: str, size: float = 9.5, bold: bool = False, indent: float = 0) -> None:
        """One paragraph, wrapped; nothing is cut off."""
        # `wrapped` measures at its own size; wider letters get a narrower line.
        width = (self._width - 2 * self._margin - indent) * 9.5 / size
        for part in wrapped(text, width) if text else [""]:
            self._need(size * 1.5)
            self._draw(self._margin + indent, part, size, bold)
            self._y -= size * 1.5

    def row(self, cells: Sequence[str], widths: Sequence[float], size: float = 9.5, bold: bool = False) -> None:
        """Cells side by side, each wrapped in its share of the width."""
        whole = self._width - 2 * self._margin
        columns = [
            wrapped(cell, whole * share * 9.5 / size - 6) if cell else [""]
            for cell, share in zip(cells, widths, strict=True)
        ]
        height = max(len(column) for column in columns)
        self._need(height * size * 1.4)
        x = self._margin
        for column, share in zip(columns, widths, strict=True):
            y = self._y
            for part in column:
                self._draw(x, part, size, bold, y)
                y -= size * 1.4
            x += whole * share
        self._y -= height * size * 1.4 + 2

    def rule(self) -> None:
        self._need(8)
        self._canvas.line(self._margin, self._y + 6, self._width - self._margin, self._y + 6)
        self._y -= 6

    def gap(self, points: float = 8) -> None:
        self._y -= points

    def bars(self, text: str) -> None:
        """Code 128 of a number a scanner reads; nothing where a sign has none."""
        if not text or not text.isascii() or not text.isprintable():
            return
        modules = code128(text)
        unit = min((self._width - 2 * self._margin) / (len(modules) + 20), 1.6)
        self._need(56)
        x = self._margin + 10 * unit
        for module in modules:
            if module == "1":
                self._canvas.rect(x, self._y - 40, unit, 40, stroke=0, fill=1)
            x += unit
        self._y -= 54

    def new_page(self) -> None:
        self._canvas.showPage()
        self._y = self._height - self._margin - 14

    def _need(self, points: float) -> None:
        if self._y - points < self._margin:
            self.new_page()

    def _draw(self, x: float, text: str, size: float, bold: bool, y: float | None = None) -> None:
        for font, run in _runs(text, bold):
            self._canvas.saveState()
            self._canvas.setFont(font, size)
            self._canvas.setLineWidth(_BOLD_STROKE)
            # 0 fills, 2 fills and draws the outline.
            self._canvas.drawString(x, self._y if y is None else y, run, mode=2 if bold and font == CHINESE else 0)
            self._canvas.restoreState()
            x += pdfmetrics.stringWidth(run, font, size)


def _runs(text: str, bold: bool) -> list[tuple[str, str]]:
    runs: list[tuple[str, str]] = []
    for character in text:
        font, shown = font_for(character, bold)
        if runs and runs[-1][0] == font:
            runs[-1] = (font, runs[-1][1] + shown)
        else:
            runs.append((font, shown))
    return runs


# ISO/IEC 15417: the widths of bars and gaps of values 0 to 105, start B being 104, then the stop.
_WIDTHS = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232"
).split()
_START_B, _STOP = 104, "2331112"


def code128(text: str) -> str:
    """The modules of a Code 128 in set B, "1" being dark. Only printable ASCII."""
    values = [ord(character) - 32 for character in text]
    check = (_START_B + sum(place * value for place, value in enumerate(values, start=1))) % 103
    widths = "".join(_WIDTHS[value] for value in (_START_B, *values, check)) + _STOP
    return "".join(("1" if place % 2 == 0 else "0") * int(width) for place, width in enumerate(widths))
