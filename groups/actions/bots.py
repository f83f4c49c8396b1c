"""Adding bots and webhooks to a group, giving them other tokens, taking them out.

A bot is a member with an account of its own, so everything that holds for people holds for it: rights, restrictions,
slow mode, automatic moderation, the log. Nobody gets more through a bot than they are: a bot whose role stands as high
as the actor's is out of the actor's reach.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from groups import access, locks, log
from groups.access import Standing
from groups.actions import joining
from groups.errors import Gone, Outranked, TooMany
from groups.models import Bot, Channel, ChannelKind, Group, Membership
from groups.queries.bots import digest
from groups.rights import Right
from groups.scopes import EVERYTHING, NONE, Scope
from planet.accounts import handles, names
from planet.accounts.models import MentionsFrom, User
from planet.web.ids import uuid7

MOST: Final = 30  # bots and webhooks of a group
TITLE: Final = "Bot"  # beside its name; nobody changes it
_LETTERS: Final = "abcdefghjkmnpqstuxyz2345789"  # none that is mistaken for another
_NOTED: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Made:
    """A bot with its token, which nobody sees a second time."""

    bot: Bot
    token: str


@transaction.atomic
def make_bot(*, actor: User, group_id: UUID, name: str, scopes: Scope, now: datetime) -> Made:
    """Add a bot. Raises NotAMember, NotAllowed, TooMany, ValidationError (the name; no scope)."""
    group, _who = _held(actor, group_id)
    if not scopes & EVERYTHING:
        raise ValidationError(_("Choose what the token is good for."), code="scopes")
    return _make(group, actor, name, now, scopes=scopes & EVERYTHING)


@transaction.atomic
def make_webhook(*, actor: User, group_id: UUID, channel_id: UUID, name: str, now: datetime) -> Made:
    """Add a webhook to a channel. Raises NotAMember, NotAllowed, TooMany, Gone (the channel), ValidationError."""
    group, _who = _held(actor, group_id)
    rows = Channel.objects.filter(pk=channel_id, group=group, archived_at=None).exclude(kind=ChannelKind.THREAD)
    channel = rows.first()
    if channel is None:
        raise Gone
    return _make(group, actor, name, now, channel=channel)


def _make(
    group: Group, actor: User, name: str, now: datetime, *, channel: Channel | None = None, scopes: Scope = NONE
) -> Made:
    name = _free_name(group, name)
    if Bot.objects.filter(group=group, revoked_at=None).count() >= MOST or group.members_count >= joining.MOST_MEMBERS:
        raise TooMany
    token = _token()
    bot = Bot.objects.create(
        group=group,
        user=_account(name),
        channel=channel,
        name=name,
        scopes=int(scopes),
        token_hash=digest(token),
        hint=token[-4:],
        by=actor,
        created_at=now,
    )
    member = joining.admit(group, bot.user, now=now, invited_by=actor)
    member.title = TITLE
    member.save(update_fields=["title"])
    _record(bot, "bot_added", "webhook_made", actor, now)
    return Made(bot, token)


@transaction.atomic
def change(*, actor: User, group_id: UUID, bot_id: int, name: str, scopes: Scope, now: datetime) -> Bot:
    """Another name; of a bot, other scopes as well. What is as it was writes nothing.

    Raises NotAMember, NotAllowed, Outranked, Gone, ValidationError.
    """
    bot = _reached(actor, group_id, bot_id)
    wanted = NONE if bot.is_webhook else scopes & EVERYTHING
    if not bot.is_webhook and not wanted:
        raise ValidationError(_("Choose what the token is good for."), code="scopes")
    name = _free_name(bot.group, name, but=bot.pk)
    if (bot.name, bot.scopes) == (name, int(wanted)):
        return bot
    bot.name, bot.scopes = name, int(wanted)
    bot.save(update_fields=["name", "scopes"])
    bot.user.display_name = name
    bot.user.save(update_fields=["display_name"])
    _record(bot, "bot_changed", "webhook_changed", actor, now)
    return bot


@transaction.atomic
def rotate(*, actor: User, group_id: UUID, bot_id: int, now: datetime) -> Made:
    """Another token; the one before is good for nothing any more. Raises NotAMember, NotAllowed, Outranked, Gone."""
    bot = _reached(actor, group_id, bot_id)
    token = _token()
    bot.token_hash, bot.hint, bot.rotated_at = digest(token), token[-4:], now
    bot.save(update_fields=["token_hash", "hint", "rotated_at"])
    _record(bot, "bot_rotated", "webhook_rotated", actor, now)
    return Made(bot, token)


@transaction.atomic
def revoke(*, actor: User, group_id: UUID, bot_id: int, now: datetime) -> None:
    """Take a bot out: no token, no membership. What it said stays. Raises NotAMember, NotAllowed, Outranked, Gone."""
    bot = _reached(actor, group_id, bot_id)
    bot.token_hash, bot.revoked_at = None, now
    bot.save(update_fields=["token_hash", "revoked_at"])
    joining.expel(bot.group, bot.user)
    _record(bot, "bot_removed", "webhook_revoked", actor, now)


def used(bot: Bot, now: datetime) -> None:
    """Note that the token was used; at most once a minute, so that a busy bot writes no row with every call."""
    if bot.last_used_at and now - bot.last_used_at < _NOTED:
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lte=now - _NOTED)
    Bot.objects.filter(stale, pk=bot.pk).update(last_used_at=now)


# --- the parts --------------------------------------------------------------------------------------------------------


def _held(actor: User, group_id: UUID) -> tuple[Group, Standing]:
    group = locks.group(group_id)
    who = access.acting(actor, group_id)
    who.require(Right.BOTS)
    return group, who


def _reached(actor: User, group_id: UUID, bot_id: int) -> Bot:
    """A standing bot of the group, under the group's lock. Raises Gone, and Outranked for one of the actor's rank."""
    group, who = _held(actor, group_id)
    bot = Bot.objects.select_related("user", "channel").filter(pk=bot_id, group=group, revoked_at=None).first()
    if bot is None:
        raise Gone
    bot.group = group
    member = Membership.objects.select_related("role").filter(group=group, user=bot.user).first()
    if member and member.role and member.role.rank >= who.rank:
        raise Outranked
    return bot


def _free_name(group: Group, name: str, *, but: int = 0) -> str:
    name = names.check(name)
    if Bot.objects.filter(group=group, name__iexact=name, revoked_at=None).exclude(pk=but).exists():
        raise ValidationError(_("There is a bot or webhook of this name."), code="name_taken")
    return name


def _token() -> str:
    return secrets.token_urlsafe(32)


def _account(name: str) -> User:
    """An account that nobody signs in to: no password, and an address to which no mail can go (RFC 2606)."""
    return User.objects.create_user(
        f"{uuid7().hex}@bots.invalid",
        _handle(name),
        display_name=name,
        is_bot=True,
        mentions_from=MentionsFrom.NOBODY,
    )


def _handle(name: str) -> str:
    """A free handle that begins with bot_: no bot takes a person's."""
    slug = "".join(letter for letter in name.lower() if letter.isascii() and letter.isalnum())[:9]
    while True:
        end = "".join(secrets.choice(_LETTERS) for _ in range(5))
        handle = "_".join(part for part in ("bot", slug, end) if part)
        if not User.objects.filter(handle_skeleton=handles.skeleton(handle)).exists():
            return handle


def _record(bot: Bot, of_bot: str, of_webhook: str, actor: User, now: datetime) -> None:
    if bot.is_webhook:
        channel = bot.channel.name if bot.channel else ""
        log.record(bot.group, of_webhook, actor, bot.user, now, webhook=bot.name, channel=channel)
    else:
        log.record(bot.group, of_bot, actor, bot.user, now, bot=bot.name, scopes=bot.scopes)
