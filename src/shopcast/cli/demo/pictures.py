"""Draws the demo shop's items, flat and friendly, so that the demo needs no photograph of anybody's."""

from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Point = tuple[float, float]
Box = tuple[float, float, float, float]

# Everything is drawn on a square of this size and scaled down: edges come out smooth.
CANVAS = 1200
INK: Colour = (43, 37, 32)


class Pen:
    """Draws on a square whose corners are (0, 0) and (100, 100)."""

    def __init__(self, image: Image.Image) -> None:
        self._draw = ImageDraw.Draw(image)

    def polygon(self, points: list[Point], fill: Colour) -> None:
        self._draw.polygon([(_scale(x), _scale(y)) for x, y in points], fill=fill)

    def ellipse(self, left: float, top: float, right: float, bottom: float, fill: Colour) -> None:
        self._draw.ellipse((_scale(left), _scale(top), _scale(right), _scale(bottom)), fill=fill)

    def box(self, left: float, top: float, right: float, bottom: float, fill: Colour, radius: float = 0) -> None:
        corners = (_scale(left), _scale(top), _scale(right), _scale(bottom))
        self._draw.rounded_rectangle(corners, radius=_scale(radius), fill=fill)

    def ring(self, left: float, top: float, right: float, bottom: float, colour: Colour, width: float) -> None:
        corners = (_scale(left), _scale(top), _scale(right), _scale(bottom))
        self._draw.ellipse(corners, outline=colour, width=round(_scale(width)))

    def arc(self, box: Box, start: float, end: float, colour: Colour, width: float) -> None:
        corners = (_scale(box[0]), _scale(box[1]), _scale(box[2]), _scale(box[3]))
        self._draw.arc(corners, start, end, fill=colour, width=round(_scale(width)))

    def line(self, points: list[Point], colour: Colour, width: float) -> None:
        scaled = [(_scale(x), _scale(y)) for x, y in points]
        self._draw.line(scaled, fill=colour, width=round(_scale(width)), joint="curve")


def _scale(units: float) -> float:
    return units * CANVAS / 100


def shade(colour: Colour, by: float) -> Colour:
    """Darker below 1, lighter above."""
    red, green, blue = (max(0, min(255, round(channel * by))) for channel in colour)
    return (red, green, blue)


def _mug(pen: Pen) -> None:
    glaze = (84, 122, 138)
    pen.ring(58, 38, 86, 70, shade(glaze, 0.85), 6)
    pen.box(24, 28, 68, 82, glaze, 8)
    pen.box(24, 58, 68, 82, (222, 205, 180), 8)
    pen.box(24, 54, 68, 66, glaze)
    pen.ellipse(24, 23, 68, 35, shade(glaze, 0.7))
    pen.ellipse(28, 25, 64, 33, (92, 60, 40))


def _apron(pen: Pen) -> None:
    cloth = (176, 108, 84)
    pen.arc((36, 6, 64, 40), 180, 360, shade(cloth, 0.7), 2)
    pen.polygon([(36, 24), (64, 24), (66, 42), (82, 50), (80, 92), (20, 92), (18, 50), (34, 42)], cloth)
    pen.box(34, 60, 66, 80, shade(cloth, 0.85), 2)
    pen.line([(50, 60), (50, 80)], shade(cloth, 0.7), 0.8)
    pen.line([(18, 51), (6, 57)], shade(cloth, 0.7), 2)
    pen.line([(82, 51), (94, 57)], shade(cloth, 0.7), 2)


def _lamp(pen: Pen) -> None:
    brass = (190, 142, 78)
    pen.ellipse(34, 84, 66, 92, shade(brass, 0.8))
    pen.box(48, 44, 52, 88, brass)
    pen.polygon([(34, 14), (66, 14), (80, 50), (20, 50)], (245, 226, 184))
    pen.polygon([(34, 14), (46, 14), (40, 50), (20, 50)], (252, 240, 210))
    pen.ellipse(20, 47, 80, 53, (250, 214, 140))


def _pot(pen: Pen) -> None:
    clay, leaf = (196, 110, 74), (86, 128, 88)
    for tilt, height in ((-20, 18), (-9, 8), (0, 4), (10, 9), (21, 17)):
        pen.polygon([(50 + tilt, height), (46 + tilt / 3, 40), (50, 56), (54 + tilt / 3, 40)], leaf)
        pen.line([(50 + tilt, height), (50, 56)], shade(leaf, 0.75), 0.6)
    pen.polygon([(28, 56), (72, 56), (66, 92), (34, 92)], clay)
    pen.box(25, 50, 75, 60, shade(clay, 1.1), 2)


def _throw(pen: Pen) -> None:
    wool = (206, 190, 164)
    pen.box(18, 36, 82, 84, wool, 6)
    for row, colour in enumerate(((168, 84, 72), (206, 190, 164), (92, 112, 122), (206, 190, 164))):
        pen.box(18, 42 + row * 9, 82, 48 + row * 9, colour)
    pen.box(18, 36, 82, 46, shade(wool, 1.06), 5)
    for fringe in range(20, 82, 4):
        pen.line([(fringe, 84), (fringe + 1, 92)], shade(wool, 0.85), 1)


def _tote(pen: Pen) -> None:
    canvas = (226, 212, 186)
    pen.arc((34, 10, 66, 62), 180, 360, shade(canvas, 0.8), 3.4)
    pen.polygon([(20, 38), (80, 38), (84, 92), (16, 92)], canvas)
    pen.ellipse(36, 50, 64, 78, (184, 74, 58))
    pen.polygon([(50, 54), (56, 70), (44, 70)], canvas)


