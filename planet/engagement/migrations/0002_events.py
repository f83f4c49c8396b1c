"""The raw events: a table partitioned by week, without a model and without keys (planet.engagement.partitions).

No B-tree: what is written in the order of time is found by a BRIN index of a few kilobytes, and COPY stays as fast as
PostgreSQL can. The drain and the nightly task make the partitions.
"""

from django.db import migrations

CREATE = """
CREATE TABLE engagement_event (
    at timestamptz NOT NULL,
    page bigint NOT NULL,
    viewer_id uuid NOT NULL,
    creator_id uuid NOT NULL,
    content_id uuid NOT NULL,
    batch integer NOT NULL,
    dwell_ms integer NOT NULL,
    place smallint NOT NULL,
    is_guest boolean NOT NULL,
    is_first boolean NOT NULL
) PARTITION BY RANGE (at);
CREATE INDEX engagement_event_at ON engagement_event USING brin (at) WITH (pages_per_range = 32);
CREATE INDEX engagement_event_batch ON engagement_event USING brin (batch) WITH (pages_per_range = 32);
"""


class Migration(migrations.Migration):
    """Creates the table."""

    dependencies = [("engagement", "0001_initial")]

    operations = [migrations.RunSQL(CREATE, "DROP TABLE engagement_event")]
