"""The receipt as a PDF: the same order gives the same bytes. Chinese uses the reader's own STSong-Light (not embedded);
signs neither font has are shown as a box, and the page has them in full."""

from io import BytesIO

# reportlab ships no types.
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from shopcast.kernel.errors import Language
from shopcast.sales.checkout.address import address_lines
from shopcast.sales.orders.model import OrderLineView, OrderView
from shopcast.sales.receipts.words import discount_rows, instant_text, label, money_text, rate_text

LATIN = "Helvetica"
LATIN_BOLD = "Helvetica-Bold"
CHINESE = "STSong-Light"
BOX = "□"

_WIDTH, _HEIGHT = A4
_LEFT, _RIGHT, _TOP, _BOTTOM = 56.0, _WIDTH - 56.0, _HEIGHT - 64.0, 64.0
_STEP = 15.0
_SIZE = 9.5
# From the left edge to where the quantity's column begins.
_TITLE_WIDTH = _RIGHT - 215 - _LEFT
# Beside it stands an amount of up to 80 points.
_TOTAL_WIDTH = 150.0
# The Chinese font has no bold face; its outline drawn this thick, in points, reads as one.
_BOLD_STROKE = 0.35
# Signs that must not end a line, or begin one.
_OPENING = frozenset("（《〈【「『“‘([{")
_CLOSING = frozenset("）》〉】」』”’，。、；：！？…·)]},.;:!?")


def receipt_pdf(order: OrderView, language: Language) -> bytes:
    register_fonts()
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1, pageCompression=1)
    canvas.setTitle(f"{label('receipt', language)} {order.number}")
    canvas.setAuthor(order.seller_name)
    _Sheet(canvas, language).draw(order)
    canvas.save()
    return buffer.getvalue()


def register_fonts() -> None:
    """reportlab keeps its fonts per process; registering again replaces one by itself."""
    pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))


