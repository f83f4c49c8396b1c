"""Short videos: judged, re-encoded to HLS within bounds, kept in Django's default storage beside the pictures."""

from planet.web.video.errors import BadVideo
from planet.web.video.store import (
    MASTER,
    Stored,
    discard,
    is_file,
    is_inside,
    largest,
    make,
    names,
    size,
    sweep,
    type_of,
    url,
)

__all__ = [
    "MASTER",
    "BadVideo",
    "Stored",
    "discard",
    "is_file",
    "is_inside",
    "largest",
    "make",
    "names",
    "size",
    "sweep",
    "type_of",
    "url",
]
