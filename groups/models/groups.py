"""Groups and their channels."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groups import rights
from planet.accounts import handles
from planet.accounts.models import User
from planet.web.ids import uuid7


class GroupKind(models.TextChoices):
    """A group with a name, or a conversation between a few people: the same engine serves both."""

    GROUP = "group", _("Group")
    DIRECT = "direct", _("Direct messages")


class Visibility(models.TextChoices):
    """Who learns that the group exists."""

    PUBLIC = "public", _("Public: listed, anybody sees what it is about")
    PRIVATE = "private", _("Private: listed by its name, the rest is for members")
    SECRET = "secret", _("Secret: only members and invited people know of it")


class Admission(models.TextChoices):
    """How people come in without an invitation."""

    OPEN = "open", _("Anybody may join")
    REQUEST = "request", _("People ask, and helpers decide")
    INVITE = "invite", _("Only with an invitation")


class Group(models.Model):
    """A group, or (kind direct) a conversation of two or a few.

    `handle` names it in addresses; a direct conversation has none. `direct_key` of a conversation between two is their
    ids in order, so that there is one. `owner` is among the members. `members_count` counts those who have accepted.
    Nothing ever deletes a group's row: its owner closes it (`closed_at`), operators sanction it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=6, choices=GroupKind, default=GroupKind.GROUP, editable=False)
    handle = models.CharField(_("handle"), max_length=30, unique=True, null=True)  # noqa: DJ001 - direct: none
    handle_skeleton = models.GeneratedField(
        expression=handles.skeleton_expression("handle"), output_field=models.TextField(), db_persist=True
    )
    direct_key = models.CharField(max_length=80, unique=True, null=True, editable=False)  # noqa: DJ001 - groups: none
    name = models.CharField(_("name"), max_length=60, blank=True)
    about = models.CharField(_("about"), max_length=400, blank=True)
    rules = models.TextField(_("rules"), max_length=4000, blank=True)
    welcome = models.CharField(_("welcome"), max_length=600, blank=True)
    topics = models.JSONField(default=list, blank=True)  # lower-case topic names without #, at most 8
    avatar = models.CharField(max_length=64, blank=True, editable=False)  # a picture key of planet.web.images
    visibility = models.CharField(max_length=7, choices=Visibility, default=Visibility.PUBLIC)
    admission = models.CharField(max_length=7, choices=Admission, default=Admission.OPEN)
    # Gates that a joiner passes, as [{"kind": str, …}]; what each kind asks is registered with groups.gates.
    gates = models.JSONField(default=list, blank=True)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="owned_groups")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    members_count = models.PositiveIntegerField(default=0, editable=False)
    # What every member may do (groups.rights), seconds between two messages of one, and the quiet hours.
    member_rights = models.PositiveIntegerField(default=int(rights.MEMBERS_BY_DEFAULT))
    slow_seconds = models.PositiveIntegerField(default=0)
    quiet_from = models.TimeField(null=True, blank=True)  # in `time_zone`; members only read until `quiet_until`
    quiet_until = models.TimeField(null=True, blank=True)
    time_zone = models.CharField(max_length=40, default="UTC")
    edit_window_minutes = models.PositiveIntegerField(default=2880)  # how long a message may be edited; 0: not at all
    joins_per_minute = models.PositiveIntegerField(default=0)  # more than this become requests; 0: no limit
    frozen_at = models.DateTimeField(null=True, blank=True)  # everybody only reads
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            # No group has a handle that looks like another's.
            models.UniqueConstraint(fields=["handle_skeleton"], name="group_handle_looks_unique"),
            models.CheckConstraint(
                condition=models.Q(kind=GroupKind.DIRECT, handle=None)
                | models.Q(kind=GroupKind.GROUP, direct_key=None),
                name="group_kind_fields",
            ),
            models.CheckConstraint(
                condition=models.Q(handle=None) | models.Q(handle__regex=r"^[a-z][a-z0-9_]{2,29}$"),
                name="group_handle_spelling",
            ),
        ]
        indexes: ClassVar = [
            # Popular groups: what is listed, the largest first.
            models.Index(
                fields=["-members_count", "-id"],
                condition=models.Q(kind=GroupKind.GROUP, closed_at=None) & ~models.Q(visibility=Visibility.SECRET),
                name="group_listed",
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.pk)

    def get_absolute_url(self) -> str:
        """The group's page, or the conversation's."""
        return f"/g/{self.handle}/" if self.handle else f"/messages/{self.pk}/"

    @property
    def is_direct(self) -> bool:
        """Whether this is a conversation rather than a group."""
        return self.kind == GroupKind.DIRECT


class ChannelKind(models.TextChoices):
    """What a channel is for."""

    TEXT = "text", _("Text")
    ANNOUNCEMENTS = "announcements", _("Announcements")
    THREAD = "thread", _("Thread")


class Channel(models.Model):
    """A stream of messages: what "never lost, never twice, in order" is promised for.

    `last_number` counts its messages: each has the next `number`, without holes, and deletion leaves a gravestone. So
    what is unread is a subtraction. `last_revision` counts its changes: a new message, an edit, a deletion, a change of
    reactions each take the next one, and the message carries it. So what a browser missed is one walk along an index,
    and a browser that receives revision n + 2 after n knows that it missed one. Both are given out under the lock of
    this row, which the writing transaction holds until it commits: whoever reads n has seen, or may fetch, all below.

    A thread is a channel on a message (`root`).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="channels", db_index=False)
    kind = models.CharField(max_length=13, choices=ChannelKind, default=ChannelKind.TEXT)
    name = models.CharField(_("name"), max_length=40, blank=True)
    about = models.CharField(_("about"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    root = models.OneToOneField(
        "groups.Message", on_delete=models.CASCADE, null=True, blank=True, related_name="thread"
    )
    last_number = models.PositiveBigIntegerField(default=0, editable=False)
    last_revision = models.PositiveBigIntegerField(default=0, editable=False)
    last_message_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                "group",
                models.functions.Lower("name"),
                condition=~models.Q(kind="thread") & models.Q(archived_at=None),
                name="channel_name_unique",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="thread", root__isnull=False)
                | (~models.Q(kind="thread") & models.Q(root=None)),
                name="channel_thread_has_root",
            ),
        ]
        indexes: ClassVar = [
            # A group's channels, and its threads with the newest activity first.
            models.Index(fields=["group", "position"], condition=~models.Q(kind="thread"), name="channel_of_group"),
            models.Index(
                fields=["group", "-last_message_at"], condition=models.Q(kind="thread"), name="thread_of_group"
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.pk)

    @property
    def is_thread(self) -> bool:
        """Whether this hangs on a message."""
        return self.kind == ChannelKind.THREAD
