"""Groups that close, and what filters put aside: other indexes, built beside a live table."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

OPEN = """
CREATE UNIQUE INDEX CONCURRENTLY notification_open_group ON notifications_notification
    (recipient_id, group_key, filtered) WHERE (NOT closed AND read_at IS NULL)
"""
UNREAD = """
CREATE UNIQUE INDEX CONCURRENTLY notification_unread_group ON notifications_notification
    (recipient_id, group_key) WHERE read_at IS NULL
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("notifications", "0002_channels_filters_push")]

    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(OPEN, "DROP INDEX CONCURRENTLY notification_open_group")],
            [
                migrations.AddConstraint(
                    model_name="notification",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("closed", False), ("read_at", None)),
                        fields=("recipient", "group_key", "filtered"),
                        name="notification_open_group",
                    ),
                )
            ],
        ),
        AddIndexConcurrently(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("read_at", None)),
                fields=["recipient", "filtered", "kind"],
                name="notification_unread",
            ),
        ),
        AddIndexConcurrently(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("filtered", True)),
                fields=["recipient", "-updated_at", "-id"],
                name="notification_filtered",
            ),
        ),
        # Last: until here the version before this one goes on working.
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL("DROP INDEX CONCURRENTLY notification_unread_group", UNREAD)],
            [migrations.RemoveConstraint(model_name="notification", name="notification_unread_group")],
        ),
    ]
