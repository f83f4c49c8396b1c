"""Coming and going: every membership begins and ends here.

All of it holds the group's row, so what is counted, banned and approved at once is done one after the other. Whoever
comes in passes the same checks, by whichever way: the group takes people, the person is not banned under any account,
the group's gates open, and there is room.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from groups import access, broadcasts, gates, locks, log
from groups.actions import reading, sending, telling
from groups.errors import AlreadyDone, Banned, Gone, LinkOver, NotAdmitted, NotAMember, Outranked, OwnerStays
from groups.models import (
    Admission,
    Ban,
    Channel,
    ChannelKind,
    Group,
    InviteLink,
    InviteUse,
    JoinRequest,
    LogEntry,
    Membership,
    RequestState,
    Role,
    Sanction,
    Visibility,
)
from groups.rights import Right
from planet.accounts import actions as accounts
from planet.accounts.models import User, VerifiedIdentity
from planet.accounts.queries import has_blocked

MOST_MEMBERS: Final = 200_000
GREETED_UP_TO: Final = 100  # members: in a larger group, comings and goings are not told in the conversation
MOST_AT_ONCE: Final = 200
ANSWER_LENGTH: Final = 500


@dataclass(frozen=True)
class Outcome:
    """What became of wanting to come in: a membership, or a request that helpers decide."""

    membership: Membership | None = None
    request: JoinRequest | None = None


# --- the two ends of a membership -------------------------------------------------------------------------------------


def admit(
    group: Group,
    user: User,
    *,
    now: datetime,
    invited_by: User | None = None,
    link: InviteLink | None = None,
    role: Role | None = None,
) -> Membership:
    """Make somebody a member of a group whose row the caller holds; whoever is one stays one. Asks nothing else."""
    came = {"accepted_at": now, "link": link, "role": role, "invited_by": invited_by}
    row, is_new = Membership.objects.get_or_create(user=user, group=group, defaults={**came, "created_at": now})
    if not is_new:
        if row.accepted_at:
            return row
        row.accepted_at, row.link = now, link
        row.save(update_fields=["accepted_at", "link"])
    Group.objects.filter(pk=group.pk).update(members_count=F("members_count") + 1)
    group.members_count += 1
    reading.start(user, group)
    pending = JoinRequest.objects.filter(group=group, user=user, state=RequestState.PENDING)
    pending.update(state=RequestState.APPROVED, decided_at=now)
    _changed(group)
    telling.listen(user.pk, group)
    return row


def expel(group: Group, user: User) -> bool:
    """End a membership in a group whose row the caller holds, whatever the reason; False when there was none.

    The person's sockets are cut on commit: they come back at once, and hear nothing of this group any more.
    """
    rows = Membership.objects.filter(user=user, group=group)
    accepted = rows.filter(accepted_at__isnull=False).exists()
    if not rows.delete()[0]:
        return False
    if accepted:
        Group.objects.filter(pk=group.pk).update(members_count=F("members_count") - 1)
        group.members_count -= 1
        reading.stop(user, group)
    _changed(group)
    telling.gone(user.pk, group)
    accounts.cut_sockets(user.pk)
    return accepted


def _changed(group: Group) -> None:
    broadcasts.group_changed(group, "members", {"members": group.members_count})


def tell_small(group: Group, kind: str, actor: User, now: datetime, **data: Any) -> None:
    """Tell a small group in its first channel who came or went; a large one has better things to read."""
    if group.members_count <= GREETED_UP_TO:
        tell_in_first(group, actor, now, kind=kind, **data)


def tell_in_first(group: Group, actor: User, now: datetime, **event: Any) -> None:
    """Write an event into the group's first channel. After everything else that locks the group."""
    channels = Channel.objects.filter(group=group, kind=ChannelKind.TEXT, archived_at=None)
    if channel := channels.order_by("position", "pk").first():
        channel.group = group
        sending.tell(channel=channel, event=event, actor=actor, now=now)


# --- coming in --------------------------------------------------------------------------------------------------------


@transaction.atomic
def join(
    *,
    actor: User,
    group: Group,
    now: datetime,
    link: InviteLink | None = None,
    answers: Sequence[dict[str, str]] = (),
) -> Outcome:
    """Come in, or, where people ask first, ask. Again is harmless: a member stays one, a request stands.

    Raises Gone (closed, or limited by operators, or secret and no link), Banned, LinkOver, NotAdmitted.
    """
    group = locks.group(group.pk)
    row = Membership.objects.filter(user=actor, group=group).first()
    if row and row.accepted_at:
        return Outcome(membership=row)
    if row is None and (group.is_direct or (link is None and group.visibility == Visibility.SECRET)):
        raise Gone
    require_welcome(group, actor, now)
    used = _usable(link, group, now) if link else None
    asked = row is not None or (used is not None and not used.needs_approval)
    if not asked and used is None and group.admission == Admission.INVITE:
        raise NotAdmitted(_("This group takes people by invitation only."))
    must_ask = not asked and (used is not None or group.admission == Admission.REQUEST)
    if must_ask or (row is None and is_flooded(group, now)):
        return Outcome(request=_ask(group, actor, used, answers, now))
    return Outcome(membership=_come(group, actor, used, now))


