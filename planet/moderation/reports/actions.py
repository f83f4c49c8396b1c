"""Writes of reports: reporting, and an operator's decision."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from planet.accounts.models import User
from planet.moderation.actions import record
from planet.moderation.models import AuditEntry, MovedPicture, Report, Reported, ReportState, Snapshot
from planet.moderation.reports import registry
from planet.moderation.reports.queries import pictures_in_use
from planet.moderation.reports.registry import TITLE_LENGTH, Evidence, Reportable
from planet.notifications.actions import notify
from planet.notifications.models import Kind

TOLD_AT_ONCE = 1000


class OwnThing(Exception):
    """Nobody reports what is theirs."""


class NothingOpen(Exception):
    """Every report of the thing is decided already."""


class NotUpheld(Exception):
    """No report of the thing was upheld, or that was taken back already."""


class NotImpartial(Exception):
    """Nobody decides about reports of what is theirs."""


def report(*, actor: User, about: Reportable, thing: Any, reason: str, note: str, now: datetime) -> Report:
    """Report a thing that `about.find` has given out; again changes the reason and note of the report that is open.

    The evidence is taken now, whatever becomes of the thing. Raises OwnThing.
    """
    owner_id = about.owner(thing)
    if owner_id == actor.pk:
        raise OwnThing
    evidence = about.snapshot(thing)
    with transaction.atomic():
        reported = _lock(about.kind, thing.pk, owner_id, evidence, now)
        made, is_new = Report.objects.get_or_create(
            reported=reported,
            reporter=actor,
            state=ReportState.OPEN,
            defaults={
                "reason": reason,
                "note": note,
                "snapshot": _snapshot(reported, evidence, now),
                "created_at": now,
                "updated_at": now,
            },
        )
        if is_new:
            reported.all_reports += 1
            _count(reported, reason, 1)
        else:
            _count(reported, made.reason, -1)
            _count(reported, reason, 1)
            made.reason, made.note, made.updated_at = reason, note, now
            made.snapshot = _snapshot(reported, evidence, now)
            made.save(update_fields=["reason", "note", "updated_at", "snapshot"])
        reported.title, reported.url = evidence.title[:TITLE_LENGTH], evidence.url
        reported.newest_at, reported.state, reported.decided_at = now, ReportState.OPEN, None
        reported.save()
    return made


def _lock(kind: str, object_id: UUID, owner_id: UUID, evidence: Evidence, now: datetime) -> Reported:
    """The thing's row in the queue, made if need be; it orders everything that happens to the thing's reports."""
    first = {"owner_id": owner_id, "title": evidence.title[:TITLE_LENGTH], "url": evidence.url, "first_at": now}
    Reported.objects.get_or_create(kind=kind, object_id=object_id, defaults=first)
    return Reported.objects.select_for_update().get(kind=kind, object_id=object_id)


def _snapshot(reported: Reported, evidence: Evidence, now: datetime) -> Snapshot:
    shown = {"content": evidence.content, "pictures": list(evidence.pictures), "taken_at": now}
    return Snapshot.objects.get_or_create(reported=reported, digest=evidence.digest, defaults=shown)[0]


def _count(reported: Reported, reason: str, by: int) -> None:
    """Count an open report of the locked row."""
    left = reported.reasons.get(reason, 0) + by
    reported.reasons = {**reported.reasons, reason: left}
    if not left:
        del reported.reasons[reason]
    reported.open_reports += by


@transaction.atomic
def decide(*, actor: User, reported: Reported, uphold: bool, reason: str, now: datetime) -> AuditEntry:
    """Decide about every open report of a thing, and tell whoever reported it. What becomes of the thing itself is
    done in its own room. Raises NothingOpen, NotImpartial.
    """
    locked = Reported.objects.select_for_update().get(pk=reported.pk)
    if locked.state != ReportState.OPEN:
        raise NothingOpen
    if locked.owner_id == actor.pk:
        raise NotImpartial
    state = ReportState.UPHELD if uphold else ReportState.DISMISSED
    pending = Report.objects.filter(reported=locked, state=ReportState.OPEN)
    reporters = [pk for pk in pending.order_by("reporter").values_list("reporter", flat=True) if pk]
    pending.update(state=state, decided_at=now)
    details = {"kind": locked.kind, "object": str(locked.object_id), "reasons": locked.reasons}
    locked.state, locked.decided_at, locked.open_reports, locked.reasons = state, now, 0, {}
    locked.save(update_fields=["state", "decided_at", "open_reports", "reasons"])
    verb = "report.uphold" if uphold else "report.dismiss"
    entry = record(actor=actor, action=verb, target=locked, reason=reason, details=details, now=now)
    about = registry.get(locked.kind)
    if uphold and about and about.upheld:
        about.upheld(locked.object_id, now)
    _tell(reporters, locked, state, now)
    return entry


@transaction.atomic
def overturn(*, actor: User, reported: Reported, reason: str, now: datetime) -> AuditEntry:
    """Take back that reports were upheld: what followed from it in the thing's room is undone.

    Raises NotUpheld, NotImpartial.
    """
    locked = Reported.objects.select_for_update().get(pk=reported.pk)
    if locked.state != ReportState.UPHELD:
        raise NotUpheld
    if locked.owner_id == actor.pk:
        raise NotImpartial
    locked.state, locked.decided_at = ReportState.DISMISSED, now
    locked.save(update_fields=["state", "decided_at"])
    about = registry.get(locked.kind)
    if about and about.overturned:
        about.overturned(locked.object_id)
    details = {"kind": locked.kind, "object": str(locked.object_id)}
    return record(actor=actor, action="report.overturn", target=locked, reason=reason, details=details, now=now)


def _tell(reporters: Sequence[UUID], reported: Reported, state: ReportState, now: datetime) -> None:
    for start in range(0, len(reporters), TOLD_AT_ONCE):
        notify(
            recipients=reporters[start : start + TOLD_AT_ONCE],
            kind=Kind.SYSTEM,
            actor=None,
            group_key=f"report_{state}:{reported.pk}",
            url=reverse("reports"),
            excerpt=reported.title,
            now=now,
        )


@transaction.atomic
def pictures_moved(keys: Mapping[str, str]) -> None:
    """Some pictures lie elsewhere now (old key → new one): those that are evidence are looked for there."""
    for old, new in keys.items():
        if not MovedPicture.objects.filter(now_at=old).update(now_at=new) and pictures_in_use([old]):
            MovedPicture.objects.update_or_create(key=old, defaults={"now_at": new})
