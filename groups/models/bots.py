"""Programs that write into a group: bots, which call the API, and incoming webhooks, which are called by address."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groups.models.groups import Channel, Group
from groups.scopes import Scope
from planet.accounts.models import User


class Bot(models.Model):
    """A bot, or (with a `channel`) an incoming webhook of that channel; `user` is the account that its words are by.

    The account belongs to this group alone and cannot sign in. Of the token only the SHA-256 is kept: it is drawn at
    random, so nothing slower is needed, and the index finds it. `hint` is its end, so that people tell tokens apart.
    Revoking keeps the row, forgets the token and ends the membership; what the bot said stays.
    """

    id = models.BigAutoField(primary_key=True)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="bots", db_index=False)
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="bot")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, null=True, blank=True, related_name="webhooks")
    name = models.CharField(_("name"), max_length=40)
    scopes = models.PositiveIntegerField(default=0)  # groups.scopes; a webhook only writes
    token_hash = models.CharField(max_length=64, unique=True, null=True, editable=False)  # noqa: DJ001 - revoked: none
    hint = models.CharField(max_length=4, blank=True, editable=False)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(default=timezone.now)
    rotated_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)  # to the minute
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            # Serves the list of a group's bots as well; and a form that is sent twice makes one.
            models.UniqueConstraint(
                "group", models.functions.Lower("name"), condition=models.Q(revoked_at=None), name="bot_name_unique"
            ),
            models.CheckConstraint(
                condition=models.Q(revoked_at=None, token_hash__isnull=False)
                | models.Q(revoked_at__isnull=False, token_hash=None),
                name="bot_has_token_until_revoked",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_webhook(self) -> bool:
        """Whether this is called by its address, for one channel."""
        return self.channel_id is not None

    def may(self, scope: Scope) -> bool:
        """Whether the token is good for this."""
        return Scope(self.scopes) & scope == scope
