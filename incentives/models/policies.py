"""The rules, version by version."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incentives.settlement.frozen import LARGEST
from incentives.weeks import name_of
from planet.accounts.models import User

AMOUNTS = (
    "base_units", "per_viewer_units", "most_units", "minimum_units", "budget_nano",
    "minute_nano", "like_nano", "bookmark_nano", "comment_nano", "share_nano", "component_nano",
)  # fmt: skip


class Policy(models.Model):
    """One version of all the rules; it holds from its first week until another one begins. Never changed or deleted.

    USDT in base units, weights and the budget in nano (one is 10⁹).
    """

    version = models.PositiveIntegerField(_("version"), primary_key=True)
    starts = models.DateField(_("first week"))  # a Monday
    base_units = models.BigIntegerField(_("pool: base"))
    per_viewer_units = models.BigIntegerField(_("pool: for each active viewer"))
    most_units = models.BigIntegerField(_("pool: at most"))
    minimum_units = models.BigIntegerField(_("smallest payout"))
    cap_bp = models.PositiveSmallIntegerField(_("most for one creator, in ten-thousandths"))
    budget_nano = models.BigIntegerField(_("what one viewer can hand out"))
    minute_nano = models.BigIntegerField(_("weight of a minute"))
    like_nano = models.BigIntegerField(_("weight of a like"))
    bookmark_nano = models.BigIntegerField(_("weight of a bookmark"))
    comment_nano = models.BigIntegerField(_("weight of a comment"))
    share_nano = models.BigIntegerField(_("weight of a repost or quote"))
    component_nano = models.BigIntegerField(_("weight of a trading component"))
    author = models.ForeignKey(User, verbose_name=_("author"), on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=500)
    created_at = models.DateTimeField(_("written"))

    class Meta:
        verbose_name, verbose_name_plural = _("pool policy"), _("pool policies")
        constraints: ClassVar = [
            models.CheckConstraint(name="policy_starts_on_monday", condition=Q(starts__iso_week_day=1)),
            models.CheckConstraint(name="policy_cap", condition=Q(cap_bp__lte=10_000)),
            models.CheckConstraint(name="policy_has_reason", condition=~Q(reason="")),
            *(
                models.CheckConstraint(
                    name=f"policy_{field}", condition=Q(**{f"{field}__gte": 0, f"{field}__lte": LARGEST})
                )
                for field in AMOUNTS
            ),
        ]
        # The policy of a week: the one that began last, and of those the newest.
        indexes: ClassVar = [models.Index(fields=["-starts", "-version"], name="policy_of_week")]

    def __str__(self) -> str:
        return _("Version %(version)d, from %(week)s") % {"version": self.version, "week": name_of(self.starts)}

    def pool_units(self, active_viewers: int) -> int:
        """What goes into the pool of a week with so many active viewers, before what rolled over (FORMULAS, §3.7)."""
        return min(self.most_units, self.base_units + self.per_viewer_units * active_viewers)
