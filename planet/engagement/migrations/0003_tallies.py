"""What a creator's centre counts, added up; and on each interaction what of it was."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('engagement', '0002_events'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Stale',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('viewer_id', models.UUIDField()),
                ('week', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('pk', models.CompositePrimaryKey('subject_id', 'hour', 'kind', 'verdict', blank=True, editable=False, primary_key=True, serialize=False)),
                ('subject_id', models.UUIDField()),
                ('hour', models.DateTimeField()),
                ('kind', models.CharField(choices=[('like', 'Likes'), ('bookmark', 'Bookmarks'), ('comment', 'Comments'), ('share', 'Reposts and quotes'), ('component', 'Uses of a trading component')], max_length=9)),
                ('verdict', models.CharField(blank=True, max_length=10)),
                ('many', models.IntegerField()),
            ],
        ),
        migrations.AddField(
            model_name='interaction',
            name='counted_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='interaction',
            name='verdict',
            field=models.CharField(editable=False, max_length=10, null=True),
        ),
    ]
