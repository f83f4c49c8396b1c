"""The readers and creators' hours of what was seen before there were any; the worker links the readers, in batches."""

from django.db import migrations

FILL = """
INSERT INTO engagement_reader (subject_id, viewer_id, day, is_guest, hours)
SELECT subject_id, viewer_id, day, bool_or(is_guest), bit_or(hours)
  FROM engagement_day CROSS JOIN LATERAL (VALUES (creator_id), (content_id)) AS of (subject_id)
 WHERE dwell_ms >= 3000 GROUP BY subject_id, viewer_id, day;
INSERT INTO engagement_creatorhour
       (creator_id, hour, impressions, dwell_ms, feed, profile, topic, search, direct, other)
SELECT creator_id, hour, sum(impressions), sum(dwell_ms), sum(feed), sum(profile), sum(topic), sum(search), sum(direct),
       sum(other)
  FROM engagement_hour GROUP BY creator_id, hour;
"""


class Migration(migrations.Migration):
    dependencies = [("engagement", "0006_readers")]

    operations = [migrations.RunSQL(FILL, "TRUNCATE engagement_reader, engagement_return, engagement_creatorhour")]
