"""What is kept of people's attention. Content and creators are ids: whatever stands above says what they are.

The raw events (`engagement_event`, partitioned by week) have no model: nothing but SQL ever touches millions of rows
(planet.engagement.partitions, .drain, .rollup). They are dropped after ENGAGEMENT_RETENTION_DAYS; these tables stay.
"""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from planet.accounts.models import User


class Kind(models.TextChoices):
    """What a person can do with content, beside looking at it."""

    LIKE = "like", _("Likes")
    BOOKMARK = "bookmark", _("Bookmarks")
    COMMENT = "comment", _("Comments")
    SHARE = "share", _("Reposts and quotes")
    COMPONENT = "component", _("Uses of a trading component")


class Place(models.IntegerChoices):
    """Where content was shown; part of every signed impression."""

    FEED = 1, _("Feeds")
    PROFILE = 2, _("Your page")
    TOPIC = 3, _("Topics and assets")
    SEARCH = 4, _("Search")
    DIRECT = 5, _("Links from elsewhere")
    OTHER = 6, _("Lists, bookmarks and the rest")


class Interaction(models.Model):
    """Something that a viewer did with content; written in the transaction that does it, so it is never lost.

    `ref` tells several of one kind apart: a comment's or a quote's id, else the content itself. What is undone keeps
    its row with `removed_at`, and comes back to life when it is done again. Of a comment's text only the number of its
    characters and a hash are kept. `dwell_ms` and `is_served` are filled in minutes later, once the beacons that
    preceded it have been written (planet.engagement.rollup); until then nobody knows whether it counts.
    `counted_at` and `verdict` are what stands of it in the tallies: its time, and why it does not count, "" when it
    does; nothing before it is tallied and after it was taken back (planet.engagement.tallies, which alone writes them).
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=9, choices=Kind)
    viewer = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    creator_id = models.UUIDField()
    content_id = models.UUIDField()
    ref = models.UUIDField()
    at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)
    characters = models.PositiveIntegerField(default=0)
    digest = models.BigIntegerField(null=True, blank=True)
    is_served = models.BooleanField(null=True, blank=True)
    dwell_ms = models.PositiveIntegerField(null=True, blank=True)
    counted_at = models.DateTimeField(null=True, editable=False)
    verdict = models.CharField(max_length=10, null=True, editable=False)  # noqa: DJ001  # "" is: it counts

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["viewer", "kind", "content_id", "ref"], name="interaction_once"),
        ]
        indexes: ClassVar = [
            # A creator's centre, and one post's page in it.
            models.Index(fields=["creator_id", "at"], name="interaction_of_creator"),
            models.Index(fields=["content_id", "at"], name="interaction_of_content"),
            # A week of everybody's, for settlement.
            models.Index(fields=["at"], name="interaction_at"),
            # What the person said before, to know a repeat.
            models.Index(
                fields=["viewer", "digest"], condition=models.Q(digest__isnull=False), name="interaction_said"
            ),
            # Whose dwell is still to be looked up.
            models.Index(fields=["at"], condition=models.Q(dwell_ms=None), name="interaction_waiting"),
            # A week of one viewer's, to judge it anew.
            models.Index(fields=["viewer", "at"], name="interaction_of_viewer"),
            # What made a comment or a quote that was removed by a report.
            models.Index(fields=["ref"], condition=~models.Q(ref=models.F("content_id")), name="interaction_made"),
            # And interaction_untallied (migration 0004): a creator's that the tallies do not have as they are.
        ]


class Day(models.Model):
    """What one viewer saw of one content on one day (UTC): the daily roll-up of the raw events.

    A guest's `viewer_id` is a pseudonym of that day (planet.engagement.tokens). `hours` has a bit for each hour in
    which the content was in view.
    """

    pk = models.CompositePrimaryKey("content_id", "viewer_id", "day")
    content_id = models.UUIDField()
    viewer_id = models.UUIDField()
    day = models.DateField()
    creator_id = models.UUIDField()
    is_guest = models.BooleanField()
    impressions = models.PositiveIntegerField()
    dwell_ms = models.PositiveBigIntegerField()
    hours = models.PositiveIntegerField()

    class Meta:
        indexes: ClassVar = [
            # A week of everybody's, for settlement; and what is forgotten of guests.
            models.Index(fields=["day"], name="engagement_day_day"),
        ]


class Reader(models.Model):
    """One who read on a day: the content, or anything of the creator (`subject_id`), for three seconds in view.

    `hours` is as in Day. `prev` and `next` are the reader's neighbouring days of the same subject, infinite where there
    is none, and null until they have been looked up (planet.engagement.readers).
    """

    pk = models.CompositePrimaryKey("subject_id", "viewer_id", "day")
    subject_id = models.UUIDField()
    viewer_id = models.UUIDField()
    day = models.DateField()
    is_guest = models.BooleanField()
    hours = models.PositiveIntegerField()
    prev = models.DateField(null=True)
    next = models.DateField(null=True)

    class Meta:
        indexes: ClassVar = [
            # Who read on the day at which a window begins or ends; without a look at the table.
            models.Index(
                fields=["subject_id", "day"], include=["viewer_id", "hours", "prev", "next"], name="reader_of_day"
            ),
            # Whose neighbours are to be looked up.
            models.Index(fields=["subject_id", "viewer_id"], condition=models.Q(prev=None), name="reader_unlinked"),
            # What is forgotten of guests.
            models.Index(fields=["day"], condition=models.Q(is_guest=True), name="reader_guest"),
        ]


class Return(models.Model):
    """How many of a day's readers had read the subject last on the day `prev` (infinitely long ago: never)."""

    pk = models.CompositePrimaryKey("subject_id", "day", "prev")
    subject_id = models.UUIDField()
    day = models.DateField()
    prev = models.DateField()
    many = models.IntegerField()


