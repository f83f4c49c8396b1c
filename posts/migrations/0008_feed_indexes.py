from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("posts", "0007_feeds"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='comment',
            index=models.Index(condition=models.Q(('root', None)), fields=['post', '-rank', '-id'], name='comment_best_of_post'),
        ),
        AddIndexConcurrently(
            model_name='post',
            index=models.Index(condition=models.Q(('deleted_at', None), ('part', 0)), fields=['creator', '-id'], include=('repost_of', 'audience'), name='post_in_feed_of_creator'),
        ),
        AddIndexConcurrently(
            model_name='post',
            index=models.Index(condition=models.Q(('deleted_at', None), ('part', 0)), fields=['-id'], include=('creator', 'repost_of', 'audience'), name='post_in_feed'),
        ),
        AddIndexConcurrently(
            model_name='posttag',
            index=models.Index(condition=models.Q(('score__gt', 0)), fields=['tag', '-score', '-post'], name='post_tag_hottest'),
        ),
        RemoveIndexConcurrently(
            model_name='post',
            name='post_of_creator',
        ),
        RemoveIndexConcurrently(
            model_name='post',
            name='post_newest',
        ),
    ]
