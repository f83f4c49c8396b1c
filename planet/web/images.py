"""Pictures: decoded within bounds, re-encoded as WebP in fixed sizes, kept in Django's default storage.

A picture's key is `<kind>/<2 hex>/<32 hex>-<width>x<height>`: 128 random bits and the size of the largest rendition.
So a key cannot be guessed, an `<img>` gets its width and height without a query, and a key never changes what it
shows, which lets browsers keep it forever. Renditions lie at `<key>/<size>.webp`. Nobody knows a key before `store`
returns, therefore nobody can read a half-written rendition; whatever a crash leaves behind, `sweep` removes.

What is stored comes out of our own encoder, pixel by pixel: metadata, scripts, trailers and second formats inside the
upload do not survive.
"""

import logging
import re
import secrets
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from io import BytesIO
from typing import Final, Literal, Protocol

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageOps

logger = logging.getLogger(__name__)

Kind = Literal["avatar", "banner", "picture", "private"]

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_PIXELS: Final = 40_000_000
MAX_SCANS: Final = 100  # of a progressive JPEG: each costs a pass over all pixels; cameras make about ten
MAX_PROFILE_BYTES: Final = 1_000_000
FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")
ACCEPT: Final = "image/jpeg,image/png,image/webp,image/gif"  # for <input accept>
GRACE: Final = timedelta(days=1)

# Pillow's own guard, at the header, before ours: it raises at twice this.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS

# A decoded picture of 40 MP takes 160 MB: two at a time in a process, the others wait.
_decoding = threading.BoundedSemaphore(2)
_DECODING_WAIT_SECONDS = 20


