"""Invitations: named links, and people who are asked by name and say yes themselves."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from groups import access, broadcasts, locks, log
from groups.actions import joining, telling
from groups.errors import AlreadyDone, Banned, NotAdmitted, TooMany
from groups.models import Group, InviteLink, LogEntry, Membership
from groups.rights import Right
from planet.accounts.models import User
from planet.accounts.queries import blocked_between, has_muted

MOST_LINKS: Final = 32  # that stand
MOST_INVITED: Final = 500  # people of one group who have not answered yet
LEFT_ALONE: Final = timedelta(days=30)  # whoever declined is not asked again for so long


@dataclass(frozen=True)
class Terms:
    """What a link is called, and whom it lets in; None: no end, no cap."""

    name: str
    expires_at: datetime | None = None
    max_uses: int | None = None
    needs_approval: bool = False


@transaction.atomic
def make_link(*, actor: User, group_id: UUID, terms: Terms, now: datetime) -> InviteLink:
    """A new link. Raises NotAMember, NotAllowed, TooMany."""
    group = locks.group(group_id)
    access.acting(actor, group_id).require(Right.LINKS_OF_INVITE)
    standing = InviteLink.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), group=group, revoked_at=None)
    if standing.count() >= MOST_LINKS:
        raise TooMany
    link = InviteLink.objects.create(
        group=group,
        name=terms.name,
        token=secrets.token_urlsafe(16),
        by=actor,
        created_at=now,
        expires_at=terms.expires_at,
        max_uses=terms.max_uses,
        needs_approval=terms.needs_approval,
    )
    log.record(group, "link_made", actor, None, now, link=str(link))
    return link


@transaction.atomic
def change_link(*, actor: User, group_id: UUID, link_id: int, terms: Terms, now: datetime) -> InviteLink:
    """Change what a link allows; who came by it stays. Raises as `make_link`, AlreadyDone, ValidationError."""
    group, link = _link(actor, group_id, link_id)
    if terms.max_uses is not None and terms.max_uses < link.uses:
        message = _("Already %(uses)d came by this link: the cap cannot be lower.")
        raise ValidationError(message, params={"uses": link.uses}, code="max_uses")
    link.name, link.expires_at = terms.name, terms.expires_at
    link.max_uses, link.needs_approval = terms.max_uses, terms.needs_approval
    link.save(update_fields=["name", "expires_at", "max_uses", "needs_approval"])
    log.record(group, "link_changed", actor, None, now, link=str(link))
    return link


@transaction.atomic
def revoke_link(*, actor: User, group_id: UUID, link_id: int, now: datetime) -> None:
    """Nobody comes in by this link any more. Raises NotAMember, NotAllowed, AlreadyDone."""
    group, link = _link(actor, group_id, link_id)
    link.revoked_at = now
    link.save(update_fields=["revoked_at"])
    log.record(group, "link_revoked", actor, None, now, link=str(link))


def _link(actor: User, group_id: UUID, link_id: int) -> tuple[Group, InviteLink]:
    group = locks.group(group_id)
    access.acting(actor, group_id).require(Right.LINKS_OF_INVITE)
    link = InviteLink.objects.filter(pk=link_id, group=group, revoked_at=None).first()
    if link is None:
        raise AlreadyDone
    return group, link


@transaction.atomic
def invite(*, actor: User, group_id: UUID, target: User, now: datetime) -> Membership:
    """Ask somebody to come, who is in only once they said yes. Again, or a member: nothing changes.

    Raises NotAMember, NotAllowed, TooMany, Banned, and NotAdmitted for whom the actor cannot ask: one of the two has
    blocked the other, or the person declined of late.
    """
    group = locks.group(group_id)
    access.acting(actor, group_id).require(Right.INVITE)
    row = Membership.objects.filter(group=group, user=target).first()
    if row:
        return row
    if not target.is_active or target.is_bot or blocked_between(actor.pk, target.pk):
        raise NotAdmitted(_("You cannot invite this person."))
    if joining.is_banned(group, target, now):
        raise Banned
    declined = LogEntry.objects.filter(group=group, actor=target, kind="invitation_declined", at__gt=now - LEFT_ALONE)
    if declined.exists():
        raise NotAdmitted(_("This person declined an invitation here a short while ago."))
    if Membership.objects.filter(group=group, accepted_at=None).count() >= MOST_INVITED:
        raise TooMany
    row = Membership.objects.create(group=group, user=target, invited_by=actor, created_at=now)
    log.record(group, "invited", actor, target, now)
    broadcasts.group_changed(group, "members", {"members": group.members_count})
    if not has_muted(target.pk, actor.pk):
        telling.tell(target.pk, "group_invited", group, now)
    return row
