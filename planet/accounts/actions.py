"""What people do to their account and to each other's presence."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from importlib import import_module
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, ProtectedError
from django.utils.translation import gettext_lazy as _

from planet.accounts import names, trust
from planet.accounts.models import ActiveDay, Block, DisplayNameChange, MentionsFrom, Mute, User
from planet.realtime import revoke

RENAME_AFTER = timedelta(days=30)


class RenamedTooSoon(Exception):
    """The display name was changed less than 30 days ago; `until` says when it may change again."""

    def __init__(self, until: datetime) -> None:
        super().__init__(_("You can change your display name once in 30 days."))
        self.until = until


class NotOneself(Exception):
    """Nobody can block or mute themselves."""


def _not_oneself(actor: User, target: User) -> None:
    if actor.pk == target.pk:
        raise NotOneself


def block(*, actor: User, target: User, now: datetime) -> Block:
    """Neither sees the other from now on. Blocking twice changes nothing. Raises NotOneself."""
    _not_oneself(actor, target)
    return Block.objects.get_or_create(owner=actor, target=target, defaults={"created_at": now})[0]


def unblock(*, actor: User, target: User) -> None:
    """Take the block back, if there is one."""
    Block.objects.filter(owner=actor, target=target).delete()


def mute(*, actor: User, target: User, now: datetime) -> Mute:
    """`actor` sees `target` no more; `target` does not learn of it. Raises NotOneself."""
    _not_oneself(actor, target)
    return Mute.objects.get_or_create(owner=actor, target=target, defaults={"created_at": now})[0]


def unmute(*, actor: User, target: User) -> None:
    """Take the mute back, if there is one."""
    Mute.objects.filter(owner=actor, target=target).delete()


def choose_mentions(*, actor: User, mentions_from: MentionsFrom) -> None:
    """Say whose mentions of `actor` count from now on; what was written before stays as it is."""
    User.objects.filter(pk=actor.pk).update(mentions_from=mentions_from)


@transaction.atomic
def rename(*, user: User, new: str, now: datetime) -> None:
    """Change the display name, at most once in 30 days, and keep the old one in the history.

    The same name again changes nothing. Raises RenamedTooSoon, and ValidationError for a name nobody may carry.
    """
    new = names.check(new)
    locked = User.objects.select_for_update().get(pk=user.pk)
    if new == locked.display_name:
        return
    newest = locked.name_changes.order_by("-at").first()
    if newest and now < newest.at + RENAME_AFTER:
        raise RenamedTooSoon(newest.at + RENAME_AFTER)
    DisplayNameChange.objects.create(user=locked, old=locked.display_name, new=new, at=now)
    locked.display_name = user.display_name = new
    locked.save(update_fields=["display_name"])


def become_creator(*, user: User, display_name: str, now: datetime) -> None:  # noqa: ARG001  # every write knows when
    """Mark the person as a creator, with a display name; the first name is not a change of name.

    Called inside the transaction that makes the creator profile. Raises ValidationError for a name nobody may carry.
    """
    user.display_name = names.check(display_name)
    user.is_creator = True
    user.save(update_fields=["display_name", "is_creator"])


@transaction.atomic
def sign_out_everywhere(*, user: User) -> None:
    """End every session of the person and cut their sockets."""
    end_sessions(UserSession.objects.filter(user=user))
    cut_sockets(user.pk)


@transaction.atomic
def end_sessions(sessions: Iterable[UserSession]) -> None:
    """Sign these browsers out.

    Until the commit a request may still find the session's row and put it back into the cache, where it would outlive
    the row by weeks: so the cache forgets it once more afterwards.
    """
    keys = [session.session_key for session in sessions]
    for session in sessions:
        session.end()
    transaction.on_commit(partial(_forget_sessions, keys))


def _forget_sessions(keys: Sequence[str]) -> None:
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    for key in keys:
        store.delete(key)


def cut_sockets(user_id: UUID) -> None:
    """Close the person's sockets once this is committed; a browser that is still signed in connects again."""
    transaction.on_commit(partial(revoke, user_id))


@transaction.atomic
def suspend(*, user: User) -> None:
    """Shut the account: it cannot sign in, and is signed out everywhere at once.

    The ban holds to the identity: a verified identity stays with this account, so that its holder cannot be verified
    on another one. Callers (operators) write the audit log.
    """
    locked = User.objects.select_for_update().get(pk=user.pk)
    locked.is_active = user.is_active = False
    locked.save(update_fields=["is_active"])
    sign_out_everywhere(user=locked)


def reinstate(*, user: User) -> None:
    """Open a suspended account again."""
    user.is_active = True
    user.save(update_fields=["is_active"])


def credentials_changed(*, user_id: UUID, now: datetime) -> None:
    """Note that a password, an address or a second factor was changed, by whomever."""
    User.objects.filter(pk=user_id).update(credentials_changed_at=now)


def seen(*, user_id: UUID, now: datetime) -> None:
    """Note that the person used Planet on this day (UTC)."""
    ActiveDay.objects.bulk_create([ActiveDay(user_id=user_id, day=now.date())], ignore_conflicts=True)


def recompute_trust(*, user_ids: Sequence[UUID], now: datetime) -> int:
    """Set the trust level of these people from their record; how many changed. A fixed number of queries."""
    users = list(
        User.objects.filter(pk__in=user_ids)
        .annotate(days_read=Count("active_days"))
        .only("id", "date_joined", "kyc_state", "trust_level")
    )
    contributions, strikes = trust.count("contributions", user_ids), trust.count("strikes", user_ids)
    changed = []
    for user in users:
        record = trust.Record(
            days_since_joined=(now - user.date_joined).days,
            days_read=user.days_read,
            contributions=contributions[user.pk],
            strikes=strikes[user.pk],
            verified=user.is_verified,
        )
        if (level := trust.level(record)) != user.trust_level:
            user.trust_level = level
            changed.append(user)
    return User.objects.bulk_update(changed, ["trust_level"])


def forget_unconfirmed(*, before: datetime) -> int:
    """Delete sign-ups from `before` that never confirmed an address, which frees their handles; how many."""
    addresses = EmailAddress.objects.filter(user=OuterRef("pk"))
    stale = User.objects.filter(
        Exists(addresses), ~Exists(addresses.filter(verified=True)), date_joined__lt=before, last_login=None
    )
    return sum(_forget(user) for user in stale.iterator())


def _forget(user: User) -> bool:
    """Delete an account that was never used; one that something must be kept of (the ledger) stays."""
    try:
        return user.delete()[0] > 0
    except ProtectedError:
        return False
