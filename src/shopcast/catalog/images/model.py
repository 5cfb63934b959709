"""Owns what counts as a picture, how it is addressed, and the placeholder drawn when there is none."""

import hashlib
import html
import unicodedata

# A phone's photograph is 2 to 6 MB.
PICTURE_LIMIT_BYTES = 8 * 1024 * 1024


def image_url(image_id: str, version: int) -> str:
    """Relative to the shop's own address. Without `v` the newest picture comes, to be asked for again each time."""
    return f"/images/{image_id}?v={version}"


def sniff(content: bytes) -> str | None:
    """The content type by the first bytes, whatever was declared; None for anything we don't serve.

    SVG is text that can carry scripts, so it is not among them.
    """
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:12] in (b"ftypavif", b"ftypavis"):
        return "image/avif"
    return None


def placeholder(label: str, number: int | None = None) -> str:
    """An SVG with the shelf number, or else the initials of `label`, on a colour that is always the same for it."""
    text = str(number) if number is not None else initials(label)
    hue = int.from_bytes(hashlib.sha256(label.encode()).digest()[:2]) % 360
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" role="img"'
        f' aria-label="{html.escape(label)}">'
        f'<rect width="400" height="400" fill="hsl({hue} 45% 88%)"/>'
        f'<circle cx="200" cy="200" r="130" fill="hsl({hue} 45% 78%)"/>'
        f'<text x="200" y="200" fill="hsl({hue} 60% 22%)" font-family="system-ui, sans-serif" font-weight="700"'
        f' font-size="{_FONT_SIZES[min(len(text), 4)]}" text-anchor="middle" dominant-baseline="central">'
        f"{html.escape(text)}</text></svg>"
    )


# By the number of characters, so that the text stays within the circle.
_FONT_SIZES = (0, 150, 120, 95, 75)


def initials(label: str) -> str:
    """The first letters of the first two words; of Chinese text, which has no spaces, the first character."""
    words = ["".join(c for c in word if unicodedata.category(c)[0] in "LN") for word in label.split()]
    return "".join(word[0] for word in words if word)[:2].upper() or "?"