def _raincoat(pen: Pen) -> None:
    coat = (236, 182, 56)
    pen.ellipse(35, 6, 65, 36, shade(coat, 0.9))
    pen.ellipse(40, 12, 60, 34, (92, 70, 40))
    left = [(34.0, 30.0), (14, 42), (6, 78), (18, 82), (24, 60), (22, 94)]
    right = [(100 - x, y) for x, y in reversed(left)]
    pen.polygon([*left, *right], coat)
    pen.polygon([(50, 32), (66, 30), (86, 42), (94, 78), (82, 82), (76, 60), (78, 94), (50, 94)], shade(coat, 0.94))
    pen.line([(50, 34), (50, 94)], shade(coat, 0.72), 1)
    for button in (46, 58, 70, 82):
        pen.ellipse(51.4, button, 54.4, button + 3, (90, 64, 30))
    pen.box(27, 70, 42, 74, shade(coat, 0.8), 1)
    pen.box(58, 70, 73, 74, shade(coat, 0.78), 1)


def _teapot(pen: Pen) -> None:
    glaze = (70, 84, 76)
    pen.ring(64, 36, 92, 72, shade(glaze, 0.85), 5)
    pen.polygon([(34, 56), (8, 36), (12, 32), (18, 34), (38, 46)], shade(glaze, 0.9))
    pen.ellipse(24, 32, 78, 86, glaze)
    pen.ellipse(30, 38, 52, 60, shade(glaze, 1.16))
    pen.box(36, 30, 66, 37, shade(glaze, 0.8), 3)
    pen.ellipse(47, 21, 55, 30, (196, 152, 92))


def _sunhat(pen: Pen) -> None:
    straw = (224, 190, 128)
    pen.ellipse(6, 52, 94, 80, shade(straw, 0.93))
    pen.ellipse(10, 52, 90, 76, straw)
    pen.ellipse(28, 22, 72, 72, shade(straw, 1.05))
    pen.box(28, 54, 72, 63, (150, 62, 54), 3)
    pen.polygon([(66, 58), (84, 64), (82, 72), (68, 63)], (150, 62, 54))


def _candle(pen: Pen) -> None:
    wax = (238, 226, 204)
    pen.ellipse(45, 8, 55, 28, (250, 190, 84))
    pen.ellipse(47.6, 16, 52.4, 27, (255, 232, 170))
    pen.line([(50, 26), (50, 36)], INK, 1)
    pen.box(28, 36, 72, 90, (150, 168, 160), 5)
    pen.ellipse(28, 32, 72, 42, wax)
    pen.box(34, 54, 66, 78, (246, 240, 228), 2)
    pen.line([(40, 62), (60, 62)], INK, 1.2)
    pen.line([(43, 68), (57, 68)], shade(INK, 2), 0.8)


def _board(pen: Pen) -> None:
    wood = (182, 130, 82)
    pen.box(42, 4, 58, 36, wood, 7)
    pen.ring(46, 8, 54, 16, shade(wood, 0.6), 1.4)
    pen.box(22, 26, 78, 94, wood, 9)
    for grain, bend in ((32, 3), (43, -2), (54, 2), (66, -3)):
        pen.line([(grain, 32), (grain + bend, 60), (grain, 90)], shade(wood, 0.88), 1)


def _cushion(pen: Pen) -> None:
    cloth = (112, 130, 108)
    pen.polygon([(14, 22), (50, 28), (86, 22), (80, 54), (86, 86), (50, 80), (14, 86), (20, 54)], cloth)
    for line in (38, 50, 62):
        pen.line([(line, 30), (line, 78)], shade(cloth, 1.25), 1.6)
        pen.line([(22, line + 4), (78, line + 4)], shade(cloth, 1.25), 1.6)


# In shelf order: the tuple's first entry is number 1. Each with the paper it stands on.
ITEMS: tuple[tuple[str, Callable[[Pen], None], Colour], ...] = (
    ("mug", _mug, (233, 226, 214)),
    ("apron", _apron, (236, 226, 216)),
    ("lamp", _lamp, (222, 216, 210)),
    ("pot", _pot, (226, 230, 220)),
    ("throw", _throw, (226, 222, 220)),
    ("tote", _tote, (214, 222, 222)),
    ("raincoat", _raincoat, (212, 222, 230)),
    ("teapot", _teapot, (236, 228, 212)),
    ("sunhat", _sunhat, (224, 232, 232)),
    ("candle", _candle, (232, 222, 212)),
    ("board", _board, (228, 230, 222)),
    ("cushion", _cushion, (236, 230, 222)),
)


def draw_item(index: int, size: int, on_paper: bool = True) -> Image.Image:
    """The item at `index` as a square picture; without paper it is transparent, for laying over a scene."""
    _, draw, paper = ITEMS[index]
    item = Image.new("RGBA", (CANVAS, CANVAS), (0, 0, 0, 0))
    draw(Pen(item))
    if not on_paper:
        return item.resize((size, size), Image.Resampling.LANCZOS)
    whole = Image.new("RGBA", (CANVAS, CANVAS), (*paper, 255))
    shadow = Image.new("RGBA", (CANVAS, CANVAS), (0, 0, 0, 0))
    ImageDraw.Draw(shadow).ellipse((_scale(18), _scale(84), _scale(82), _scale(93)), fill=(60, 48, 40, 90))
    whole.alpha_composite(shadow.filter(ImageFilter.GaussianBlur(CANVAS / 40)))
    margin = CANVAS // 10
    whole.alpha_composite(item.resize((CANVAS - 2 * margin,) * 2, Image.Resampling.LANCZOS), (margin, margin // 2))
    return whole.convert("RGB").resize((size, size), Image.Resampling.LANCZOS)
