"""What an upload is, found out before anything of it is decoded."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.utils.translation import gettext_lazy as _

from planet.web.video.errors import BadVideo
from planet.web.video.ffmpeg import run

MAX_SECONDS: Final = 120
MAX_EDGE: Final = 4096
MAX_PIXELS: Final = 4096 * 2304
LEAST_EDGE: Final = 64
MAX_ASPECT: Final = 3.0
PROBE_SECONDS: Final = 30.0

_SIZE = re.compile(r"Stream #0:\d+.*?: Video: .*?, (\d{1,5})x(\d{1,5})")
_TURNED = re.compile(r"rotation of -?(?:90|270)\.")
_SOUND = re.compile(r"Stream #0:\d+.*?: Audio: ")


@dataclass(frozen=True)
class Probe:
    """An upload: how to read it (ffmpeg's demuxer), how long it is, how large it shows, whether it has sound."""

    demuxer: str
    seconds: float
    width: int
    height: int
    has_sound: bool


def demuxer_of(head: bytes) -> str:
    """The demuxer that the first bytes (12 will do) ask for. Raises BadVideo for what is no MP4, MOV, WebM or MKV."""
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free"):
        return "mov"
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return "matroska"
    raise BadVideo(_("This is no video that we know. MP4, MOV, WebM and MKV work."))


def source(demuxer: str, path: Path) -> list[str]:
    """The arguments that make ffmpeg read this file and nothing beside it."""
    apart = ["-enable_drefs", "0", "-use_absolute_path", "0"] if demuxer == "mov" else []
    return ["-protocol_whitelist", "file", "-f", demuxer, *apart, "-i", f"file:{path}"]


def probe(path: Path) -> Probe:
    """Judge the upload. Raises BadVideo with what is wrong with it."""
    with path.open("rb") as file:
        demuxer = demuxer_of(file.read(12))
    reached = [0.0]

    def reach(seconds: float) -> None:
        reached[0] = max(reached[0], seconds)

    # Its packets are counted, not decoded: what a header says of the length may be missing, or a lie.
    copied = ["-map", "0:v:0", "-map", "0:a:0?", "-c", "copy", "-f", "null", "-"]
    said = run([*source(demuxer, path), *copied], seconds=PROBE_SECONDS, level="info", progress=reach)
    size = _SIZE.search(said)
    if size is None:
        raise BadVideo(_("This file has no moving picture in it."))
    width, height = int(size[1]), int(size[2])
    if _TURNED.search(said):
        width, height = height, width
    _judge(reached[0], width, height)
    return Probe(demuxer, reached[0], width, height, _SOUND.search(said) is not None)


def _judge(seconds: float, width: int, height: int) -> None:
    if seconds > MAX_SECONDS + 0.5:
        raise BadVideo(_("A video has at most two minutes."))
    if seconds < 0.1:
        raise BadVideo(_("This file has no moving picture in it."))
    if max(width, height) > MAX_EDGE or width * height > MAX_PIXELS:
        raise BadVideo(_("This video is too large. 4K is the most we take."))
    if min(width, height) < LEAST_EDGE or max(width, height) > MAX_ASPECT * min(width, height):
        raise BadVideo(_("This video is too narrow to show."))