class BadImage(Exception):
    """The upload is not a picture we accept; the message says why, translated when it is shown."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class Readable(Protocol):
    """Anything with bytes in it: an upload, an open file, a BytesIO."""

    def read(self, size: int = ..., /) -> bytes:
        """At most `size` bytes."""
        ...


@dataclass(frozen=True)
class Stored:
    """A stored picture: its key, and the size of its largest rendition in pixels."""

    key: str
    width: int
    height: int


@dataclass(frozen=True)
class _Spec:
    """`sizes` are the longest edges of the renditions; `aspect` crops around the middle; `least` is the smallest."""

    sizes: tuple[int, ...]
    aspect: tuple[int, int] | None
    least: tuple[int, int]


_SPECS: Final[dict[str, _Spec]] = {
    "avatar": _Spec((48, 96, 400), (1, 1), (48, 48)),
    "banner": _Spec((600, 1500), (3, 1), (300, 100)),
    "picture": _Spec((480, 960, 1600), None, (1, 1)),
    # Shown to some: has no address of its own. A view asks who looks, then sends it (planet.web.private).
    "private": _Spec((480, 960, 1600), None, (1, 1)),
}
_KEY = re.compile(r"(avatar|banner|picture|private)/([0-9a-f]{2})/\2[0-9a-f]{30}-([0-9]{1,4})x([0-9]{1,4})")
# A JPEG marker, but no stuffed FF, fill byte or restart marker.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_START_OF_SCAN: Final = b"\xff\xda"
_END_OF_IMAGE: Final = b"\xff\xd9"


# --- storing ------------------------------------------------------------------------------------------------------


def store(file: Readable, *, kind: Kind) -> Stored:
    """Decode, check and store an upload in the sizes of its `kind`. Raises BadImage; then nothing is stored."""
    spec = _SPECS[kind]
    data = _read(file)
    with _turn():
        image, lossless = _decode(data, spec)
        width, height = _fit(*image.size, spec.sizes[-1])
        token = secrets.token_hex(16)
        key = f"{kind}/{token[:2]}/{token}-{width}x{height}"
        renditions = [(size, _encode(image, size, lossless)) for size in _stored_sizes(spec, max(width, height))]
    _save(key, renditions)
    return Stored(key, width, height)


def decode(file: Readable, *, least: int, longest: int) -> Image.Image:
    """The upload as an upright sRGB picture within the same bounds, for what is not shown as media. Raises BadImage.

    Neither edge is below `least`; what is longer than `longest` is scaled down.
    """
    data = _read(file)
    with _turn():
        return _decode(data, _Spec((longest,), None, (least, least)))[0]


def find(key: str, *, kind: Kind) -> Stored | None:
    """The stored picture of this `kind` that a browser names; None when it is none of ours, or gone."""
    if not key.startswith(f"{kind}/") or not _KEY.fullmatch(key) or not default_storage.exists(_names(key)[0]):
        return None
    return Stored(key, *_parse(key)[1:])


def discard(key: str) -> None:
    """Delete a picture at once. Harmless for one that is gone."""
    for name in _names(key):
        default_storage.delete(name)
    # A directory is only there on file systems; object stores have none to delete.
    if default_storage.exists(key):
        default_storage.delete(key)


def _read(file: Readable) -> bytes:
    data = file.read(MAX_BYTES + 1)
    if not data:
        raise BadImage(_("The file is empty."))
    if len(data) > MAX_BYTES:
        raise BadImage(_("The picture is larger than 10 MB."))
    if _scans(data) > MAX_SCANS:
        raise BadImage(_("The picture is damaged or is not what its name says."))
    return data


def _scans(data: bytes) -> int:
    """How many scans a JPEG has; 0 for anything else. Walks the segments, so metadata and trailers do not count."""
    scans, at = 0, 2
    if not data.startswith(b"\xff\xd8"):
        return 0
    while (found := _MARKER.search(data, at)) and found[0] != _END_OF_IMAGE and scans <= MAX_SCANS:
        at = found.end()
        if found[0] == _START_OF_SCAN:
            scans += 1
        else:
            at += max(2, int.from_bytes(data[at : at + 2], "big"))
    return scans


@contextmanager
def _turn() -> Iterator[None]:
    if not _decoding.acquire(timeout=_DECODING_WAIT_SECONDS):
        raise BadImage(_("Too many pictures are being uploaded right now. Try again in a minute."))
    try:
        yield
    finally:
        _decoding.release()


def _decode(data: bytes, spec: _Spec) -> tuple[Image.Image, bool]:
    """The first frame upright, cropped, no larger than needed, as RGB or RGBA; and whether the source was lossless."""
    try:
        opened = Image.open(BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise BadImage(_("The picture has more than 40 megapixels.")) from None
    except Exception:  # noqa: BLE001  # Pillow's parsers raise whatever they trip over
        raise BadImage(_("This is not a picture we can read. Use JPEG, PNG, WebP or GIF.")) from None
    with opened:
        _check_size(opened.size, spec)
        try:
            return _normalise(opened, spec), opened.format in ("PNG", "GIF")
        except Exception as error:  # noqa: BLE001  # OSError, SyntaxError, struct.error, KeyError, …
            logger.info("undecodable upload: %s: %s", type(error).__name__, error)
            raise BadImage(_("The picture is damaged or is not what its name says.")) from None


def _check_size(size: tuple[int, int], spec: _Spec) -> None:
    """Judge by the header, before a pixel is decoded."""
    width, height = size
    if width * height > MAX_PIXELS:
        raise BadImage(_("The picture has more than 40 megapixels."))
    # Not yet turned upright, so compare short with short and long with long.
    if min(size) < min(spec.least) or max(size) < max(spec.least):
        raise BadImage(
            _("The picture is too small: it needs at least %(width)d × %(height)d pixels.")
            % {"width": spec.least[0], "height": spec.least[1]}
        )


def _normalise(image: Image.Image, spec: _Spec) -> Image.Image:
    largest = spec.sizes[-1]
    image.draft(None, (largest * 2, largest * 2))  # JPEG: decode no more than twice what is kept
    image.load()
    upright = ImageOps.exif_transpose(image)
    flat = _to_srgb(_eight_bits(upright), image.info.get("icc_profile"))
    if spec.aspect:
        flat = flat.crop(_middle(*flat.size, spec.aspect))
    width, height = _fit(*flat.size, largest)
    return flat.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _eight_bits(image: Image.Image) -> Image.Image:
    """The picture in RGB, RGBA or CMYK, eight bits a channel."""
    if image.mode in ("I;16", "I;16B", "I;16L", "I;16N", "I"):
        # A plain convert would clip at 255 instead of scaling 16 bits down.
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
    if image.mode in ("RGB", "RGBA", "CMYK"):
        return image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture in sRGB: phones shoot in wider colour spaces, and the profile is about to be stripped."""
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    if profile and len(profile) <= MAX_PROFILE_BYTES:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            if image.mode == "RGBA":
                alpha = image.getchannel("A")
                image = _convert_profile(image.convert("RGB"), source)
                image.putalpha(alpha)
            else:
                image = _convert_profile(image, source)
        except (ImageCms.PyCMSError, OSError, ValueError):
            logger.info("ignored an unusable colour profile")
    return image.convert(mode)


