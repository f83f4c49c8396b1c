"""Posts whose bells have not all rung yet."""

from django.db import models

from posts.models.post import Post


class Ringing(models.Model):
    """A new post that those are told of who rang the creator's bell; the row goes once all of them were.

    `after` is the key of the last bell that has rung: it moves in the transaction that tells, so nobody is told twice
    or left out, whatever dies.
    """

    post = models.OneToOneField(Post, on_delete=models.CASCADE, primary_key=True, related_name="ringing")
    after = models.BigIntegerField(default=0)
