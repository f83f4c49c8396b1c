"""Readers by days with their neighbours, and a creator's hours: what was there before is added up by the next one."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('engagement', '0005_stale_verdicts'),
    ]

    operations = [
        migrations.CreateModel(
            name='CreatorHour',
            fields=[
                ('hour', models.DateTimeField()),
                ('impressions', models.PositiveIntegerField()),
                ('dwell_ms', models.PositiveBigIntegerField()),
                ('feed', models.PositiveIntegerField(default=0)),
                ('profile', models.PositiveIntegerField(default=0)),
                ('topic', models.PositiveIntegerField(default=0)),
                ('search', models.PositiveIntegerField(default=0)),
                ('direct', models.PositiveIntegerField(default=0)),
                ('other', models.PositiveIntegerField(default=0)),
                ('pk', models.CompositePrimaryKey('creator_id', 'hour', blank=True, editable=False, primary_key=True, serialize=False)),
                ('creator_id', models.UUIDField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Reader',
            fields=[
                ('pk', models.CompositePrimaryKey('subject_id', 'viewer_id', 'day', blank=True, editable=False, primary_key=True, serialize=False)),
                ('subject_id', models.UUIDField()),
                ('viewer_id', models.UUIDField()),
                ('day', models.DateField()),
                ('is_guest', models.BooleanField()),
                ('hours', models.PositiveIntegerField()),
                ('prev', models.DateField(null=True)),
                ('next', models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Return',
            fields=[
                ('pk', models.CompositePrimaryKey('subject_id', 'day', 'prev', blank=True, editable=False, primary_key=True, serialize=False)),
                ('subject_id', models.UUIDField()),
                ('day', models.DateField()),
                ('prev', models.DateField()),
                ('many', models.IntegerField()),
            ],
        ),
        migrations.RemoveIndex(
            model_name='day',
            name='engagement_day_creator',
        ),
        migrations.RemoveIndex(
            model_name='hour',
            name='engagement_hour_creator',
        ),
        migrations.AddIndex(
            model_name='reader',
            index=models.Index(fields=['subject_id', 'day'], include=('viewer_id', 'hours', 'prev', 'next'), name='reader_of_day'),
        ),
        migrations.AddIndex(
            model_name='reader',
            index=models.Index(condition=models.Q(('prev', None)), fields=['subject_id', 'viewer_id'], name='reader_unlinked'),
        ),
        migrations.AddIndex(
            model_name='reader',
            index=models.Index(condition=models.Q(('is_guest', True)), fields=['day'], name='reader_guest'),
        ),
    ]
