"""What a group stops by itself."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groups.models.groups import Group
from planet.accounts.models import User


class RuleKind(models.TextChoices):
    """What a rule looks at."""

    WORDS = "words", _("Words")
    PATTERN = "pattern", _("Pattern (regular expression)")
    MENTIONS = "mentions", _("Too many mentions")
    LINKS = "links", _("Links")
    NEWCOMERS = "newcomers", _("New members")
    NAMES = "names", _("Names of members")


class RuleAction(models.TextChoices):
    """What becomes of a message that strikes a rule."""

    BLOCK = "block", _("Block the message")
    ALERT = "alert", _("Let it through, and note it")
    TIME_OUT = "time_out", _("Block it, and time its author out")


class AutomodRule(models.Model):
    """A rule. `setting` is what its kind needs, as groups.automod.rules says.

    `exempt` are ids of roles that it spares; who runs the group is spared by all. `slow_at`: its pattern ran into
    the time limit then, and was skipped.
    """

    id = models.BigAutoField(primary_key=True)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="automod_rules", db_index=False)
    name = models.CharField(_("name"), max_length=40)
    kind = models.CharField(max_length=9, choices=RuleKind)
    setting = models.JSONField(default=dict, blank=True)
    action = models.CharField(_("what happens"), max_length=8, choices=RuleAction, default=RuleAction.BLOCK)
    minutes = models.PositiveIntegerField(_("minutes of the time-out"), default=60)
    exempt = models.JSONField(default=list, blank=True)
    is_on = models.BooleanField(_("on"), default=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    slow_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        # The rules of a group, on every message that is sent in it.
        indexes: ClassVar = [models.Index(fields=["group", "id"], name="automod_of_group")]

    def __str__(self) -> str:
        return self.name
