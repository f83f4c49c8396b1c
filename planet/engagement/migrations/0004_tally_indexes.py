"""What the tallies are kept and read by."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

# A condition that Django cannot write. What was tallied is not in it: it is as small as what the worker has to do.
UNTALLIED = """
CREATE INDEX CONCURRENTLY interaction_untallied ON engagement_interaction (creator_id)
 WHERE counted_at IS DISTINCT FROM CASE WHEN removed_at IS NULL THEN at END
"""


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("engagement", "0003_tallies")]

    operations = [
        AddIndexConcurrently(
            "interaction", models.Index(fields=["viewer", "at"], name="interaction_of_viewer")
        ),
        AddIndexConcurrently(
            "interaction",
            models.Index(
                fields=["ref"], condition=models.Q(("ref", models.F("content_id")), _negated=True), name="interaction_made"
            ),
        ),
        migrations.RunSQL(UNTALLIED, "DROP INDEX CONCURRENTLY interaction_untallied"),
    ]