def _convert_profile(image: Image.Image, source: ImageCms.ImageCmsProfile) -> Image.Image:
    converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    if converted is None:
        raise ValueError("not converted")
    return converted


def _middle(width: int, height: int, aspect: tuple[int, int]) -> tuple[int, int, int, int]:
    """The largest box of this aspect around the middle."""
    across, down = aspect
    box_width = min(width, height * across // down) or 1
    box_height = min(height, width * down // across) or 1
    left, top = (width - box_width) // 2, (height - box_height) // 2
    return left, top, left + box_width, top + box_height


def _fit(width: int, height: int, edge: int) -> tuple[int, int]:
    """The size scaled so that its longest edge is at most `edge`; never scaled up, never below one pixel."""
    longest = max(width, height)
    if longest <= edge:
        return width, height
    return max(1, round(width * edge / longest)), max(1, round(height * edge / longest))


def _encode(image: Image.Image, size: int, lossless: bool) -> bytes:
    """The rendition of this size. An unscaled screenshot or chart stays lossless where that costs little."""
    width_height = _fit(*image.size, size)
    scaled = image if width_height == image.size else image.resize(width_height, Image.Resampling.LANCZOS)
    lossy = _webp(scaled, quality=82, method=4, use_sharp_yuv=True)
    if lossless and scaled is image:
        exact = _webp(scaled, lossless=True, quality=20, method=2)
        if len(exact) <= len(lossy) * 5 // 4:
            return exact
    return lossy


def _webp(image: Image.Image, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, "WEBP", exif=b"", xmp=b"", icc_profile=None, **options)
    return out.getvalue()


def _save(key: str, renditions: list[tuple[int, bytes]]) -> None:
    saved: list[str] = []
    try:
        for size, content in renditions:
            saved.append(_name(key, size))
            default_storage.save(saved[-1], ContentFile(content))
    except BaseException:
        for name in saved:
            default_storage.delete(name)
        raise


# --- showing ------------------------------------------------------------------------------------------------------


def url(key: str, size: int | str, at: str = "") -> str:
    """The address of the rendition of this `size`, or of the next smaller one that shows as much.

    A private picture has none of its own: `at` is the one below which a view shows it. Raises ValueError without.
    """
    spec, width, height = _parse(key)
    return _address(key, _rendition(spec, int(size), max(width, height)), at)


def _address(key: str, size: int, at: str) -> str:
    if at:
        return f"{at}{size}/"
    if key.startswith("private/"):
        raise ValueError("a private picture has no address")
    return default_storage.url(_name(key, size))


def rendition(key: str, size: int) -> str:
    """The storage name of what `url(key, size)` shows. Raises ValueError for what is no key."""
    spec, width, height = _parse(key)
    return _name(key, _rendition(spec, size, max(width, height)))


def dimensions(key: str, size: int | str) -> tuple[int, int]:
    """Width and height of what `url(key, size)` shows."""
    spec, width, height = _parse(key)
    return _fit(width, height, _rendition(spec, int(size), max(width, height)))


def largest(key: str) -> tuple[int, int]:
    """Width and height of the largest rendition: they stand in the key."""
    return _parse(key)[1:]


def widths(key: str, at: str = "") -> list[tuple[int, str]]:
    """Every rendition as (width in pixels, URL), the smallest first: a `srcset`; `at` as in `url`."""
    spec, width, height = _parse(key)
    return [(_fit(width, height, size)[0], _address(key, size, at)) for size in _stored_sizes(spec, max(width, height))]


def is_key(text: str, *kinds: Kind) -> bool:
    """Whether a text is a key that `store` can have made for these kinds of pictures. Looks at nothing else."""
    return text.partition("/")[0] in kinds and _KEY.fullmatch(text) is not None


def keys_in(text: str) -> set[str]:
    """The keys that stand anywhere in a text."""
    return {found[0] for found in _KEY.finditer(text)}


def is_rendition(name: str) -> bool:
    """Whether a storage name is one that `store` can have made, and that everybody may see."""
    key = name.rpartition("/")[0]
    if key.startswith("private/"):
        return False
    return _KEY.fullmatch(key) is not None and name in _names(key)


@lru_cache(maxsize=4096)
def _parse(key: str) -> tuple[_Spec, int, int]:
    match = _KEY.fullmatch(key)
    if match is None:
        raise ValueError(f"not a picture key: {key!r}")
    return _SPECS[match[1]], int(match[3]), int(match[4])


def _name(key: str, size: int) -> str:
    return f"{key}/{size}.webp"


def _names(key: str) -> list[str]:
    spec, width, height = _parse(key)
    return [_name(key, size) for size in _stored_sizes(spec, max(width, height))]


def _rendition(spec: _Spec, wanted: int, longest: int) -> int:
    """The smallest stored size that is at least `wanted`, or shows every pixel there is."""
    return next((size for size in spec.sizes if size >= min(wanted, longest)), spec.sizes[-1])


def _stored_sizes(spec: _Spec, longest: int) -> list[int]:
    """The sizes worth storing: up to the first that shows every pixel."""
    return [size for index, size in enumerate(spec.sizes) if index == 0 or spec.sizes[index - 1] < longest]


# --- sweeping -----------------------------------------------------------------------------------------------------

InUse = Callable[[Collection[str]], Collection[str]]
_keepers: dict[str, list[InUse]] = {}


def keep(kind: Kind, in_use: InUse) -> None:
    """Register, at start-up, a query that says which of some keys a table still shows.

    Every table that stores keys of a kind must register: what nobody claims is deleted by `sweep`. A kind that nobody
    registered for is never swept.
    """
    _keepers.setdefault(kind, []).append(in_use)


def sweep(*, now: datetime, grace: timedelta = GRACE) -> int:
    """Delete the pictures that no registered table shows and that are older than `grace`. Returns how many."""
    swept = 0
    for kind, queries in _keepers.items():
        for shard in _directories(kind):
            keys = {f"{kind}/{shard}/{token}" for token in _directories(f"{kind}/{shard}")}
            for query in queries:
                keys -= set(query(keys)) if keys else set()
            for key in keys:
                if _KEY.fullmatch(key) and _is_older(key, now - grace):
                    discard(key)
                    swept += 1
    return swept


def release(keys: Collection[str]) -> None:
    """Delete at once those of some pictures that no registered table shows (any more). Harmless for those gone."""
    for kind, queries in _keepers.items():
        left = {key for key in keys if key.startswith(f"{kind}/") and _KEY.fullmatch(key)}
        for query in queries:
            left -= set(query(left)) if left else set()
        for key in left:
            discard(key)


def _directories(path: str) -> list[str]:
    try:
        return default_storage.listdir(path)[0]
    except FileNotFoundError:
        return []


def _is_older(key: str, limit: datetime) -> bool:
    """Whether no rendition is younger than `limit`: a fresh one may belong to a form that is being saved now."""
    files = default_storage.listdir(key)[1]
    return all(default_storage.get_modified_time(f"{key}/{name}") < limit for name in files)
