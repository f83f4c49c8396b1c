"""When the provider said of a payout that it never heard of it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column."""

    dependencies = [
        ('cashier', '0003_same_address'),
    ]

    operations = [
        migrations.AddField(
            model_name='withdrawal',
            name='unheard_at',
            field=models.DateTimeField(null=True),
        ),
    ]
