"""Where videos lie, and what they are called.

A video's key is `video/<2 hex>/<32 hex>-<width>x<height>`, like a picture's: it cannot be guessed, and never changes
what it shows. Under it lie `master.m3u8` and, for each rendition, `<edge>.m3u8` and `<edge>.mp4`.
"""

import re
import secrets
import tempfile
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.core.files.base import File
from django.core.files.storage import default_storage

from planet.web import images
from planet.web.video import encode
from planet.web.video.errors import BadVideo
from planet.web.video.probe import probe

MASTER: Final = "master.m3u8"
_KEY: Final = r"video/([0-9a-f]{2})/\1[0-9a-f]{30}-[0-9]{1,4}x[0-9]{1,4}"
_SHELVES: Final = ("video", "private/video")  # for everybody; and without addresses, as planet.web.shelves copies them
_TYPES: Final = {"m3u8": "application/vnd.apple.mpegurl", "mp4": "video/mp4"}
_INSIDE = re.compile(r"master\.m3u8|(?:360|720)\.(?:m3u8|mp4)")
_FILE = re.compile(rf"{_KEY}/(?:{_INSIDE.pattern})")

OnPercent = Callable[[int], None]


@dataclass(frozen=True)
class Stored:
    """A stored video: its key, its size and length, the shorter edges of its renditions, its poster's picture."""

    key: str
    width: int
    height: int
    seconds: float
    edges: tuple[int, ...]
    poster: images.Stored


def make(path: Path, *, percent: OnPercent | None = None) -> Stored:
    """Judge, encode and store an upload that lies at `path`; `percent` hears how far it is.

    Raises BadVideo; then nothing is stored. Takes about as long as the video, for each rendition.
    """
    with tempfile.TemporaryDirectory(prefix="planet-video-") as made:
        directory = Path(made)
        found = probe(path)
        renditions = encode.wanted(found)
        for place, rendition in enumerate(renditions):
            encode.encode(path, found, rendition, directory, _part(percent, place, len(renditions), found.seconds))
        (directory / MASTER).write_text(encode.master(found, renditions))
        still = _poster(encode.poster(path, found, directory))
        width, height = encode.size_of(found, renditions[-1])
        token = secrets.token_hex(16)
        key = f"video/{token[:2]}/{token}-{width}x{height}"
        edges = tuple(rendition.edge for rendition in renditions)
        try:
            for name in _inside(edges):
                with (directory / name).open("rb") as file:
                    default_storage.save(f"{key}/{name}", File(file))
        except BaseException:
            images.discard(still.key)
            discard(key)
            raise
    return Stored(key, width, height, found.seconds, edges, still)


def _poster(path: Path) -> images.Stored:
    try:
        with path.open("rb") as file:
            return images.store(file, kind="picture")
    except images.BadImage as error:
        raise BadVideo(error.message) from error


def _part(percent: OnPercent | None, place: int, count: int, seconds: float) -> Callable[[float], None] | None:
    if percent is None:
        return None
    return lambda done: percent(min(99, int(100 * (place + min(1.0, done / seconds)) / count)))


def _inside(edges: tuple[int, ...]) -> list[str]:
    return [*(f"{edge}.{kind}" for edge in edges for kind in ("mp4", "m3u8")), MASTER]


def size(key: str) -> tuple[int, int]:
    """Width and height of the largest rendition, in pixels; they are part of the key."""
    width, height = key.rpartition("-")[2].split("x")
    return int(width), int(height)


def largest(key: str) -> str:
    """The name of the largest rendition's film."""
    edge = min(size(key))
    return next(
        (f"{one.edge}.mp4" for one in encode.RENDITIONS if one.edge >= edge), f"{encode.RENDITIONS[-1].edge}.mp4"
    )


def names(key: str) -> list[str]:
    """The names of what is stored of a video."""
    return [f"{key}/{name}" for name in _listed(key)[1]]


def url(key: str, name: str = MASTER) -> str:
    """The address of the video, or of one of its files."""
    return default_storage.url(f"{key}/{name}")


def is_file(name: str) -> bool:
    """Whether a storage name is one that `make` can have made, and that everybody may see."""
    return _FILE.fullmatch(name) is not None


def type_of(name: str) -> str:
    """The media type of one of a video's files."""
    return _TYPES[name.rpartition(".")[2]]


def is_inside(name: str) -> bool:
    """Whether a file of a video can have this name."""
    return _INSIDE.fullmatch(name) is not None


def discard(key: str) -> None:
    """Delete a video. What is not there does no harm."""
    for name in names(key):
        default_storage.delete(name)
    default_storage.delete(key)


def sweep(in_use: Callable[[Collection[str]], Collection[str]], *, now: datetime, grace: timedelta) -> int:
    """Delete the videos that are not `in_use` and older than `grace`: what a crash left. Returns how many."""
    swept = 0
    for shelf in _SHELVES:
        for shard in _listed(shelf)[0]:
            keys = {f"{shelf}/{shard}/{token}" for token in _listed(f"{shelf}/{shard}")[0]}
            for key in keys - set(in_use(keys)) if keys else ():
                if all(default_storage.get_modified_time(name) < now - grace for name in names(key)):
                    discard(key)
                    swept += 1
    return swept


def _listed(path: str) -> tuple[list[str], list[str]]:
    try:
        return default_storage.listdir(path)
    except FileNotFoundError:
        return [], []
