"""From attention to points: kept for each creator of the running week, and for each content of a settled one."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from incentives.models.policies import Policy
from incentives.models.settlements import Award
from incentives.weeks import name_of
from planet.accounts.models import User
from planet.ledger.fields import UnitsField

STEPS = ("viewers", "effect", "felt", "worth", "budget", "mutual", "linked", "standing", "points")  # of an Item
GIVEN = ("seconds", "likes", "bookmarks", "comments", "shares", "components")  # of an Item, too


class Worked(models.Model):
    """What attention came to, step by step (settlement.reasons.Item): counts, then nano."""

    viewers = models.PositiveIntegerField(_("viewers"))
    effect = UnitsField(_("effect"))
    felt = UnitsField(_("felt"))
    worth = UnitsField(_("worth"))
    budget = UnitsField(_("taken by the viewers' budgets"))
    mutual = UnitsField(_("taken between people who give each other"))
    linked = UnitsField(_("taken of linked accounts"))
    standing = UnitsField(_("taken by the creator's standing"))
    points = UnitsField(_("points"))
    amount_units = models.BigIntegerField(_("earned"))

    class Meta:
        abstract = True


class Estimate(models.Model):
    """What the running week would come to if it closed at that moment; replaced whole by the next one."""

    week = models.DateField(_("week"), primary_key=True)  # its Monday
    at = models.DateTimeField(_("computed at"))
    policy = models.ForeignKey(Policy, verbose_name=_("policy"), on_delete=models.PROTECT, related_name="+")
    active_viewers = models.PositiveIntegerField(_("active viewers"))
    creators = models.PositiveIntegerField(_("creators"))
    funded_units = models.BigIntegerField(_("put into the pool"))
    rolled_in_units = models.BigIntegerField(_("rolled over from before"))
    points_nano = UnitsField(_("points"))

    class Meta:
        verbose_name, verbose_name_plural = _("estimate"), _("estimates")

    def __str__(self) -> str:
        return name_of(self.week)

    @property
    def pool_units(self) -> int:
        """What would be there to be shared."""
        return self.funded_units + self.rolled_in_units

    @property
    def cap_units(self) -> int:
        """What one creator can get of it at most."""
        return self.pool_units * self.policy.cap_bp // 10_000


class Prospect(Worked):
    """What the running week would come to for one creator."""

    estimate = models.ForeignKey(
        Estimate, verbose_name=_("estimate"), on_delete=models.CASCADE, related_name="prospects", db_index=False
    )
    creator = models.ForeignKey(
        User, verbose_name=_("creator"), on_delete=models.CASCADE, related_name="+", db_index=False
    )
    accrued_units = models.BigIntegerField(_("accrued before"))

    class Meta:
        verbose_name, verbose_name_plural = _("prospect"), _("prospects")
        constraints: ClassVar = [models.UniqueConstraint(fields=["creator", "estimate"], name="prospect_once")]

    def __str__(self) -> str:
        return f"{self.estimate}: {self.creator}"


class Earning(Worked):
    """What one content brought its creator in a settled week; all of an award's add up to it. Never changed or deleted.

    Written when the week is computed. `content_id` is None when nothing is known of the content any more.
    """

    award = models.ForeignKey(
        Award, verbose_name=_("award"), on_delete=models.PROTECT, related_name="earnings", db_index=False
    )
    pseudonym = models.UUIDField(_("pseudonym"))
    content_id = models.UUIDField(_("content"), null=True)
    seconds = models.PositiveBigIntegerField(_("seconds"))
    likes = models.PositiveIntegerField(_("likes"))
    bookmarks = models.PositiveIntegerField(_("bookmarks"))
    comments = models.PositiveIntegerField(_("comments"))
    shares = models.PositiveIntegerField(_("reposts and quotes"))
    components = models.PositiveIntegerField(_("uses of a trading component"))

    class Meta:
        verbose_name, verbose_name_plural = _("earning"), _("earnings")
        constraints: ClassVar = [models.UniqueConstraint(fields=["award", "pseudonym"], name="earning_once")]
        indexes: ClassVar = [
            # A statement, what brought most first.
            models.Index(fields=["award", "-points", "-id"], name="earning_most"),
        ]

    def __str__(self) -> str:
        return f"{self.award}: {self.content_id}"
