"""The typefaces for pictures of links: Inter where it is installed, and for what it lacks whatever the machine has.

An operator may put more into `fonts/` of the data directory. A character that no typeface has is left out, so that no
picture shows boxes; `covers` tells how much of a text would be left.
"""

from functools import cache, lru_cache
from pathlib import Path
from typing import Final

import regex
from django.conf import settings
from PIL import ImageFont

Face = ImageFont.FreeTypeFont

_SYSTEM: Final = ("/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts", "/Library/Fonts")
# In the order in which they are asked for a character.
_WANTED: Final = (
    "DejaVuSans-Bold.ttf",
    "LiberationSans-Bold.ttf",
    "NotoSans-Bold.ttf",
    "NotoSansCJK-Bold.ttc",
    "NotoSansCJK-Medium.ttc",
    "NotoSansCJK-Regular.ttc",
    "NotoSansSC-Bold.otf",
    "NotoSansCJKsc-Bold.otf",
    "SourceHanSansSC-Bold.otf",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "DroidSansFallbackFull.ttf",
    "PingFang.ttc",
)
_SIMPLIFIED: Final = 2  # the face of that name in Noto's collections: JP, KR, SC, TC, HK
_NOWHERE: Final = "\uffff"  # in no typeface
_SEEN: Final = regex.compile(r"\S")


@cache
def _files() -> tuple[Path, ...]:
    """The files of the typefaces, the preferred first."""
    inter = settings.INTER_DIR / "files"
    found = [inter / name for name in ("inter-latin-wght-normal.woff2", "inter-latin-ext-wght-normal.woff2")]
    own = Path(settings.DATA_DIR) / "fonts"
    found += sorted(path for path in own.glob("*") if path.suffix in (".ttf", ".otf", ".ttc", ".woff2"))
    have: dict[str, Path] = {}
    for folder in _SYSTEM:
        for path in Path(folder).rglob("*.[to]t[fc]") if Path(folder).is_dir() else ():
            have.setdefault(path.name, path)
    found += [have[name] for name in _WANTED if name in have]
    return tuple(path for path in found if path.is_file())


@lru_cache(maxsize=64)
def faces(size: int, weight: int = 700) -> tuple[Face, ...]:
    """The typefaces in a size, the preferred first; at least one."""
    loaded = [face for path in _files() if (face := _load(path, size, weight))]
    if not loaded:
        built_in = ImageFont.load_default(size)
        loaded = [built_in] if isinstance(built_in, ImageFont.FreeTypeFont) else []
    return tuple(loaded)


def _load(path: Path, size: int, weight: int) -> Face | None:
    try:
        face = ImageFont.truetype(str(path), size, index=_SIMPLIFIED if path.name.startswith("NotoSansCJK") else 0)
        if "wght" in path.name:
            face.set_variation_by_axes([weight])
    except OSError:
        return None  # damaged, or of a kind that this FreeType does not read
    return face


@lru_cache(maxsize=20_000)
def face_of(character: str, size: int, weight: int) -> Face | None:
    """The first typeface that has the character, or None."""
    return next((face for face in faces(size, weight) if _has(face, character)), None)


def _has(face: Face, character: str) -> bool:
    return character.isspace() or bytes(face.getmask(character)) != bytes(face.getmask(_NOWHERE))


def drawable(text: str, size: int, weight: int) -> str:
    """The text without the characters that cannot be drawn."""
    return "".join(character for character in text if face_of(character, size, weight))


def covers(text: str) -> float:
    """How much of a text can be drawn: 1 is all of it."""
    visible = _SEEN.findall(text)
    return sum(face_of(one, 48, 700) is not None for one in visible) / len(visible) if visible else 1.0


def runs(text: str, size: int, weight: int) -> list[tuple[str, Face]]:
    """The text in pieces of one typeface each; what none has is left out."""
    found: list[tuple[str, Face]] = []
    for character in text:
        face = face_of(character, size, weight)
        if face is None:
            continue
        if found and (found[-1][1] is face or character.isspace()):
            found[-1] = (found[-1][0] + character, found[-1][1])
        else:
            found.append((character, face))
    return found


def width(text: str, size: int, weight: int) -> float:
    """How many pixels wide a line is."""
    return sum(face.getlength(piece) for piece, face in runs(text, size, weight))
