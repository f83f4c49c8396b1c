from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("creators", "0001_initial")]

    operations = [
        AddIndexConcurrently(
            model_name="creator",
            index=models.Index(fields=["-followers_count"], name="creator_most_followed"),
        ),
    ]
