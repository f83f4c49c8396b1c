from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # no writer waits while a large table is indexed

    dependencies = [
        ("groups", "0007_exports"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="membership",
            index=models.Index(fields=["group", "accepted_at"], name="membership_by_coming"),
        ),
    ]
