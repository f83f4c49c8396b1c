"""What the private hub sends to the socket; always after the commit, always viewer-neutral, rendered once.

Pushes are at most once. What makes them enough is the revision: each message carries its channel's, and whoever hears
n + 2 after n, or comes back, or is told of a gap, fetches the rest (`…/since/`). The one thing a browser could not
notice is a last message whose news died with the process that had committed it. So whoever writes marks the channel in
Redis first, and `confirm`, every few seconds, tells of every marked channel which revision it has reached.
"""

import logging
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final
from uuid import UUID

import redis
from django.conf import settings
from django.db import transaction
from django.utils import translation

from groups import coalescing, showing, text
from groups.access import Standing
from groups.models import Channel, Group, Message
from planet.accounts.models import User
from planet.realtime import publish
from planet.realtime.connection import client

logger = logging.getLogger(__name__)

MARKED: Final = "planet:groups:marked"  # channels by the moment they were last written to
MARKED_SECONDS: Final = 30  # longer than any transaction lasts: then what was marked is committed, or never will be
PREVIEW: Final = 120
_ACTIVITY_EVERY: Final = 1_000  # milliseconds, a channel
_TYPING_EVERY: Final = 400
_ASKING: Final = 2  # members that may ask in a millisecond what they missed, if they are all there
_SPREAD_MOST: Final = 10_000  # milliseconds


def mark(channel_id: UUID) -> None:
    """Something is about to be written to this channel; call it before the channel's lock is taken.

    Redis being away fails nothing: whoever listens is told of a gap when it is back, and fetches what there is.
    """
    try:
        client().zadd(MARKED, {str(channel_id): time.time()})
    except redis.RedisError as error:
        logger.warning("could not mark channel %s: %s", channel_id, error)


def confirm(now: float) -> int:
    """Tell the listeners of every channel written to of late which revision it has; how many channels that were."""
    found: Any = client().zrange(MARKED, 0, -1)
    marked = [UUID(raw.decode()) for raw in found]
    for row in Channel.objects.filter(pk__in=marked).only("pk", "group_id", "last_number", "last_revision"):
        publish(f"channel:{row.pk}", "revision", {"revision": row.last_revision, "number": row.last_number})
        _send_activity(row.pk)
    client().zremrangebyscore(MARKED, "-inf", now - MARKED_SECONDS)
    return len(marked)


# --- messages ---------------------------------------------------------------------------------------------------------


def said(message: Message, who: Standing | None = None) -> None:
    """A new message. `who` wrote it and nothing but words: then it is drawn without asking for anything more."""
    _on_commit(lambda: _send_new(message, who))


def changed(message_id: UUID) -> None:
    """A message was edited, deleted, reacted to, pinned; its thread, its poll or its preview has something new."""
    _on_commit(lambda: _send_changed(message_id))


def counted(message: Message) -> None:
    """A message has other counts (reactions, votes, answers) since its revision: told together with others."""
    channel_id, message_id, revision = message.channel_id, message.pk, message.revision
    _on_commit(lambda: coalescing.soon(channel_id, message_id, revision, _send_counted))


def swept(channel_id: UUID, revision: int, *, members: int) -> None:
    """Many messages changed at once: who listens fetches them instead of being sent each, one after the other."""
    data = {"revision": revision, "spread": min(_SPREAD_MOST, members // _ASKING)}
    _on_commit(lambda: publish(f"channel:{channel_id}", "revision", data))


def _send_new(message: Message, who: Standing | None) -> None:
    group = message.channel.group
    with translation.override(settings.LANGUAGE_CODE):
        if who:
            showing.dress_plain(message, who)
        else:
            showing.dress([message], group=group)
        _publish(message)
    _activity(message.channel_id)


def _send_changed(message_id: UUID) -> None:
    """Read after the commit, so that the last event always tells the truth."""
    _send_rows([message_id], {})


def _send_counted(_channel_id: UUID, changes: Mapping[UUID, Collection[int]]) -> None:
    """Each message once, however often it was counted anew."""
    _send_rows(list(changes), changes)


def _send_rows(message_ids: Collection[UUID], changes: Mapping[UUID, Collection[int]]) -> None:
    rows = showing.with_people(Message.objects.filter(pk__in=message_ids)).select_related("channel__group")
    found = list(rows.order_by("number"))
    if not found:
        return
    with translation.override(settings.LANGUAGE_CODE):
        showing.dress(found, group=found[0].channel.group)
        for message in found:
            _publish(message, covers=changes.get(message.pk, ()))


def _publish(message: Message, *, covers: Collection[int] = ()) -> None:
    """`covers` are the revisions that this row stands for, besides its own."""
    data: dict[str, Any] = {
        "id": str(message.pk),
        "number": message.number,
        "revision": message.revision,
        "client_id": str(message.client_id),
        "author": str(message.author_id),
    }
    if others := [revision for revision in covers if revision != message.revision]:
        data["covers"] = others
    publish(f"channel:{message.channel_id}", "message", data, str(showing.fragment(message)))


# --- the list of groups -----------------------------------------------------------------------------------------------


def _activity(channel_id: UUID) -> None:
    """At most one a second and channel; what comes meanwhile is told by `confirm`."""
    try:
        first = client().set(f"planet:groups:active:{channel_id}", 1, px=_ACTIVITY_EVERY, nx=True)
    except redis.RedisError:
        return
    if first:
        _send_activity(channel_id)


def _send_activity(channel_id: UUID) -> None:
    rows = Message.objects.filter(channel=channel_id, deleted_at=None).select_related("author", "channel__root")
    last = rows.order_by("-number").first()
    if last is None:
        return
    data = {
        "group": str(last.channel.group_id),
        "channel": str(channel_id),
        "kind": last.channel.kind,
        "number": last.channel.last_number,
        "at": last.created_at.isoformat(),
        "author": str(last.author_id),
        "name": last.author.name,
        "text": text.excerpt(last.text, PREVIEW),
        "event": last.event or {},
    }
    publish(f"activity:{last.channel.group_id}", "activity", data)


# --- people -----------------------------------------------------------------------------------------------------------


def read(user_id: UUID, data: dict[str, Any]) -> None:
    """A person's position has moved: for their other tabs."""
    _on_commit(lambda: publish(f"user:{user_id}", "read", data))


def typing(channel_id: UUID, user: User) -> None:
    """Somebody is writing. In a hot channel a few of them are enough."""
    try:
        if not client().set(f"planet:groups:typing:{channel_id}", 1, px=_TYPING_EVERY, nx=True):
            return
    except redis.RedisError:
        return
    publish(f"channel:{channel_id}", "typing", {"user": str(user.pk), "handle": user.handle, "name": user.name})


def group_changed(group: Group, what: str, data: dict[str, Any] | None = None) -> None:
    """Something about the group is new: `what` is settings, roles, members, channels."""
    group_id = group.pk
    _on_commit(lambda: publish(f"group:{group_id}", "group", {"what": what, **(data or {})}))


def pins_changed(channel_id: UUID) -> None:
    """What is pinned in a channel is not what it was."""
    _on_commit(lambda: publish(f"channel:{channel_id}", "pins"))


def mentioned(user_ids: Iterable[UUID], *, group_id: UUID, channel_id: UUID, number: int) -> None:
    """These members are called by a message: for the badges of whatever page they are on."""
    data = {"group": str(group_id), "channel": str(channel_id), "number": number}
    for user_id in user_ids:
        publish(f"user:{user_id}", "mention", data)


def _on_commit(send: Callable[[], object]) -> None:
    # Robust: what is committed is done, whatever becomes of the news of it.
    transaction.on_commit(send, robust=True)
