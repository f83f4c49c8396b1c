"""Clusters of linked accounts, who is in them, what they rest on, and what people say against them.

A cluster counts from `in_force_at` until it ends or expires; those moments never move into the past, so that whoever
asks later which clusters held at a moment gets the same answer (incentives/migrations: what the database refuses).
"""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Func, IntegerField, Q
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from incentives.links.scoring import WHOLE, Edge, Family
from planet.accounts.models import User
from planet.web.ids import uuid7


class ClusterState(models.TextChoices):
    """What becomes of a cluster."""

    PROPOSED = "proposed", _("To be looked at")
    IN_FORCE = "in_force", _("Counts as one")
    DISMISSED = "dismissed", _("Dismissed")
    EXPIRED = "expired", _("Over")


LIVE = (ClusterState.PROPOSED, ClusterState.IN_FORCE)


class Cluster(models.Model):
    """Accounts that are held for one person's. Never reopened: what is found again is a cluster of its own."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(_("state"), max_length=9, choices=ClusterState, default=ClusterState.PROPOSED)
    confidence = models.PositiveSmallIntegerField(_("confidence, per mille"))
    proposed_at = models.DateTimeField(_("found"))
    expires_at = models.DateTimeField(_("expires"))  # moves on for as long as there is evidence
    in_force_at = models.DateTimeField(_("counts since"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("linked accounts"), _("linked accounts")
        constraints: ClassVar = [
            models.CheckConstraint(name="cluster_confidence", condition=Q(confidence__lte=WHOLE)),
            models.CheckConstraint(
                name="cluster_state",
                condition=Q(state=ClusterState.PROPOSED, in_force_at=None, ended_at=None)
                | Q(state=ClusterState.IN_FORCE, in_force_at__isnull=False, ended_at=None)
                | Q(state__in=[ClusterState.DISMISSED, ClusterState.EXPIRED], ended_at__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            # What is over, and all that is live.
            models.Index(fields=["expires_at"], condition=Q(ended_at=None), name="cluster_live"),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} · {self.confidence} ‰"

    @property
    def is_live(self) -> bool:
        """Whether it is to be looked at, or counts."""
        return self.state in LIVE


class Member(models.Model):
    """An account of a cluster."""

    id = models.BigAutoField(primary_key=True)
    cluster = models.ForeignKey(Cluster, on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey(
        User, verbose_name=_("account"), on_delete=models.CASCADE, related_name="+", db_index=False
    )
    is_in_force = models.BooleanField(default=False)  # as its cluster's state says

    class Meta:
        verbose_name, verbose_name_plural = _("account"), _("accounts")
        constraints: ClassVar = [
            # Somebody's clusters.
            models.UniqueConstraint(fields=["person", "cluster"], name="cluster_member_once"),
            # Nobody counts in two.
            models.UniqueConstraint(fields=["person"], condition=Q(is_in_force=True), name="cluster_in_force_once"),
        ]

    def __str__(self) -> str:
        return str(self.person)


def _strength(name: Any) -> "models.PositiveSmallIntegerField[Any, Any]":
    return models.PositiveSmallIntegerField(name, null=True)


class Evidence(models.Model):
    """What speaks for two accounts of a cluster being one person's: the strength of each family, in per mille.

    `facts` are the figures behind them, by family; no address, name or cookie is among them. `cleared_at`: somebody
    looked and said that it is not so; for a while it takes another family to say it again.
    """

    id = models.BigAutoField(primary_key=True)
    cluster = models.ForeignKey(
        Cluster, on_delete=models.PROTECT, related_name="evidence", db_index=False
    )  # the constraint
    first = models.ForeignKey(User, verbose_name=_("account"), on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(User, verbose_name=_("account"), on_delete=models.CASCADE, related_name="+")
    device = _strength(_("device"))
    block = _strength(_("network and hours"))
    funding = _strength(_("where money goes"))
    mutual = _strength(_("given both ways"))
    name = _strength(_("legal name"))
    confidence = models.PositiveSmallIntegerField(_("confidence, per mille"))
    facts = models.JSONField(default=dict)
    seen_at = models.DateTimeField(_("seen"))
    cleared_at = models.DateTimeField(_("cleared"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("evidence"), _("evidence")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cluster", "first", "second"], name="evidence_once"),
            models.CheckConstraint(name="evidence_in_order", condition=Q(first__lt=F("second"))),
            models.CheckConstraint(
                name="evidence_of_two_families",
                condition=GreaterThanOrEqual(
                    Func(*(F(family) for family in Family), function="num_nonnulls", output_field=IntegerField()), 2
                ),
            ),
        ]
        indexes: ClassVar = [
            # What operators have cleared lately.
            models.Index(fields=["cleared_at"], condition=Q(cleared_at__isnull=False), name="evidence_cleared"),
        ]

    def __str__(self) -> str:
        return f"{self.first} – {self.second}"

    @property
    def edge(self) -> Edge:
        """The same for scoring."""
        strengths = ((family, getattr(self, family)) for family in Family)
        return Edge(self.first_id, self.second_id, tuple((family, much) for family, much in strengths if much))


class LinkAppeal(models.Model):
    """What somebody says against a cluster they are in: once, and an operator answers."""

    id = models.BigAutoField(primary_key=True)
    cluster = models.ForeignKey(
        Cluster, verbose_name=_("linked accounts"), on_delete=models.PROTECT, related_name="appeals"
    )
    person = models.ForeignKey(User, verbose_name=_("of"), on_delete=models.CASCADE, related_name="+", db_index=False)
    text = models.TextField(_("what they say"), max_length=2000)
    created_at = models.DateTimeField(_("appealed"))
    answered_at = models.DateTimeField(_("answered"), null=True)
    is_accepted = models.BooleanField(_("accepted"), null=True)
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    operator = models.ForeignKey(
        User, verbose_name=_("operator"), null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        verbose_name, verbose_name_plural = _("appeal against a link"), _("appeals against links")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "cluster"], name="link_appeal_once"),
            models.CheckConstraint(
                name="link_appeal_answered",
                condition=Q(answered_at=None, is_accepted=None, answer="", operator=None)
                | (Q(answered_at__isnull=False, is_accepted__isnull=False, operator__isnull=False) & ~Q(answer="")),
            ),
        ]
        indexes: ClassVar = [
            # The operators' queue.
            models.Index(fields=["created_at"], condition=Q(answered_at=None), name="link_appeal_waits"),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.created_at:%Y-%m-%d}"
