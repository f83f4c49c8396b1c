from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("posts", "0013_tips"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="video",
            index=models.Index(condition=models.Q(("key", ""), _negated=True), fields=["key"], name="video_key"),
        ),
    ]
