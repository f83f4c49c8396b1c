"""Draws the picture that stands beside a link elsewhere: 1200 × 630, our colours, our face, nothing that moves."""

import hashlib
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Final

import regex
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from posts.sharing import fonts

SIZE: Final = (1200, 630)
TYPE: Final = "image/jpeg"
_MARGIN: Final = 72
_LARGE: Final = 220  # a portrait
Colour = tuple[int, int, int]
_PAGE, _TEXT, _MUTED, _ACCENT = (10, 11, 13), (242, 244, 247), (152, 161, 176), (124, 108, 255)
_VIOLET_TEXT: Final = (162, 151, 255)
_GROUNDS: Final = ((81, 73, 184), (47, 127, 108), (138, 100, 32), (168, 73, 58), (63, 79, 196), (111, 69, 176))
_LEAST_COVERED: Final = 0.6  # of a text, or it is not drawn at all
_SPACE = regex.compile(r"\s+")
# A line of Chinese or Japanese may end after any character, one of anything else between words.
_BREAK = regex.compile(
    r"\s+|(?<=[\p{Han}\p{Hiragana}\p{Katakana}、。,!?:;)」』])|(?=[\p{Han}\p{Hiragana}\p{Katakana}])"
)


@dataclass(frozen=True)
class Card:
    """What to draw. `avatar` and `cover` are pictures as bytes, or nothing."""

    text: str
    name: str = ""
    handle: str = ""
    kicker: str = ""
    below: str = ""  # under the text, smaller
    avatar: bytes = b""
    cover: bytes = b""
    site: str = "Planet"
    is_title: bool = True  # large; else several lines of a post
    is_person: bool = False  # the avatar is large, and stands beside the text

    @property
    def room(self) -> int:
        """How wide a line may be."""
        return SIZE[0] - 2 * _MARGIN - (_LARGE + 40 if self.is_person else 0)


def draw(card: Card) -> bytes:
    """The card as JPEG: what every reader of previews takes, and smaller than PNG where light fades."""
    image = _ground(card)
    brush = ImageDraw.Draw(image)
    _brand(image, brush, card.site)
    top = 150.0
    if card.kicker:
        _line(brush, (_MARGIN, top), card.kicker, size=30, weight=600, fill=_VIOLET_TEXT)
        top += 54
    top = _words(brush, card, top)
    if card.below and fonts.covers(card.below) >= _LEAST_COVERED:
        for line in wrap(card.below, 32, 500, card.room, most=2 if card.name else 4):
            if top > 470:
                break
            _line(brush, (_MARGIN, top + 10), line, size=32, weight=500, fill=_MUTED)
            top += 46
    if card.name:
        _author(image, brush, card)
    if card.is_person:
        image.paste(*_portrait(card, _LARGE, (SIZE[0] - _MARGIN - _LARGE, 150)))
    out = BytesIO()
    image.save(out, "JPEG", quality=88, subsampling=0, optimize=True, progressive=True)
    return out.getvalue()


def wrap(text: str, size: int, weight: int, room: float, *, most: int) -> list[str]:
    """The text in at most `most` lines of at most `room` pixels; an ellipsis where it was longer."""
    lines: list[str] = []
    rest = _SPACE.sub(" ", fonts.drawable(text, size, weight)).strip()
    while rest and len(lines) < most:
        line, rest = _first_line(rest, size, weight, room)
        lines.append(line)
    if rest and lines:
        lines[-1] = _cut(f"{lines[-1]} {rest}", size, weight, room)
    return lines


def _first_line(text: str, size: int, weight: int, room: float) -> tuple[str, str]:
    """As much of the text as fits, and what is left. A word that is longer than a line is broken."""
    if fonts.width(text, size, weight) <= room:
        return text, ""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if fonts.width(text[:middle], size, weight) <= room:
            low = middle
        else:
            high = middle - 1
    breaks = [found.start() for found in _BREAK.finditer(text, 1, low + 1) if found.start() <= low]
    at = breaks[-1] if breaks else low
    return text[:at].rstrip(), text[at:].lstrip()


def _cut(text: str, size: int, weight: int, room: float) -> str:
    ellipsis = "…"
    while text and fonts.width(text + ellipsis, size, weight) > room:
        text = text[:-1]
    return text.rstrip(" ,.;:") + ellipsis


# --- parts --------------------------------------------------------------------------------------------------------


def _ground(card: Card) -> Image.Image:
    if card.cover and (cover := _open(card.cover)):
        filled = ImageOps.fit(cover.convert("RGB"), SIZE, Image.Resampling.BILINEAR)
        dark = ImageEnhance.Brightness(filled.filter(ImageFilter.GaussianBlur(3))).enhance(0.42)
        return Image.composite(Image.new("RGB", SIZE, _PAGE), dark, _fade())
    image = Image.new("RGB", SIZE, _PAGE)
    image.paste(_glow(), (0, 0))
    return image


@cache
def _fade() -> Image.Image:
    """How much of the page's colour lies over a cover: more to the left and below, where words stand."""
    across = Image.linear_gradient("L").rotate(90).resize(SIZE)
    down = Image.linear_gradient("L").resize(SIZE)
    return Image.blend(ImageOps.invert(across), down, 0.5).point(lambda value: 40 + value * 0.62)


