"""What the running week would come to, for whoever looks at it before it is over."""

import django.db.models.deletion
import planet.ledger.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Estimates of the running week."""

    dependencies = [
        ('incentives', '0002_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Estimate',
            fields=[
                ('week', models.DateField(primary_key=True, serialize=False, verbose_name='week')),
                ('at', models.DateTimeField(verbose_name='computed at')),
                ('active_viewers', models.PositiveIntegerField(verbose_name='active viewers')),
                ('creators', models.PositiveIntegerField(verbose_name='creators')),
                ('funded_units', models.BigIntegerField(verbose_name='put into the pool')),
                ('rolled_in_units', models.BigIntegerField(verbose_name='rolled over from before')),
                ('points_nano', planet.ledger.fields.UnitsField(verbose_name='points')),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='incentives.policy', verbose_name='policy')),
            ],
            options={
                'verbose_name': 'estimate',
                'verbose_name_plural': 'estimates',
            },
        ),
        migrations.CreateModel(
            name='Prospect',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('viewers', models.PositiveIntegerField(verbose_name='viewers')),
                ('effect', planet.ledger.fields.UnitsField(verbose_name='effect')),
                ('felt', planet.ledger.fields.UnitsField(verbose_name='felt')),
                ('worth', planet.ledger.fields.UnitsField(verbose_name='worth')),
                ('budget', planet.ledger.fields.UnitsField(verbose_name="taken by the viewers' budgets")),
                ('mutual', planet.ledger.fields.UnitsField(verbose_name='taken between people who give each other')),
                ('linked', planet.ledger.fields.UnitsField(verbose_name='taken of linked accounts')),
                ('standing', planet.ledger.fields.UnitsField(verbose_name="taken by the creator's standing")),
                ('points', planet.ledger.fields.UnitsField(verbose_name='points')),
                ('amount_units', models.BigIntegerField(verbose_name='earned')),
                ('accrued_units', models.BigIntegerField(verbose_name='accrued before')),
                ('creator', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creator')),
                ('estimate', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='prospects', to='incentives.estimate', verbose_name='estimate')),
            ],
            options={
                'verbose_name': 'prospect',
                'verbose_name_plural': 'prospects',
                'constraints': [models.UniqueConstraint(fields=('creator', 'estimate'), name='prospect_once')],
            },
        ),
    ]
