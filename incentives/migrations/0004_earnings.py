"""What each content brought its creator in a settled week; written with the computing, and kept."""
# ruff: noqa: E501  # statements stand on one line

import django.db.models.deletion
import planet.ledger.fields
from django.db import migrations, models

FORWARD = """
-- Many at once, so they are looked at at once.
CREATE FUNCTION incentives_earnings_are_of_their_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM (SELECT DISTINCT award_id FROM written) e JOIN incentives_award a ON a.id = e.award_id
               JOIN incentives_settlement s ON s.id = a.settlement_id WHERE s.state <> 'closed') THEN
        RAISE EXCEPTION 'INSERT into incentives_earning refused: the settlement is not closed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER earnings_are_of_their_step AFTER INSERT ON incentives_earning REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION incentives_earnings_are_of_their_step();
CREATE TRIGGER earning_is_kept BEFORE UPDATE OR DELETE ON incentives_earning FOR EACH ROW EXECUTE FUNCTION incentives_is_kept();
CREATE TRIGGER earning_is_not_emptied BEFORE TRUNCATE ON incentives_earning FOR EACH STATEMENT EXECUTE FUNCTION incentives_is_kept();
"""
BACKWARD = """
DROP TRIGGER earnings_are_of_their_step ON incentives_earning;
DROP TRIGGER earning_is_kept ON incentives_earning;
DROP TRIGGER earning_is_not_emptied ON incentives_earning;
DROP FUNCTION incentives_earnings_are_of_their_step;
"""


class Migration(migrations.Migration):
    """The table and its guards."""

    dependencies = [
        ('incentives', '0003_estimates'),
    ]

    operations = [
        migrations.CreateModel(
            name='Earning',
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
                ('pseudonym', models.UUIDField(verbose_name='pseudonym')),
                ('content_id', models.UUIDField(null=True, verbose_name='content')),
                ('seconds', models.PositiveBigIntegerField(verbose_name='seconds')),
                ('likes', models.PositiveIntegerField(verbose_name='likes')),
                ('bookmarks', models.PositiveIntegerField(verbose_name='bookmarks')),
                ('comments', models.PositiveIntegerField(verbose_name='comments')),
                ('shares', models.PositiveIntegerField(verbose_name='reposts and quotes')),
                ('components', models.PositiveIntegerField(verbose_name='uses of a trading component')),
                ('award', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='earnings', to='incentives.award', verbose_name='award')),
            ],
            options={
                'verbose_name': 'earning',
                'verbose_name_plural': 'earnings',
                'indexes': [models.Index(fields=['award', '-points', '-id'], name='earning_most')],
                'constraints': [models.UniqueConstraint(fields=('award', 'pseudonym'), name='earning_once')],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
