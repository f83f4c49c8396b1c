"""What operators do about a group, step by step, and the owner's appeal. Nothing is ever deleted."""

from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from celery import current_app
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from groups import access, broadcasts, locks, log
from groups.actions import telling
from groups.errors import AlreadyDone, GroupError, NotAllowed
from groups.models import Group, Membership, Sanction, SanctionLevel
from groups.rights import Right
from planet.accounts.models import User
from planet.moderation.actions import record
from planet.moderation.models import AuditEntry
from planet.realtime import presence, revoke

STEPS: Final = tuple(SanctionLevel)
_AT_ONCE: Final = 2000  # memberships that are looked through for who is online


class TooSteep(GroupError):
    """A group is closed only after a milder measure did not help; freezing protects everybody at once."""


@transaction.atomic
def sanction(
    *, actor: User, group_id: UUID, level: SanctionLevel, reason: str, until: datetime | None, now: datetime
) -> AuditEntry:
    """Take a measure; it replaces a standing one, is written down, and the owner reads the reason. Raises TooSteep."""
    group = locks.group(group_id)
    before = Sanction.objects.filter(group=group)
    if level == SanctionLevel.CLOSE and not before.exclude(level=SanctionLevel.WARN).exists():
        raise TooSteep
    before.filter(lifted_at=None).update(lifted_at=now)
    Sanction.objects.create(group=group, level=level, reason=reason, by=actor, at=now, until=until)
    log.record(group, "sanctioned", None, None, now, level=level, reason=reason)
    broadcasts.group_changed(group, "settings")
    _tell(group, "group_sanctioned", reason, now)
    if level == SanctionLevel.CLOSE:
        transaction.on_commit(partial(_cut_later, group_id), robust=True)
    details = {"level": level, "until": until.isoformat() if until else None}
    return record(actor=actor, action=f"group.{level}", target=group, reason=reason, details=details, now=now)


def _cut_later(group_id: UUID) -> None:
    current_app.send_task("groups.tasks.cut", args=[str(group_id)], retry=False)


def cut(*, group_id: UUID) -> int:
    """Cut the sockets of the members who are online of a group that operators closed; how many people that were.

    They come back at once, each at a moment of its own, and hear nothing of the group any more: so a page that stood
    open shows nothing new. The owner still reads. Should Redis be away, the hubs judge everybody when it is back.
    Harmless when run twice, and when the measure was lifted meanwhile.
    """
    if not access.is_closed_by_planet(group_id):
        return 0
    members = Membership.objects.filter(group=group_id, accepted_at__isnull=False).exclude(user=F("group__owner"))
    last, count = 0, 0
    while page := list(members.filter(pk__gt=last).order_by("pk").values_list("pk", "user")[:_AT_ONCE]):
        last = page[-1][0]
        for user_id in presence.online([user_id for _, user_id in page]):
            revoke(user_id)
            count += 1
    return count


@transaction.atomic
def lift(*, actor: User, group_id: UUID, reason: str, now: datetime) -> AuditEntry:
    """End the standing measure. Raises AlreadyDone."""
    group = locks.group(group_id)
    standing = Sanction.objects.filter(group=group, lifted_at=None).order_by("-id").first()
    if standing is None:
        raise AlreadyDone
    return _lift(actor, group, standing, reason, now)


def _lift(actor: User, group: Group, row: Sanction, reason: str, now: datetime) -> AuditEntry:
    Sanction.objects.filter(group=group, lifted_at=None).update(lifted_at=now)
    log.record(group, "sanction_lifted", None, None, now, level=row.level, reason=reason)
    broadcasts.group_changed(group, "settings")
    _tell(group, "group_released", reason, now)
    return record(actor=actor, action="group.lift", target=group, reason=reason, details={"level": row.level}, now=now)


@transaction.atomic
def appeal(*, actor: User, group_id: UUID, text: str, now: datetime) -> Sanction:
    """The owner says why the standing measure is wrong, once. Raises NotAMember, NotAllowed, AlreadyDone."""
    group = locks.group(group_id)
    if not access.acting(actor, group_id).is_owner:
        raise NotAllowed(Right.EDIT_GROUP)
    row = Sanction.objects.filter(group=group, lifted_at=None).order_by("-id").first()
    if row is None or row.appealed_at:
        raise AlreadyDone
    row.appeal, row.appealed_at = text, now
    row.save(update_fields=["appeal", "appealed_at"])
    log.record(group, "appealed", actor, None, now)
    return row


@transaction.atomic
def decide(*, actor: User, sanction_id: int, uphold: bool, reason: str, now: datetime) -> AuditEntry:
    """Decide about an appeal: the measure stands, or is lifted. Raises AlreadyDone."""
    group = locks.group(Sanction.objects.values_list("group", flat=True).get(pk=sanction_id))
    row = Sanction.objects.filter(pk=sanction_id, appealed_at__isnull=False, decided_at=None).first()
    if row is None:
        raise AlreadyDone
    row.decision, row.decided_by, row.decided_at = reason, actor, now
    row.save(update_fields=["decision", "decided_by", "decided_at"])
    log.record(group, "appeal_decided", None, None, now, reason=reason)
    if not uphold:
        return _lift(actor, group, row, reason, now)
    _tell(group, "group_appeal_declined", reason, now)
    return record(actor=actor, action="group.uphold", target=group, reason=reason, now=now)


def _tell(group: Group, what: str, reason: str, now: datetime) -> None:
    url = f"{group.get_absolute_url()}manage/" if group.handle else ""
    telling.tell(group.owner_id, what, group, now, reason=reason, url=url)


def standing_of(group: Group) -> Sanction | None:
    """The measure that stands against a group now."""
    rows = Sanction.objects.filter(group=group, lifted_at=None).order_by("-id")
    return next((row for row in rows[:1] if row.until is None or row.until > timezone.now()), None)
