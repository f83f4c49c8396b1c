"""Two shelves of the storage: what everybody may see, and below `private/` what only some may.

A picture is `picture/…` or `private/…`, a video `video/…` or `private/video/…`. What changes shelves is copied to a
fresh key: whoever knew the old one knows nothing of the new one, and until the change is committed and the old one
deleted both are whole. What a crash leaves of either is in no table, and swept.
"""

import secrets
from contextlib import suppress
from typing import Final

from django.core.files.storage import default_storage

from planet.web import images, video

PRIVATE: Final = "private/"
_VIDEO: Final = "video/"


def is_private(key: str) -> bool:
    """Whether a stored thing has no address of its own."""
    return key.startswith(PRIVATE)


def is_video(key: str) -> bool:
    """Whether a key is a video's, on either shelf."""
    return key.removeprefix(PRIVATE).startswith(_VIDEO)


def copy(key: str, *, private: bool) -> str:
    """Copy a picture or a video to the other shelf: its key there. Raises FileNotFoundError, and leaves nothing."""
    target = _fresh(key, private=private)
    names = default_storage.listdir(key)[1]
    if not names:
        raise FileNotFoundError(key)
    try:
        for name in names:
            with default_storage.open(f"{key}/{name}") as file:
                default_storage.save(f"{target}/{name}", file)
    except BaseException:
        with suppress(OSError):  # what stays is swept
            discard(target)
        raise
    return target


def discard(key: str) -> None:
    """Delete a picture or a video. Harmless for one that is gone."""
    if is_video(key):
        video.discard(key)
    else:
        images.discard(key)


def _fresh(key: str, *, private: bool) -> str:
    """A key of the same thing on that shelf, of which nobody knows."""
    token = secrets.token_hex(16)
    size = key.rpartition("-")[2]
    shelf = (PRIVATE if private else "") + (_VIDEO if is_video(key) else "") or "picture/"
    return f"{shelf}{token[:2]}/{token}-{size}"
