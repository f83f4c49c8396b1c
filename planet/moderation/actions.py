"""Writes of moderation: the record of what operators do."""

from datetime import datetime
from typing import Any

from django.db.models import Model

from planet.accounts.models import User
from planet.moderation.models import AuditEntry


class ReasonMissing(ValueError):
    """An act without a reason is not recorded, so it must not happen."""


def record(
    *,
    actor: User | None,
    action: str,
    target: Model,
    reason: str,
    details: dict[str, Any] | None = None,
    now: datetime,
) -> AuditEntry:
    """Append one act to the audit log; call it in the transaction of the act itself, so that both stand or neither.

    `actor` None means Planet acted by itself. `action` is a verb with its room, such as `user.suspend`; `details`
    is JSON that helps to understand the act later (what was there before). Raises ReasonMissing for a blank reason.
    """
    reason = reason.strip()
    if not reason:
        raise ReasonMissing(action)
    return AuditEntry.objects.create(
        at=now,
        actor=actor,
        action=action,
        target_kind=target._meta.label_lower,
        target_id=str(target.pk),
        reason=reason,
        details=details or {},
    )
