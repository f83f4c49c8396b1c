"""What search reads. The database keeps all of it in step with what it is about (migrations 0002 and later)."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils import timezone

from planet.accounts.models import User
from posts.models import Post, Tag

KEY_LENGTH = 60


class Entry(models.Model):
    """The words of a living post, and marks for what else it can be found by.

    A trigger writes it at the end of the transaction that writes the post, so it is neither late nor lost, whoever
    writes: the actions, an operator, COPY. `words` holds stemmed words and CJK bigrams with their positions, and as
    marks `$BTC`, `#defi`, `by:<author>`, `has:picture`, `lang:zh`.
    """

    post = models.OneToOneField(Post, on_delete=models.CASCADE, primary_key=True, related_name="+")
    words = SearchVectorField()

    class Meta:
        # A short list of what is not in the index proper yet: every search reads through it.
        indexes: ClassVar = [GinIndex(fields=["words"], name="entry_words", gin_pending_list_limit=512)]


class Heat(models.Model):
    """How much a post deserves to be found first: log₂(1 + V) and a point for each week that it is younger.

    Beside `Entry` and not in it, because a changed row is indexed anew, and this changes with every like.
    """

    post = models.OneToOneField(Post, on_delete=models.CASCADE, primary_key=True, related_name="+")
    heat = models.FloatField()

    class Meta:
        # The hottest first, without a look at the table.
        indexes: ClassVar = [models.Index(fields=["-heat"], include=["post"], name="heat_hottest")]


class Name(models.Model):
    """A beginning by which somebody or something is found: one row for each word, and for each CJK character on."""

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=KEY_LENGTH)

    class Meta:
        abstract = True


class PersonName(Name):
    """A handle or a display name, from one of its words on; written by a trigger on people."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

    class Meta:
        # What begins like this; with the person, so that a look at the table is spared.
        indexes: ClassVar = [
            models.Index(OpClass("key", "text_pattern_ops"), include=["user"], name="person_name_begins")
        ]


class TopicName(Name):
    """A topic's or asset's name, from one of its words on; written by a trigger on tags."""

    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="+")

    class Meta:
        indexes: ClassVar = [
            models.Index(OpClass("key", "text_pattern_ops"), include=["tag"], name="topic_name_begins")
        ]


class Trend(models.Model):
    """How many trusted people wrote about a topic or asset lately, and how much more than usual that is."""

    tag = models.OneToOneField(Tag, on_delete=models.CASCADE, primary_key=True, related_name="+")
    authors_day = models.PositiveIntegerField(default=0)  # different ones in the last 24 hours
    authors_week = models.PositiveIntegerField(default=0)  # different ones a day, summed over the 7 days before
    surge = models.FloatField(default=0)  # the highest, decaying since (half-life 4 hours)
    counted_at = models.DateTimeField(default=timezone.now)
    is_held = models.BooleanField(default=False)  # an operator keeps it out of what is shown as trending

    class Meta:
        indexes: ClassVar = [
            # What is trending now.
            models.Index(fields=["-surge"], condition=models.Q(is_held=False), name="trend_highest"),
            # What is talked about most, for suggestions.
            models.Index(fields=["-authors_week"], include=["tag"], name="trend_most_talked"),
        ]

    def __str__(self) -> str:
        return str(self.tag)
