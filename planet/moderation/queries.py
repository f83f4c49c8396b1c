"""Reads of what operators did."""

from django.db.models import Model

from planet.moderation.models import AuditEntry


def last_act(target: Model) -> AuditEntry | None:
    """The newest entry about this object."""
    about = AuditEntry.objects.filter(target_kind=target._meta.label_lower, target_id=str(target.pk))
    return about.order_by("-at", "-id").first()
