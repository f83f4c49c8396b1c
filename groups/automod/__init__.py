"""Automatic moderation: what is looked at before a message is written.

Rules are read with one query and judged in bounded time (groups.automod.rules). The hardest measure among those that
are struck counts. What a stopped message leaves behind, an entry in the log and perhaps a time-out, is written here, in
a transaction of its own: the message never is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from groups import broadcasts, locks, log, restrictions, text
from groups.access import Standing
from groups.automod.rules import Budget, Seen, strikes
from groups.automod.unanswered import reason_to_wait
from groups.models import AutomodRule, Channel, Message, RuleAction
from groups.rights import Right
from posts.text import Kind

_HARDNESS: Final = (RuleAction.ALERT.value, RuleAction.BLOCK.value, RuleAction.TIME_OUT.value)
# Whoever runs the group is spared by every rule, without being named in it: the owner has all of these.
_SPARED: Final = Right.AUTOMOD | Right.EDIT_GROUP | Right.ROLES
_QUOTED: Final = 300  # characters of a stopped message that the log keeps


@dataclass(frozen=True)
class Draft:
    """A message that is about to be written, or (`message` given) to get another text."""

    channel: Channel
    text: str
    mentions: int  # how many people it names
    now: datetime
    message: Message | None = None


@dataclass(frozen=True)
class Verdict:
    """What becomes of a draft. `reason` is told to its author; `rule` names what it struck, "" for nothing."""

    stops: bool = False
    reason: str = ""
    rule: str = ""


PASS = Verdict()


def check(draft: Draft, who: Standing) -> Verdict:
    """Look at a draft, outside any transaction; what this writes down stays, whatever becomes of the message."""
    if draft.channel.group.is_direct:
        reason = "" if draft.message else reason_to_wait(draft.channel, who.member.user)
        return Verdict(stops=True, reason=reason) if reason else PASS
    if who.given & _SPARED:
        return PASS
    rules = [rule for rule in rules_of(who.group.pk) if who.member.role_id not in rule.exempt]
    struck = _hardest(rules, _seen(draft, who), draft.now) if rules else None
    if struck is None:
        return PASS
    if struck.action == RuleAction.ALERT:
        return Verdict(rule=struck.name)
    _stop(struck, draft, who)
    return Verdict(stops=True, rule=struck.name, reason=_told(struck))


def noted(verdict: Verdict, message: Message) -> None:
    """A message that struck a rule was written all the same; call it in its transaction."""
    group = message.channel.group
    data = {"rule": verdict.rule, "message": str(message.pk), "said": message.text[:_QUOTED]}
    log.record(group, "automod_alerted", None, message.author, message.edited_at or message.created_at, **data)
    broadcasts.group_changed(group, "alerts")


def rules_of(group_id: UUID) -> Sequence[AutomodRule]:
    """The rules of a group that are on. One query."""
    return list(AutomodRule.objects.filter(group=group_id, is_on=True).order_by("id"))


def _seen(draft: Draft, who: Standing) -> Seen:
    since = who.member.accepted_at or draft.now
    user = who.member.user
    return Seen(
        text=draft.text,
        name=user.display_name,
        handle=user.handle,
        mentions=draft.mentions,
        links=[token.value for token in text.names(draft.text) if token.kind is Kind.LINK],
        minutes=(draft.now - since).total_seconds() / 60,
    )


def _hardest(rules: Iterable[AutomodRule], seen: Seen, now: datetime) -> AutomodRule | None:
    """Of the rules that are struck the one with the hardest measure; patterns too slow to be judged are noted."""
    budget = Budget()
    struck = [rule for rule in rules if strikes((rule.pk, rule.kind, rule.setting), seen, budget)]
    if budget.slow:
        AutomodRule.objects.filter(pk__in=budget.slow).update(slow_at=now)
    return max(struck, key=lambda rule: _HARDNESS.index(rule.action), default=None)


@transaction.atomic
def _stop(rule: AutomodRule, draft: Draft, who: Standing) -> None:
    """Write down what was stopped, and time its author out where the rule says so."""
    data: dict[str, Any] = {"rule": rule.name, "said": draft.text[:_QUOTED]}
    kind = "automod_blocked"
    if rule.action == RuleAction.TIME_OUT:
        kind = "automod_timed_out"
        until = draft.now + timedelta(minutes=rule.minutes)
        data["until"] = until.isoformat()
        group = locks.group(who.group.pk)
        restrictions.time_out(group=group, user=who.member.user, until=until, reason=rule.name, now=draft.now)
    log.record(who.group, kind, None, who.member.user, draft.now, **data)
    broadcasts.group_changed(who.group, "alerts")


def _told(rule: AutomodRule) -> str:
    if rule.action == RuleAction.TIME_OUT:
        said = _("Stopped by this group's automatic moderation (%(rule)s). You may write again in %(minutes)d minutes.")
        return said % {"rule": rule.name, "minutes": rule.minutes}
    return _("Stopped by this group's automatic moderation: %(rule)s.") % {"rule": rule.name}