def _come(group: Group, actor: User, link: InviteLink | None, now: datetime) -> Membership:
    row = admit(group, actor, now=now, link=link)
    if link:
        _use(link, actor, now)
    log.record(group, "joined", actor, None, now, link=link.name if link else "")
    tell_small(group, "joined", actor, now)
    return row


def require_welcome(group: Group, user: User, now: datetime) -> None:
    """What every way in asks: the group takes people, this person may come, there is room.

    Raises Gone, Banned, NotAdmitted.
    """
    if group.closed_at or is_limited(group, now) or not user.is_active or has_blocked(group.owner_id, user.pk):
        raise Gone
    if user.is_bot:  # it is put into its one group, and comes into no other
        raise Gone
    if is_banned(group, user, now):
        raise Banned
    if asked := gates.closed_to(user, group):
        raise NotAdmitted(asked)
    if group.members_count >= MOST_MEMBERS:
        raise NotAdmitted(_("This group is full."))


def is_limited(group: Group, now: datetime) -> bool:
    """Whether an operator's measure, of any kind but a warning, keeps new people out."""
    measures = Sanction.objects.filter(Q(until=None) | Q(until__gt=now), group=group, lifted_at=None)
    return measures.exclude(level="warn").exists()


def is_banned(group: Group, user: User, now: datetime) -> bool:
    """Whether the account, or the verified identity behind it, is banned here."""
    standing = Ban.objects.filter(Q(until=None) | Q(until__gt=now), group=group, lifted_at=None)
    identities = VerifiedIdentity.objects.filter(user=user).values("identity_hash")
    return standing.filter(Q(user=user) | (Q(identity_hash__in=identities) & ~Q(identity_hash=""))).exists()


def is_flooded(group: Group, now: datetime) -> bool:
    """Whether as many as the group bears in a minute have joined in the last one. From then on people ask."""
    if not group.joins_per_minute:
        return False
    joined = LogEntry.objects.filter(group=group, kind="joined").order_by("-id")
    moments = joined.values_list("at", flat=True)[group.joins_per_minute - 1 : group.joins_per_minute]
    return any(at > now - timedelta(minutes=1) for at in moments)


def _usable(link: InviteLink, group: Group, now: datetime) -> InviteLink:
    """The link as it stands now, under the group's lock. Raises LinkOver."""
    found = InviteLink.objects.filter(pk=link.pk, group=group, revoked_at=None).first()
    if found is None or (found.expires_at and found.expires_at <= now):
        raise LinkOver
    if found.max_uses is not None and found.uses >= found.max_uses:
        raise LinkOver
    return found


def check_link(*, actor: User, link: InviteLink, now: datetime) -> None:
    """Whether the link lets this person in at this moment: for a page; `join` asks again under the lock.

    Raises LinkOver, Gone, Banned, NotAdmitted.
    """
    _usable(link, link.group, now)
    require_welcome(link.group, actor, now)


def _use(link: InviteLink, user: User, now: datetime) -> None:
    """One more came by this link. The group's lock makes the cap exact, and the database refuses to pass it."""
    InviteLink.objects.filter(pk=link.pk).update(uses=F("uses") + 1)
    InviteUse.objects.create(link=link, user=user, at=now)


# --- asking -----------------------------------------------------------------------------------------------------------


def _ask(
    group: Group, actor: User, link: InviteLink | None, answers: Sequence[dict[str, str]], now: datetime
) -> JoinRequest:
    fields = {"link": link, "answers": list(answers), "created_at": now}
    request, is_new = JoinRequest.objects.get_or_create(
        group=group, user=actor, state=RequestState.PENDING, defaults=fields
    )
    if is_new:
        log.record(group, "requested", actor, None, now)
        broadcasts.group_changed(group, "requests")
    return request


@transaction.atomic
def withdraw(*, actor: User, group_id: UUID, now: datetime) -> None:
    """Ask no longer. Raises AlreadyDone when no request of the actor's waits."""
    group = locks.group(group_id)
    pending = JoinRequest.objects.filter(group=group, user=actor, state=RequestState.PENDING)
    if not pending.update(state=RequestState.WITHDRAWN, decided_at=now):
        raise AlreadyDone
    log.record(group, "withdrawn", actor, None, now)
    broadcasts.group_changed(group, "requests")


