"""What is said in channels."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from groups import text
from groups.models.groups import Channel
from planet.accounts.models import User
from planet.web.ids import uuid7


class MessageKind(models.TextChoices):
    """Said by somebody, or told by the group itself (came, pinned, renamed)."""

    SAID = "said", _("Message")
    EVENT = "event", _("Event")


class Message(models.Model):
    """A message; `number` is its place in the channel, `revision` the channel's change that it shows (see Channel).

    `client_id` is made by the browser: sending again is harmless. A deleted message keeps its row and number, without
    its text (`deleted_at`). `reactions` mirrors the rows as {emoji: count}, so that rendering reads one row. `event` of
    an event says what happened: {"kind": str, …}. `card` is a thing of Planet's that the text points to or that was
    attached, as {"kind": "post", "id": …}. `forwarded` is where it was said first, as {"name": …, "handle": …}.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="messages", db_index=False)
    number = models.PositiveBigIntegerField()
    revision = models.PositiveBigIntegerField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    client_id = models.UUIDField()
    kind = models.CharField(max_length=5, choices=MessageKind, default=MessageKind.SAID)
    text = models.CharField(max_length=4000, blank=True)
    event = models.JSONField(null=True, blank=True)
    card = models.JSONField(null=True, blank=True)
    forwarded = models.JSONField(null=True, blank=True)
    reply_to = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    # Handles, which never change, whose mention means a member here: so that the text renders from this row alone.
    mentioned = models.JSONField(default=list, blank=True)
    mentions_all = models.BooleanField(default=False)
    mentions_admins = models.BooleanField(default=False)
    reactions = models.JSONField(default=dict, blank=True)
    thread_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )

    # What `groups.showing.dress` adds for templates; these are no columns.
    mark: str = ""  # the author's title, else the name of the role
    mark_kind: str = ""  # "own" for the group's owner, "adm" for who looks after it
    pinned: bool = False
    files: "Sequence[Attachment]" = ()
    poll: Any = None
    preview: Any = None
    shared: Any = None

    class Meta:
        constraints: ClassVar = [
            # A retry is harmless; also everything that somebody said, for "delete all from this member".
            models.UniqueConstraint(fields=["author", "client_id"], name="message_client_id_unique"),
            # A page of the conversation, and jumping to a number.
            models.UniqueConstraint(fields=["channel", "number"], name="message_number_unique"),
            # What came after a revision: the catch-up.
            models.UniqueConstraint(fields=["channel", "revision"], name="message_revision_unique"),
        ]
        indexes: ClassVar = [
            # Jumping to a date.
            models.Index(fields=["channel", "created_at"], name="message_of_moment"),
            # One member's messages here, newest first: slow mode, and removing them all.
            models.Index(fields=["channel", "author", "-number"], name="message_of_member"),
            # What must not count as unread, and what calls everybody: both are few.
            models.Index(
                fields=["channel", "number"],
                condition=models.Q(deleted_at__isnull=False) | models.Q(kind="event"),
                name="message_uncounted",
            ),
            models.Index(
                fields=["channel", "number"],
                condition=models.Q(mentions_all=True) | models.Q(mentions_admins=True),
                name="message_calling",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    def get_absolute_url(self) -> str:
        """The conversation at this message; asks for the channel and its group where they are not loaded."""
        channel = self.channel
        return f"{channel.group.get_absolute_url()}c/{channel.pk}/?at={self.number}#m{self.number}"

    @cached_property
    def html(self) -> SafeString:
        """What it says, as HTML."""
        people = {*self.mentioned, *[text.ALL] * self.mentions_all, *[text.ADMINS] * self.mentions_admins}
        return text.render(self.text, people=people)


class MessageMention(models.Model):
    """A member mentioned in, or answered by, a message. `number` copies the message's, for counting past a position."""

    id = models.BigAutoField(primary_key=True)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="mentions")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveBigIntegerField()

    class Meta:
        constraints: ClassVar = [
            # A member's mentions in a channel past a number: the badge, and "jump to mention".
            models.UniqueConstraint(fields=["user", "channel", "number"], name="message_mention_unique"),
        ]


class Reaction(models.Model):
    """A member's reaction; one of a kind a message."""

    id = models.BigAutoField(primary_key=True)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="reaction_rows", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    emoji = models.CharField(max_length=16)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            # Counting, who reacted, and what of these messages is mine.
            models.UniqueConstraint(fields=["message", "user", "emoji"], name="reaction_unique"),
        ]


class AttachmentKind(models.TextChoices):
    """A picture is decoded and shown; anything else is a file to be downloaded."""

    PICTURE = "picture", _("Picture")
    FILE = "file", _("File")


class Attachment(models.Model):
    """A picture or a file; uploaded before the message is sent (`message` None), swept if it never is."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    group = models.ForeignKey("groups.Group", on_delete=models.CASCADE, related_name="+", db_index=False)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, null=True, blank=True, related_name="attachments")
    uploader = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=7, choices=AttachmentKind)
    key = models.CharField(max_length=120)  # of planet.web.images, or of the private files
    name = models.CharField(max_length=120, blank=True)
    alt = models.CharField(max_length=300, blank=True)
    media_type = models.CharField(max_length=80)
    size = models.PositiveBigIntegerField()  # bytes
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [
            # The group's Media and Files tabs, newest first.
            models.Index(
                fields=["group", "kind", "-id"], condition=models.Q(message__isnull=False), name="attachment_of_group"
            ),
            # The sweep of what was never sent.
            models.Index(fields=["created_at"], condition=models.Q(message=None), name="attachment_unsent"),
        ]

    def __str__(self) -> str:
        return self.name or str(self.pk)

    def get_absolute_url(self) -> str:
        """Where whoever may see it gets it."""
        return f"/attachments/{self.pk}/"

    def url_of(self, size: int) -> str:
        """Where a picture is shown in a size of planet.web.images."""
        return f"{self.get_absolute_url()}?size={size}"


class Pin(models.Model):
    """A message was pinned; taking it off keeps the row: the history of pins."""

    id = models.BigAutoField(primary_key=True)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="pins", db_index=False)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="pins", db_index=False)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message"], condition=models.Q(removed_at=None), name="pin_one_standing"),
        ]
        # What is pinned in a channel, and what ever was.
        indexes: ClassVar = [models.Index(fields=["channel", "-id"], name="pin_of_channel")]
