"""Writes of moderation: what operators do to accounts, and the record of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _

from planet.accounts import actions as accounts
from planet.accounts.models import DisplayNameChange, User
from planet.moderation import roles
from planet.moderation.models import AuditEntry
from planet.notifications.actions import notify
from planet.notifications.models import Kind


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


class NotAllowed(Exception):
    """Something this operator may not do to this person; the message says what."""


@transaction.atomic
def suspend(*, actor: User, user: User, reason: str, now: datetime) -> AuditEntry:
    """Close the account: nobody signs in, every session and socket ends. Raises NotAllowed.

    Operators cannot suspend themselves, and only a superuser suspends another operator.
    """
    locked = _lock(user)
    if locked.pk == actor.pk:
        raise NotAllowed(_("you cannot suspend yourself."))
    if locked.is_staff and not actor.is_superuser:
        raise NotAllowed(_("only a superuser can suspend an operator."))
    accounts.suspend(user=locked)
    return record(actor=actor, action="user.suspend", target=locked, reason=reason, now=now)


@transaction.atomic
def reinstate(*, actor: User, user: User, reason: str, now: datetime) -> AuditEntry:
    """Open a suspended account again. Raises NotAllowed: whom only a superuser suspends, only a superuser lets in."""
    locked = _lock(user)
    if locked.is_staff and not actor.is_superuser:
        raise NotAllowed(_("only a superuser can do that to an operator."))
    accounts.reinstate(user=locked)
    return record(actor=actor, action="user.reinstate", target=locked, reason=reason, now=now)


@transaction.atomic
def sign_out(*, actor: User, user: User, reason: str, now: datetime) -> AuditEntry:
    """End every session and socket of the person, who may sign in again."""
    details = {"sessions": UserSession.objects.filter(user=user).count()}
    accounts.sign_out_everywhere(user=user)
    return record(actor=actor, action="user.sign_out", target=user, reason=reason, details=details, now=now)


@transaction.atomic
def reset_name(*, actor: User, user: User, reason: str, now: datetime) -> AuditEntry:
    """Take away a display name that pretends to be somebody else; the handle stands in its place.

    The person is told why, and may choose another name after the usual 30 days.
    """
    locked = _lock(user)
    was = locked.display_name
    DisplayNameChange.objects.create(user=locked, old=was, new=locked.handle, at=now)
    _set(locked, display_name=locked.handle)
    tell(user_id=locked.pk, group_key=f"name_reset:{locked.pk}", url=locked.get_absolute_url(), reason=reason, now=now)
    details = {"was": was}
    return record(actor=actor, action="user.reset_name", target=locked, reason=reason, details=details, now=now)


@transaction.atomic
def remove_second_factor(*, actor: User, user: User, reason: str, now: datetime) -> AuditEntry:
    """Let somebody in who has lost the second factor: it is removed, and every session ends. Raises NotAllowed."""
    if user.is_staff and not actor.is_superuser:
        raise NotAllowed(_("only a superuser can do that to an operator."))
    types = list(Authenticator.objects.filter(user=user).order_by("type").values_list("type", flat=True))
    Authenticator.objects.filter(user=user).delete()
    accounts.credentials_changed(user_id=user.pk, now=now)
    accounts.sign_out_everywhere(user=user)
    tell(user_id=user.pk, group_key=f"factor_removed:{user.pk}", url=reverse("mfa_index"), reason=reason, now=now)
    details = {"types": types}
    return record(actor=actor, action="user.remove_second_factor", target=user, reason=reason, details=details, now=now)


@transaction.atomic
def give_role(*, actor: User, user: User, role: str, reason: str, now: datetime) -> AuditEntry:
    """Make somebody an operator in this role, or ("") an operator no more. Only superusers. Raises NotAllowed."""
    if not actor.is_superuser:
        raise NotAllowed(_("only a superuser gives roles."))
    locked = _lock(user)
    if locked.pk == actor.pk:
        raise NotAllowed(_("you cannot change your own role."))
    was = list(locked.groups.filter(name__in=roles.ROLES).values_list("name", flat=True))
    locked.groups.remove(*locked.groups.filter(name__in=roles.ROLES))
    if role:
        locked.groups.add(roles.group(role))
    else:
        _set(locked, is_superuser=False)
        accounts.sign_out_everywhere(user=locked)
    _set(locked, is_staff=bool(role))
    details = {"was": was, "role": role}
    return record(actor=actor, action="user.give_role", target=locked, reason=reason, details=details, now=now)


@transaction.atomic
def end_session(*, actor: User, session: UserSession, reason: str, now: datetime) -> AuditEntry:
    """End one session; its browser is signed out, and the person's sockets are judged anew."""
    details = {"user": str(session.user_id), "ip": session.ip}
    entry = record(actor=actor, action="session.end", target=session, reason=reason, details=details, now=now)
    accounts.end_sessions([session])
    accounts.cut_sockets(session.user_id)
    return entry


def tell(*, user_id: UUID, group_key: str, url: str, reason: str, now: datetime) -> None:
    """Tell a person what an operator did to something of theirs, and why."""
    notify(recipients=[user_id], kind=Kind.SYSTEM, actor=None, group_key=group_key, url=url, excerpt=reason, now=now)


def _lock(user: User) -> User:
    return User.objects.select_for_update().get(pk=user.pk)


def _set(user: User, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(user, name, value)
    user.save(update_fields=list(fields))