class Sums(models.Model):
    """What happened in an hour, by where it was shown: sums alone, nobody's own doing."""

    hour = models.DateTimeField()
    impressions = models.PositiveIntegerField()
    dwell_ms = models.PositiveBigIntegerField()
    feed = models.PositiveIntegerField(default=0)
    profile = models.PositiveIntegerField(default=0)
    topic = models.PositiveIntegerField(default=0)
    search = models.PositiveIntegerField(default=0)
    direct = models.PositiveIntegerField(default=0)
    other = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True


class Hour(Sums):
    """The sums of one content."""

    pk = models.CompositePrimaryKey("content_id", "hour")
    content_id = models.UUIDField()
    creator_id = models.UUIDField()


class CreatorHour(Sums):
    """The sums of all content of one creator."""

    pk = models.CompositePrimaryKey("creator_id", "hour")
    creator_id = models.UUIDField()


class Tally(models.Model):
    """How many interactions of an hour count, or do not, and why: of one content, or of all of a creator's.

    `subject_id` is the content's or the creator's id; `verdict` is as in Interaction.
    """

    pk = models.CompositePrimaryKey("subject_id", "hour", "kind", "verdict")
    subject_id = models.UUIDField()
    hour = models.DateTimeField()
    kind = models.CharField(max_length=9, choices=Kind)
    verdict = models.CharField(max_length=10, blank=True)
    many = models.IntegerField()


class Stale(models.Model):
    """A week (its Monday) of one viewer's in which a verdict may have changed; several times the same does no harm.

    Written by the database itself (migration 0005), whoever changes what verdicts depend on.
    """

    id = models.BigAutoField(primary_key=True)
    viewer_id = models.UUIDField()
    week = models.DateTimeField()


class FollowerHour(models.Model):
    """How many followers a creator won and lost in an hour."""

    pk = models.CompositePrimaryKey("creator_id", "hour")
    creator_id = models.UUIDField()
    hour = models.DateTimeField()
    gained = models.PositiveIntegerField(default=0)
    lost = models.PositiveIntegerField(default=0)


class Exclusion(models.Model):
    """Content that was removed by an upheld report: nothing that was done with it counts."""

    content_id = models.UUIDField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)


class Progress(models.Model):
    """How far the drain has come; one row, locked while it works.

    `stream_id` is the last entry of the Redis stream that was written, in the same transaction as this row: that is
    what makes it exactly once. `epoch` names the stream: after a Redis that lost it a new one begins from its start.
    `batch` counts transactions, and stands in every event; the roll-up has seen all up to `rolled_up`.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    epoch = models.CharField(max_length=32, blank=True)
    stream_id = models.CharField(max_length=42, default="0-0")
    batch = models.PositiveIntegerField(default=0)
    rolled_up = models.PositiveIntegerField(default=0)
    fresh_since = models.DateTimeField(null=True)  # the oldest event that is not rolled up
    drained_at = models.DateTimeField(null=True)  # everything that had arrived by then is written
