"""Who is in a group, as what, and who is kept from what."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groups.models.groups import Group
from planet.accounts.models import User


class Role(models.Model):
    """A role of a group: a name that shows beside its holders, rights (groups.rights), and a rank.

    A holder acts only on members of a lower rank, and gives only rights that the holder has. A new group starts with
    Admin (rank 200) and Moderator (100); a role without rights is a mark of honour, such as Analyst.
    """

    id = models.BigAutoField(primary_key=True)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="roles", db_index=False)
    name = models.CharField(_("name"), max_length=24)
    rights = models.PositiveIntegerField(default=0)
    rank = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            # Serves the list of a group's roles as well.
            models.UniqueConstraint("group", models.functions.Lower("name"), name="role_name_unique"),
        ]

    def __str__(self) -> str:
        return self.name


class Level(models.TextChoices):
    """What of a group tells its member."""

    ALL = "all", _("Every message")
    MENTIONS = "mentions", _("Only mentions and replies")
    NONE = "none", _("Nothing")


class Membership(models.Model):
    """`user` is in `group`, or (`accepted_at` None) was asked to come and has not answered.

    Whoever was only asked counts as nothing: not in `members_count`, not told of messages, and reads only what an
    outsider with an invitation reads. In direct messages that is the request inbox. Leaving, declining and being
    removed delete the row; the log knows.
    """

    id = models.BigAutoField(primary_key=True)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="memberships", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships", db_index=False)
    role = models.ForeignKey(Role, on_delete=models.SET_NULL, null=True, blank=True, related_name="holders")
    title = models.CharField(_("title"), max_length=24, blank=True)  # of this member's own, shown in the role's place
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    link = models.ForeignKey("groups.InviteLink", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    accepted_at = models.DateTimeField(null=True, blank=True)
    # How the member keeps the group.
    level = models.CharField(max_length=8, choices=Level, default=Level.ALL)
    muted_until = models.DateTimeField(null=True, blank=True)  # far away: for ever
    archived_at = models.DateTimeField(null=True, blank=True)
    pinned_position = models.PositiveSmallIntegerField(null=True, blank=True)  # on top of the list, in this order
    folder = models.CharField(max_length=24, blank=True)

    class Meta:
        constraints: ClassVar = [
            # "Is this person in?", on every request and subscription.
            models.UniqueConstraint(fields=["user", "group"], name="membership_unique"),
        ]
        indexes: ClassVar = [
            # The member list in the order of coming, and "which of these online people are members".
            models.Index(fields=["group", "id"], name="membership_of_group"),
            # Who has come of late, and who was asked and has not answered: both are few among many.
            models.Index(fields=["group", "accepted_at"], name="membership_by_coming"),
            models.Index(fields=["group", "role"], condition=models.Q(role__isnull=False), name="membership_helpers"),
        ]


class Restriction(models.Model):
    """A partial ban: `taken` are the rights (groups.rights) that the member does without until `until` (None: no end).

    The newest that is neither lifted nor over counts. Rows stay: they are the member's record.
    """

    id = models.BigAutoField(primary_key=True)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="restrictions", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    taken = models.PositiveIntegerField()
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")  # None: automatic moderation
    created_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        # "What is taken from this member now?", on every message sent.
        indexes: ClassVar = [
            models.Index(fields=["group", "user", "-id"], condition=models.Q(lifted_at=None), name="restriction_now"),
        ]


class Ban(models.Model):
    """`user` may not come back, and neither may another account of the same verified identity.

    `identity_hash` is the person's at the moment of the ban, empty if there was none; somebody who verifies later is
    checked against `user` then, because one identity holds one account.
    """

    id = models.BigAutoField(primary_key=True)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="bans", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    identity_hash = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["group", "user"], condition=models.Q(lifted_at=None), name="ban_one_standing"
            ),
        ]
        # "Is this identity banned here?", on every way in.
        indexes: ClassVar = [
            models.Index(
                fields=["group", "identity_hash"],
                condition=models.Q(lifted_at=None) & ~models.Q(identity_hash=""),
                name="ban_by_identity",
            ),
        ]
