"""What there is of exports."""

from collections.abc import Sequence

from groups.models import Export, Group

SHOWN = 10


def shown(group: Group) -> Sequence[Export]:
    """The last exports of a group, the newest first. One query."""
    return list(Export.objects.filter(group=group).select_related("by").order_by("-id")[:SHOWN])
