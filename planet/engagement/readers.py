"""A creator's distinct readers in any window, exactly, without looking at all of them.

Whoever read on a day has a row for that day and subject: the content, and its creator. It knows the days on which the
same viewer read before and after, so the first reading in a window is known by itself, and how many of a day's readers
came back after how long is a sum (Return). The roll-up writes the rows; their neighbours are looked up here, some at a
time: a row without them is in no count yet.
"""

from typing import Final

from django.db import connection, transaction

from planet.engagement import sql
from planet.engagement.models import Progress, Reader

AT_ONCE: Final = 10_000  # days of readers in one transaction

# Everything that roll_up would have made beside the days and hours themselves.
_FILL: Final = """
INSERT INTO engagement_reader (subject_id, viewer_id, day, is_guest, hours)
SELECT subject_id, viewer_id, day, bool_or(is_guest), bit_or(hours)
  FROM engagement_day CROSS JOIN LATERAL (VALUES (creator_id), (content_id)) AS of (subject_id)
 WHERE dwell_ms >= 3000 GROUP BY subject_id, viewer_id, day;
INSERT INTO engagement_creatorhour
       (creator_id, hour, impressions, dwell_ms, feed, profile, topic, search, direct, other)
SELECT creator_id, hour, sum(impressions), sum(dwell_ms), sum(feed), sum(profile), sum(topic), sum(search), sum(direct),
       sum(other)
  FROM engagement_hour GROUP BY creator_id, hour
"""


def link() -> None:
    """Look up whatever neighbours are not known. Nothing while somebody else does."""
    while _link():
        pass


@transaction.atomic
def _link() -> bool:
    """One batch; whether more waits."""
    progress = Progress.objects.select_for_update(skip_locked=True).filter(pk=1).first()
    if progress is None or not Reader.objects.filter(prev=None).exists():
        return False
    with connection.cursor() as cursor:
        cursor.execute(sql.LINK, {"most": AT_ONCE})
    return Reader.objects.filter(prev=None).exists()


def fill() -> None:
    """For whoever writes days and hours without the roll-up (the demo planet): the readers and sums of them all."""
    with connection.cursor() as cursor:
        cursor.execute(_FILL)
    link()
