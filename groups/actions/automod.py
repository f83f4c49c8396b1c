"""Changing the rules of automatic moderation."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from groups import access, locks, log
from groups.errors import Gone, TooMany
from groups.models import AutomodRule, Group
from groups.rights import Right
from planet.accounts.models import User

MOST_RULES: Final = 30


@transaction.atomic
def make_rule(*, actor: User, group_id: UUID, fields: dict[str, Any], now: datetime) -> AutomodRule:
    """A new rule; `fields` are AutomodRule's, checked. Raises NotAMember, NotAllowed, TooMany."""
    group = _locked(actor, group_id)
    if AutomodRule.objects.filter(group=group).count() >= MOST_RULES:
        raise TooMany
    rule = AutomodRule.objects.create(group=group, by=actor, created_at=now, changed_at=now, **fields)
    log.record(group, "automod_changed", actor, None, now, rule=rule.name, what="made")
    return rule


@transaction.atomic
def change_rule(*, actor: User, group_id: UUID, rule_id: int, fields: dict[str, Any], now: datetime) -> AutomodRule:
    """The rule as it shall be from now on. Raises NotAMember, NotAllowed, Gone."""
    group = _locked(actor, group_id)
    rule = AutomodRule.objects.filter(pk=rule_id, group=group).first()
    if rule is None:
        raise Gone
    for name, value in fields.items():
        setattr(rule, name, value)
    rule.changed_at, rule.slow_at = now, None
    rule.save()
    log.record(group, "automod_changed", actor, None, now, rule=rule.name, what="changed")
    return rule


@transaction.atomic
def remove_rule(*, actor: User, group_id: UUID, rule_id: int, now: datetime) -> None:
    """It holds no more. Raises NotAMember, NotAllowed, Gone."""
    group = _locked(actor, group_id)
    rule = AutomodRule.objects.filter(pk=rule_id, group=group).first()
    if rule is None:
        raise Gone
    rule.delete()
    log.record(group, "automod_changed", actor, None, now, rule=rule.name, what="removed")


def _locked(actor: User, group_id: UUID) -> Group:
    group = locks.group(group_id)
    access.acting(actor, group_id).require(Right.AUTOMOD)
    return group
