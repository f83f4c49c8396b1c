"""A video while it is on its way, as browsers are told."""

from typing import Any

from planet.web import images
from posts.models import Video


def video_state(row: Video) -> dict[str, Any]:
    """Where an upload stands: state, bytes received and of how many, per cent encoded, poster, why it failed."""
    return {
        "id": str(row.pk),
        "state": row.state,
        "offset": row.received,
        "size": row.size,
        "percent": row.percent,
        "reason": row.reason,
        "poster": images.url(row.poster, 480) if row.poster else "",
    }
