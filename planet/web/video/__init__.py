"""Short videos: judged, re-encoded to HLS within bounds, kept in Django's default storage beside the pictures."""

from planet.web.video.errors import BadVideo
from planet.web.video.store import Stored, discard, is_file, largest, make, names, size, type_of, url

__all__ = ["BadVideo", "Stored", "discard", "is_file", "largest", "make", "names", "size", "type_of", "url"]
