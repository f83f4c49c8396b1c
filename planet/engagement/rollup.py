"""From raw events to what is read: days of viewers, hours of content, and the dwell that preceded each interaction.

Set-based: a batch of events is added to the aggregates by one statement, in one transaction with the mark of how far
it has come, so nothing is added twice.
"""

from datetime import UTC, timedelta
from typing import Final

from django.db import connection, transaction

from planet.engagement.models import Progress

# Browsers report every ten seconds, and at once before a press: what was seen before it arrives within this.
LATE: Final = timedelta(seconds=15)
LOOKED_UP: Final = 5000  # interactions in one transaction

_SUMS: Final = """sum(impressions), sum(dwell_ms),
       coalesce(sum(impressions) FILTER (WHERE place = 1), 0), coalesce(sum(impressions) FILTER (WHERE place = 2), 0),
       coalesce(sum(impressions) FILTER (WHERE place = 3), 0), coalesce(sum(impressions) FILTER (WHERE place = 4), 0),
       coalesce(sum(impressions) FILTER (WHERE place = 5), 0),
       coalesce(sum(impressions) FILTER (WHERE place NOT BETWEEN 1 AND 5), 0)"""
_ADDED: Final = """
   SET impressions = h.impressions + excluded.impressions, dwell_ms = h.dwell_ms + excluded.dwell_ms,
       feed = h.feed + excluded.feed, profile = h.profile + excluded.profile, topic = h.topic + excluded.topic,
       search = h.search + excluded.search, direct = h.direct + excluded.direct, other = h.other + excluded.other"""
_ROLL_UP: Final = f"""
WITH fresh AS MATERIALIZED (
    SELECT content_id, viewer_id, creator_id, is_guest, place, date_trunc('hour', at, 'UTC') AS hour,
           sum(is_first::int)::int AS impressions, sum(dwell_ms)::bigint AS dwell_ms
      FROM engagement_event
     WHERE batch > %(after)s AND batch <= %(upto)s AND at >= %(since)s
       AND viewer_id <> creator_id  -- looking at what is one's own is no attention
     GROUP BY content_id, viewer_id, creator_id, is_guest, place, hour
), days AS (
    INSERT INTO engagement_day AS d
           (content_id, viewer_id, day, creator_id, is_guest, impressions, dwell_ms, hours)
    SELECT content_id, viewer_id, (hour AT TIME ZONE 'UTC')::date AS day, any_value(creator_id), bool_or(is_guest),
           sum(impressions), sum(dwell_ms), bit_or(1 << extract(hour FROM hour AT TIME ZONE 'UTC')::int)
      FROM fresh GROUP BY content_id, viewer_id, day ORDER BY content_id, viewer_id, day
    ON CONFLICT (content_id, viewer_id, day) DO UPDATE
       SET impressions = d.impressions + excluded.impressions, dwell_ms = d.dwell_ms + excluded.dwell_ms,
           hours = d.hours | excluded.hours
    RETURNING content_id, viewer_id, day, creator_id, is_guest, dwell_ms, hours
), readers AS (
    INSERT INTO engagement_reader AS r (subject_id, viewer_id, day, is_guest, hours)
    SELECT subject_id, viewer_id, day, bool_or(is_guest), bit_or(hours)
      FROM days CROSS JOIN LATERAL (VALUES (creator_id), (content_id)) AS of (subject_id)
     WHERE dwell_ms >= 3000 GROUP BY subject_id, viewer_id, day ORDER BY subject_id, viewer_id, day
    ON CONFLICT (subject_id, viewer_id, day) DO UPDATE SET hours = r.hours | excluded.hours
     WHERE r.hours <> r.hours | excluded.hours
), creators AS (
    INSERT INTO engagement_creatorhour AS h
           (creator_id, hour, impressions, dwell_ms, feed, profile, topic, search, direct, other)
    SELECT creator_id, hour, {_SUMS} FROM fresh GROUP BY creator_id, hour ORDER BY creator_id, hour
    ON CONFLICT (creator_id, hour) DO UPDATE {_ADDED}
)
INSERT INTO engagement_hour AS h
       (content_id, hour, creator_id, impressions, dwell_ms, feed, profile, topic, search, direct, other)
SELECT content_id, hour, any_value(creator_id), {_SUMS} FROM fresh GROUP BY content_id, hour ORDER BY content_id, hour
ON CONFLICT (content_id, hour) DO UPDATE {_ADDED}
"""  # noqa: S608  # constants of this module

# Earlier days from the roll-up, the day itself from the raw events up to the moment.
_LOOK_UP: Final = """
WITH waiting AS MATERIALIZED (
    SELECT id, viewer_id, content_id, at, date_trunc('day', at, 'UTC') AS midnight FROM engagement_interaction
     WHERE dwell_ms IS NULL AND at < %(until)s ORDER BY at LIMIT %(most)s
), before AS (
    SELECT w.id, sum(d.dwell_ms) AS dwell_ms, sum(d.impressions) AS impressions
      FROM waiting w JOIN engagement_day d ON d.content_id = w.content_id AND d.viewer_id = w.viewer_id
       AND d.day < (w.midnight AT TIME ZONE 'UTC')::date
     GROUP BY w.id
), same AS (
    SELECT w.id, sum(e.dwell_ms) AS dwell_ms, sum(e.is_first::int) AS impressions
      FROM waiting w JOIN engagement_event e ON e.content_id = w.content_id AND e.viewer_id = w.viewer_id
       AND e.at >= w.midnight AND e.at < w.at + make_interval(secs => %(late)s)
     WHERE e.at >= (SELECT min(midnight) FROM waiting) AND e.at < %(until)s
     GROUP BY w.id
)
UPDATE engagement_interaction i
   SET dwell_ms = least(2147483647, coalesce(b.dwell_ms, 0) + coalesce(s.dwell_ms, 0)),
       is_served = coalesce(b.impressions, 0) + coalesce(s.impressions, 0) > 0
  FROM waiting w LEFT JOIN before b USING (id) LEFT JOIN same s USING (id)
 WHERE i.id = w.id
"""


def roll_up() -> int:
    """Add the batches that were drained since the last time; returns how many."""
    with transaction.atomic():
        progress = Progress.objects.select_for_update(skip_locked=True).filter(pk=1).first()
        if progress is None or progress.fresh_since is None:
            return 0
        batches = progress.batch - progress.rolled_up
        with connection.cursor() as cursor:
            cursor.execute(
                _ROLL_UP, {"after": progress.rolled_up, "upto": progress.batch, "since": progress.fresh_since}
            )
        progress.rolled_up, progress.fresh_since = progress.batch, None
        progress.save()
        return batches


def look_up_dwell() -> int:
    """Write down how long each new interaction's viewer had looked; returns of how many.

    Only of those whose beacons have certainly been written: LATE before the drain last found the stream empty.
    """
    total = 0
    while (found := _look_up()) > 0:
        total += found
        if found < LOOKED_UP:
            break
    return total


@transaction.atomic
def _look_up() -> int:
    progress = Progress.objects.select_for_update(skip_locked=True).filter(pk=1).first()
    if progress is None or progress.drained_at is None or progress.fresh_since is not None:
        return 0
    until = progress.drained_at.astimezone(UTC) - LATE
    with connection.cursor() as cursor:
        cursor.execute(_LOOK_UP, {"until": until, "late": LATE.total_seconds(), "most": LOOKED_UP})
        return int(cursor.rowcount)
