"""Draws what the demo's camera sees: a room, a host who talks, the item held up, its number, a clock."""

from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from shopcast.cli.demo.pictures import Colour, draw_item, shade

# Portrait, as a phone beside the host would film it. Even numbers, as 4:2:0 needs them.
WIDTH, HEIGHT = 720, 1280
HEAD = (240, 130, 480, 420)  # left, top, right, bottom of the part that moves with the host's talk
ITEM = (110, 430, 610, 930)
CLOCK = (520, 150, 700, 206)
ITEM_SIZE = 400
PHASES = 8
_SKIN: Colour = (214, 162, 126)
_HAIR: Colour = (62, 44, 38)
_JUMPER: Colour = (70, 96, 100)
_WALL: Colour = (236, 224, 206)
_TABLE: Colour = (168, 124, 88)


@dataclass(frozen=True, slots=True)
class Face:
    """`mouth` 0 closed, 1 half, 2 open; `bob` in pixels."""

    mouth: int
    blinking: bool
    bob: int


def background(number: int, paper: Colour) -> Image.Image:
    image = Image.new("RGB", (WIDTH, HEIGHT), _WALL)
    draw = ImageDraw.Draw(image)
    for row in range(0, 920, 4):
        draw.rectangle((0, row, WIDTH, row + 4), fill=_mix(_WALL, paper, max(0, row - HEAD[3]) / 500))
    _window(draw)
    _plant(draw)
    _body(draw)
    draw.rectangle((0, 920, WIDTH, HEIGHT), fill=_TABLE)
    for row in range(940, HEIGHT, 46):
        draw.line((0, row, WIDTH, row), fill=shade(_TABLE, 0.94), width=3)
    draw.rectangle((0, 916, WIDTH, 926), fill=shade(_TABLE, 1.12))
    _badge(draw, number)
    return image


def head(face: Face) -> Image.Image:
    """The patch at HEAD: the same wall behind it in every scene, so it can be laid over any."""
    left, top, right, bottom = HEAD
    image = _wall_behind_head().copy()
    draw = ImageDraw.Draw(image)
    middle, dip = (right - left) // 2, 20 + face.bob
    draw.ellipse((middle - 86, dip, middle + 86, dip + 190), fill=_HAIR)
    draw.rounded_rectangle((middle - 86, dip + 90, middle + 86, dip + 226), 40, fill=_HAIR)
    draw.rectangle((middle - 24, dip + 170, middle + 24, bottom - top), fill=shade(_SKIN, 0.9))
    draw.ellipse((middle - 66, dip + 34, middle + 66, dip + 206), fill=_SKIN)
    draw.pieslice((middle - 74, dip + 8, middle + 74, dip + 140), 180, 360, fill=_HAIR)
    for side in (-28, 28):
        if face.blinking:
            draw.line((middle + side - 9, dip + 112, middle + side + 9, dip + 112), fill=(60, 44, 40), width=4)
        else:
            draw.ellipse((middle + side - 8, dip + 103, middle + side + 8, dip + 121), fill=(52, 40, 38))
            draw.ellipse((middle + side - 3, dip + 106, middle + side + 3, dip + 112), fill=(240, 236, 230))
        draw.ellipse((middle + side * 1.7 - 12, dip + 132, middle + side * 1.7 + 12, dip + 150), fill=(222, 148, 122))
    opened = (3, 9, 16)[face.mouth]
    draw.ellipse((middle - 18, dip + 160 - opened // 2, middle + 18, dip + 160 + opened), fill=(150, 62, 58))
    return image


def held_item(index: int, scene: Image.Image, phase: int) -> Image.Image:
    """The patch at ITEM: the item floats a little, lit from above."""
    left, _, right, _ = ITEM
    patch = scene.crop(ITEM)
    lift = (0, 3, 7, 10, 12, 10, 7, 3)[phase]
    item = _item(index)
    patch.paste(item, ((right - left - ITEM_SIZE) // 2, 60 - lift), item)
    return patch


def clock(text: str) -> Image.Image:
    left, top, right, bottom = CLOCK
    image = Image.new("RGB", (right - left, bottom - top), (43, 37, 32))
    ImageDraw.Draw(image).text((14, 6), text, font=_font(36), fill=(250, 244, 232))
    return image


def _window(draw: ImageDraw.ImageDraw) -> None:
    draw.rounded_rectangle((40, 240, 210, 620), 12, fill=(206, 222, 226))
    draw.rectangle((120, 240, 130, 620), fill=(246, 240, 228))
    draw.rectangle((40, 424, 210, 434), fill=(246, 240, 228))
    draw.rounded_rectangle((40, 240, 210, 620), 12, outline=(246, 240, 228), width=10)


def _plant(draw: ImageDraw.ImageDraw) -> None:
    for tip, root in (((560, 330), 620), ((600, 280), 626), ((650, 300), 634), ((690, 350), 640)):
        draw.polygon([tip, (root - 12, 520), (root + 10, 520)], fill=(112, 144, 108))
    draw.polygon([(584, 520), (676, 520), (664, 640), (596, 640)], fill=(190, 116, 84))
    draw.rectangle((560, 640, 720, 652), fill=shade(_TABLE, 0.9))


def _body(draw: ImageDraw.ImageDraw) -> None:
    draw.rounded_rectangle((180, 408, 540, 1000), 110, fill=_JUMPER)
    draw.ellipse((300, 376, 420, 452), fill=shade(_SKIN, 0.9))
    for left in (150, 482):
        draw.rounded_rectangle((left, 500, left + 88, 860), 44, fill=shade(_JUMPER, 0.9))
        draw.ellipse((left + 8, 800, left + 80, 884), fill=_SKIN)


def _badge(draw: ImageDraw.ImageDraw, number: int) -> None:
    draw.rounded_rectangle((24, 150, 204, 206), 28, fill=(184, 66, 48))
    draw.text((48, 156), f"No. {number}", font=_font(38), fill=(255, 248, 236))


@lru_cache(maxsize=1)
def _wall_behind_head() -> Image.Image:
    """Taken from a scene on plain wall paper, so that every patch has the same edges."""
    return background(0, _WALL).crop(HEAD)


@lru_cache(maxsize=16)
def _item(index: int) -> Image.Image:
    return draw_item(index, ITEM_SIZE, on_paper=False)


@lru_cache(maxsize=4)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size=size)


def _mix(first: Colour, second: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return (red, green, blue)
