"""How hot posts are: a row beside each post, so that a new score does not touch the post and its indexes."""

from typing import ClassVar

from django.db import models

from creators.models import Creator
from posts.models.post import Post


class PostScore(models.Model):
    """The score of a public post that is no repost and no later part of a thread (posts.ranking); folded in batches."""

    post = models.OneToOneField(Post, on_delete=models.CASCADE, primary_key=True, related_name="+")
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="+", db_index=False)
    score = models.FloatField()
    value = models.FloatField(default=0)  # V: what the engagement of others amounts to

    class Meta:
        indexes: ClassVar = [
            # The hottest of all, and of an author; without a look at the table.
            models.Index(fields=["-score", "-post"], include=["creator"], name="score_hottest"),
            models.Index(fields=["creator", "-score", "-post"], name="score_of_creator"),
        ]