class _Sheet:
    def __init__(self, canvas: Canvas, language: Language) -> None:
        self._canvas = canvas
        self._language: Language = language
        self._y = _TOP
        self._boxed = False

    def draw(self, order: OrderView) -> None:
        self._head(order)
        self._blocks(order)
        for line in order.lines:
            self._line(line)
        self._totals(order)
        self._notes(order)
        if self._boxed:
            self._y -= _STEP
            self._text(_LEFT, label("whole_text", self._language), size=8)

    def _head(self, order: OrderView) -> None:
        state = label(f"state_{order.state.value}", self._language)
        self._text(_LEFT, label("receipt", self._language), size=22, bold=True)
        self._text_right(_RIGHT, f"{label('order', self._language)} {order.number} · {state}", size=11)
        self._down(2)
        self._text(_LEFT, f"{label('placed', self._language)}: {instant_text(order.placed_at)}")
        self._down()
        if order.paid_at is not None:
            self._text(_LEFT, f"{label('paid', self._language)}: {instant_text(order.paid_at)}")
            self._down()
        method = next((payment.method_label for payment in order.payments if payment.method_label), None)
        if method is not None:
            self._text(_LEFT, f"{label('paid_with', self._language)}: {method}")
            self._down()
        self._down()

    def _blocks(self, order: OrderView) -> None:
        seller = [order.seller_name, *order.seller_legal_identity.splitlines()]
        for heading, lines in (("seller", seller), ("to", address_lines(order.address))):
            self._text(_LEFT, label(heading, self._language), bold=True)
            self._down()
            for line in lines:
                for part in wrapped(line, _RIGHT - _LEFT):
                    self._text(_LEFT, part)
                    self._down()
            self._down(0.5)
        self._columns("item", "quantity", "price", "amount")

    def _columns(self, *keys: str) -> None:
        item, quantity, price, amount = (label(key, self._language) for key in keys)
        self._text(_LEFT, item, bold=True)
        self._text_right(_RIGHT - 190, quantity, bold=True)
        self._text_right(_RIGHT - 95, price, bold=True)
        self._text_right(_RIGHT, amount, bold=True)
        self._y -= 5
        self._canvas.line(_LEFT, self._y, _RIGHT, self._y)
        self._down()

    def _line(self, line: OrderLineView) -> None:
        first, *more = wrapped(line.title, _TITLE_WIDTH)
        self._text(_LEFT, first)
        self._text_right(_RIGHT - 190, str(line.quantity))
        self._text_right(_RIGHT - 95, money_text(line.price_shown))
        self._text_right(_RIGHT, money_text(line.amount))
        self._down()
        for part in more:
            self._text(_LEFT, part)
            self._down()
        number = None if line.item_number is None else label("number", self._language, number=str(line.item_number))
        gift = label("gift", self._language) if line.gift else None
        details = [part for part in (number, line.variant_title, line.sku, gift) if part]
        if details:
            for part in wrapped(" · ".join(details), _RIGHT - _LEFT - 10):
                self._text(_LEFT + 10, part, size=8)
                self._down()
        if line.discount.amount_minor:
            self._text(_LEFT + 10, label("discount", self._language), size=8)
            self._text_right(_RIGHT, money_text(-line.discount), size=8)
            self._down()
        self._text(_LEFT + 10, f"{label('terms', self._language)}: {line.terms_version}", size=7)
        self._down(1.5)

    def _totals(self, order: OrderView) -> None:
        self._canvas.line(_RIGHT - 240, self._y + _STEP, _RIGHT, self._y + _STEP)
        self._total(label("items", self._language), money_text(order.totals.items))
        self._discounts(order, of_shipping=False)
        # Before its discount, which follows: so the column adds up.
        shipping = order.totals.shipping + order.totals.shipping_discount
        self._total(label("shipping", self._language), money_text(shipping))
        self._discounts(order, of_shipping=True)
        for tax in order.totals.tax_lines:
            key = "tax_included" if tax.included else "tax_added"
            self._total(label(key, self._language, rate=rate_text(tax.rate_basis_points)), money_text(tax.amount))
        self._total(label("total", self._language), money_text(order.totals.total), bold=True)
        if order.exchange is not None:
            rate = label("card_total", self._language, rate=order.exchange.rate.rstrip("0").rstrip("."))
            self._total(rate, money_text(order.exchange.total))
        if order.refunded.amount_minor:
            self._total(label("refunded", self._language), money_text(-order.refunded))

    def _discounts(self, order: OrderView, of_shipping: bool) -> None:
        for name, amount in discount_rows(order, self._language, of_shipping):
            self._total(name, money_text(-amount))

    def _notes(self, order: OrderView) -> None:
        duties = order.totals.duties_estimate
        if duties is None or duties.amount_minor == 0:
            return
        self._down()
        for part in wrapped(label("duties_note", self._language, amount=money_text(duties)), _RIGHT - _LEFT):
            self._text(_LEFT, part, size=8)
            self._down()

    def _total(self, name: str, amount: str, bold: bool = False) -> None:
        first, *more = wrapped(name, _TOTAL_WIDTH)
        self._text(_RIGHT - 240, first, bold=bold)
        self._text_right(_RIGHT, amount, bold=bold)
        self._down()
        for part in more:
            self._text(_RIGHT - 240, part, bold=bold)
            self._down()

    def _down(self, steps: float = 1) -> None:
        self._y -= _STEP * steps
        if self._y < _BOTTOM:
            self._canvas.showPage()
            self._y = _TOP

    def _text_right(self, x: float, text: str, size: float = _SIZE, bold: bool = False) -> None:
        width = sum(pdfmetrics.stringWidth(run, font, size) for font, run in self._runs(text, bold))
        self._text(x - width, text, size=size, bold=bold)

    def _text(self, x: float, text: str, size: float = _SIZE, bold: bool = False) -> None:
        for font, run in self._runs(text, bold):
            self._canvas.saveState()
            self._canvas.setFont(font, size)
            self._canvas.setLineWidth(_BOLD_STROKE)
            # 0 fills, 2 fills and draws the outline.
            self._canvas.drawString(x, self._y, run, mode=2 if bold and font == CHINESE else 0)
            self._canvas.restoreState()
            x += pdfmetrics.stringWidth(run, font, size)

    def _runs(self, text: str, bold: bool) -> list[tuple[str, str]]:
        runs: list[tuple[str, str]] = []
        for character in text:
            font, shown = font_for(character, bold)
            self._boxed = self._boxed or shown != character
            if runs and runs[-1][0] == font:
                runs[-1] = (font, runs[-1][1] + shown)
            else:
                runs.append((font, shown))
        return runs


def font_for(character: str, bold: bool = False) -> tuple[str, str]:
    """The font that has it, and what is drawn: the sign itself, or a box."""
    if _encodable(character, "cp1252"):
        return (LATIN_BOLD if bold else LATIN), character
    # GB 2312 with its Greek and Cyrillic, and GBK's traditional forms, are what the font surely has.
    return (CHINESE, character) if _encodable(character, "gbk") else (CHINESE, BOX)


def wrapped(text: str, width: float) -> list[str]:
    """Lines of at most `width` points, broken late in the line where words end or Chinese signs meet; nothing is left
    out."""
    lines: list[str] = []
    line, used = "", 0.0
    for character in text:
        step = _width(character)
        if line and used + step > width:
            cut = _break_at(line, character)
            lines.append(line[:cut])
            line = line[cut:]
            used = sum(_width(one) for one in line)
        line, used = line + character, used + step
    return [*lines, line]


def _break_at(line: str, following: str) -> int:
    """How much of a full line stays on it: the latest good place in its second half, or all of it."""
    text = line + following
    for cut in range(len(line), len(line) // 2, -1):
        if _may_break(text[cut - 1], text[cut]):
            return cut
    return len(line)


def _may_break(before: str, after: str) -> bool:
    if before == " ":
        return True
    chinese = CHINESE in (font_for(before)[0], font_for(after)[0])
    return chinese and before not in _OPENING and after not in _CLOSING and after != " "


def _width(character: str) -> float:
    font, shown = font_for(character)
    width: float = pdfmetrics.stringWidth(shown, font, _SIZE)
    return width


def _encodable(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