@transaction.atomic
def approve(*, actor: User, group_id: UUID, request_id: UUID, now: datetime) -> Membership:
    """Let somebody in who asked. Raises NotAMember, NotAllowed, AlreadyDone, and what keeps the person out now."""
    group = locks.group(group_id)
    access.acting(actor, group_id).require(Right.REQUESTS)
    request = _pending(group, request_id)
    require_welcome(group, request.user, now)
    link = request.link
    if link and link.max_uses is not None and link.uses >= link.max_uses:
        link = None  # helpers decide; the link's own cap is full, so it is not counted there
    row = admit(group, request.user, now=now, link=link)
    _decide(request, actor, RequestState.APPROVED, "", now)
    if link:
        _use(link, request.user, now)
    log.record(group, "approved", actor, request.user, now)
    tell_small(group, "joined", request.user, now)
    telling.approved(request)
    return row


@transaction.atomic
def decline(*, actor: User, group_id: UUID, request_id: UUID, reason: str, now: datetime) -> None:
    """Turn somebody away, who is told the reason. They may ask again. Raises NotAMember, NotAllowed, AlreadyDone."""
    group = locks.group(group_id)
    access.acting(actor, group_id).require(Right.REQUESTS)
    request = _pending(group, request_id)
    _decide(request, actor, RequestState.DECLINED, reason, now)
    log.record(group, "declined", actor, request.user, now, reason=reason)
    broadcasts.group_changed(group, "requests")
    telling.declined(request)


def _pending(group: Group, request_id: UUID) -> JoinRequest:
    waiting = JoinRequest.objects.select_related("user", "link", "group")
    found = waiting.filter(pk=request_id, group=group, state=RequestState.PENDING).first()
    if found is None:
        raise AlreadyDone
    return found


def _decide(request: JoinRequest, actor: User, state: RequestState, reason: str, now: datetime) -> None:
    request.state, request.decided_by, request.decided_at, request.reason = state, actor, now, reason
    request.save(update_fields=["state", "decided_by", "decided_at", "reason"])


# --- being invited ----------------------------------------------------------------------------------------------------


@transaction.atomic
def accept(*, actor: User, group_id: UUID, now: datetime) -> Membership:
    """Say yes to an invitation; again changes nothing.

    Raises AlreadyDone when there is none (any more), and Gone, Banned, NotAdmitted as `join`.
    """
    group = locks.group(group_id)
    row = Membership.objects.filter(user=actor, group=group).first()
    if row is None:
        raise AlreadyDone
    if row.accepted_at:
        return row
    require_welcome(group, actor, now)
    row = admit(group, actor, now=now)
    log.record(group, "joined", actor, row.invited_by, now)
    tell_small(group, "joined", actor, now)
    return row


@transaction.atomic
def refuse(*, actor: User, group_id: UUID, now: datetime) -> None:
    """Say no to an invitation. Raises AlreadyDone when there is none."""
    group = locks.group(group_id)
    if not Membership.objects.filter(user=actor, group=group, accepted_at=None).delete()[0]:
        raise AlreadyDone
    log.record(group, "invitation_declined", actor, None, now)


# --- going ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def leave(*, actor: User, group_id: UUID, now: datetime) -> None:
    """Go. Raises NotAMember, and OwnerStays for the owner of a group that stands."""
    group = locks.group(group_id)
    if group.owner_id == actor.pk and not group.is_direct:
        raise OwnerStays
    if not expel(group, actor):
        raise NotAMember
    end_offers(group, actor, now)
    log.record(group, "left", actor, None, now)
    tell_small(group, "left", actor, now)


@transaction.atomic
def remove(*, actor: User, group_id: UUID, target: User, reason: str, now: datetime) -> None:
    """Send a member away, who may come back by any way that is open; or take back an invitation.

    Raises NotAMember (the actor, or nobody to remove), NotAllowed, Outranked.
    """
    group = locks.group(group_id)
    require_over(actor, group, target, Right.RESTRICT)
    if not expel(group, target):
        log.record(group, "invitation_withdrawn", actor, target, now)
        return
    after_removal(group, target, now)
    log.record(group, "kicked", actor, target, now, reason=reason)
    tell_small(group, "removed", actor, now, target=target.name)


def after_removal(group: Group, target: User, now: datetime) -> None:
    """What somebody who was sent away leaves behind ends with them: their links, an offer of the group."""
    InviteLink.objects.filter(group=group, by=target, revoked_at=None).update(revoked_at=now)
    end_offers(group, target, now)


def end_offers(group: Group, target: User, now: datetime) -> None:
    """No offer of the group to this person stands."""
    group.transfers.filter(to_user=target, ended_at=None).update(ended_at=now)


def require_over(actor: User, group: Group, target: User, right: Right) -> access.Standing:
    """The actor's standing, when it lets them act on this member (or invited person) with this right.

    Call it under the group's lock: two who act on each other are judged one after the other, the second as the first
    left them. Raises NotAMember, NotAllowed, Outranked.
    """
    standing = access.acting(actor, group.pk)
    standing.require(right)
    if target.pk in (actor.pk, group.owner_id):
        raise Outranked
    row = Membership.objects.select_related("role").filter(group=group, user=target).first()
    if row is None:
        raise NotAMember
    if not standing.is_owner and (row.role.rank if row.role else 0) >= standing.rank:
        raise Outranked
    return standing
