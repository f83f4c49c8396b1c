"""What this app sends to the socket; always on commit."""

from uuid import UUID

from creators.models import Creator
from planet.realtime import publish


def followers(creator_id: UUID) -> None:
    """Tell those who look at the profile how many followers it has now."""
    count = Creator.objects.values_list("followers_count", flat=True).get(pk=creator_id)
    publish(f"creator:{creator_id}", "followers", {"count": count})
