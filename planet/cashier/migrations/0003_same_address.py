"""Who has sent money to an address that others sent to, too."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """An index, built while withdrawals go on."""

    atomic = False

    dependencies = [("cashier", "0002_approvals")]

    operations = [
        AddIndexConcurrently(
            model_name="withdrawal",
            index=models.Index(
                condition=models.Q(("state__in", ["sent", "confirmed"])),
                fields=["network", "address", "user"],
                name="cashier_same_address",
            ),
        ),
    ]