@cache
def _glow() -> Image.Image:
    """The page with the light of a planet below its edge, and its orbit."""
    scale = 2
    width, height = SIZE[0] * scale, SIZE[1] * scale
    image = Image.new("RGB", (width, height), _PAGE)
    light = Image.new("RGB", (width, height), _PAGE)
    pen = ImageDraw.Draw(light)
    x, y = int(width * 0.93), int(height * 0.98)
    for radius, strength in ((860, 0.10), (620, 0.17), (400, 0.30)):
        tone = tuple(int(p + (a - p) * strength) for p, a in zip(_PAGE, _ACCENT, strict=True))
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=tone)
    image.paste(light.filter(ImageFilter.GaussianBlur(120)))
    pen = ImageDraw.Draw(image)
    for radius, tone in ((560, (44, 40, 92)), (760, (30, 29, 62)), (980, (22, 22, 44))):
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), outline=tone, width=3)
    return image.resize(SIZE, Image.Resampling.LANCZOS)


def _brand(image: Image.Image, brush: ImageDraw.ImageDraw, site: str) -> None:
    image.paste(_logo(), (_MARGIN, 64), _logo())
    _line(brush, (_MARGIN + 58, 66), site, size=34, weight=700, fill=_TEXT)


@cache
def _logo() -> Image.Image:
    """The planet with its ring, drawn large and made small."""
    logo = Image.new("RGBA", (320, 320))
    pen = ImageDraw.Draw(logo)
    pen.ellipse((77, 77, 243, 243), fill=(*_ACCENT, 255))
    ring = Image.new("RGBA", (320, 320))
    ImageDraw.Draw(ring).arc((10, 108, 310, 212), 18, 342, fill=(255, 255, 255, 255), width=24)
    logo.alpha_composite(ring.rotate(30, Image.Resampling.BICUBIC))
    ImageDraw.Draw(logo).pieslice((77, 77, 243, 243), 180, 330, fill=(*_ACCENT, 255))
    return logo.resize((46, 46), Image.Resampling.LANCZOS)


def _words(brush: ImageDraw.ImageDraw, card: Card, top: float) -> float:
    """The text in the largest size in which it fits; returns where it ends. Nothing where little can be drawn."""
    if fonts.covers(card.text) < _LEAST_COVERED:
        return top
    bottom = 490 if card.name else 560
    steps = (76, 68, 60, 52, 46) if card.is_title else (52, 46, 40, 36)
    weight = 700 if card.is_title else 600
    for size in steps:
        most = int((bottom - top) // (size * 1.2))
        lines = wrap(card.text, size, weight, card.room, most=most)
        if not lines or not lines[-1].endswith("…") or size == steps[-1]:
            break
    for line in lines:
        _line(brush, (_MARGIN, top), line, size=size, weight=weight, fill=_TEXT)
        top += size * 1.2
    return top + 8


def _line(
    brush: ImageDraw.ImageDraw, at: tuple[float, float], text: str, *, size: int, weight: int, fill: Colour
) -> None:
    x, y = at
    for piece, face in fonts.runs(text, size, weight):
        # On one baseline, whatever the typefaces think of their heights.
        brush.text((x, y + size * 0.95), piece, font=face, fill=fill, anchor="ls")
        x += face.getlength(piece)


def _author(image: Image.Image, brush: ImageDraw.ImageDraw, card: Card) -> None:
    top, edge = 524, 64
    image.paste(*_portrait(card, edge, (_MARGIN, top)))
    left = float(_MARGIN + edge + 20)
    drawn = card.name if fonts.covers(card.name) >= _LEAST_COVERED else card.handle
    name = wrap(drawn, 32, 600, 520, most=1)
    _line(brush, (left, top + 12), name[0] if name else "", size=32, weight=600, fill=_TEXT)
    left += fonts.width(name[0] if name else "", 32, 600) + 14
    _line(brush, (left, top + 12), f"@{card.handle}", size=30, weight=500, fill=_MUTED)


def _portrait(card: Card, edge: int, at: tuple[int, int]) -> tuple[Image.Image, tuple[int, int], Image.Image]:
    """The avatar as a disc with its place and mask; a disc with the first letter for who has none."""
    mask = Image.new("L", (edge * 4, edge * 4))
    ImageDraw.Draw(mask).ellipse((0, 0, edge * 4, edge * 4), fill=255)
    disc = mask.resize((edge, edge), Image.Resampling.LANCZOS)
    if card.avatar and (face := _open(card.avatar)):
        return ImageOps.fit(face.convert("RGB"), (edge, edge), Image.Resampling.LANCZOS), at, disc
    tone = _GROUNDS[hashlib.blake2b(card.handle.encode(), digest_size=1).digest()[0] % len(_GROUNDS)]
    plain = Image.new("RGB", (edge, edge), tone)
    letter, size = (card.handle[:1] or "·").upper(), edge // 2
    left = (edge - fonts.width(letter, size, 700)) / 2
    _line(ImageDraw.Draw(plain), (left, edge * 0.2), letter, size=size, weight=700, fill=_TEXT)
    return plain, at, disc


def _open(data: bytes) -> Image.Image | None:
    """One of our own renditions; None when it cannot be read (any more)."""
    try:
        image = Image.open(BytesIO(data), formats=("WEBP",))
        image.load()
    except (OSError, ValueError):
        return None
    return image
