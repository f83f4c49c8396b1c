"""What the conversation's templates need; one builder for the page, the panel and direct messages."""

import json
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from groups import access, showing
from groups.access import Standing
from groups.chat_texts import chat_texts
from groups.emoji import REACTIONS
from groups.models import Channel, ChannelKind, Group, Membership, Message, Pin
from groups.presence import COUNTED
from groups.queries import channels, members, messages, mine, requests, unread
from groups.queries.messages import Page
from groups.queries.unread import Unread
from groups.rights import Right
from groups.views.answers import silence as silenced
from planet.accounts.models import User
from planet.realtime import presence

GROUPED: Final = timedelta(minutes=5)  # so long one goes on speaking without being named again
FAR: Final = 30  # more unread messages than this, and a conversation opens at the first of them
PINS: Final = 50
QUICK: Final = 3  # reactions that are a press away
TARGETS: Final = 60  # groups that something can be forwarded to
LISTED: Final = 40  # rows of the list that are drawn at once; the rest come when one gets there


@dataclass(frozen=True)
class Line:
    """A message among its neighbours: `day` begins with it, what is new begins with it, its author has just spoken."""

    message: Message
    day: date | None
    is_first_unread: bool
    cont: str


@dataclass(frozen=True)
class Tab:
    """A channel in the strip above the conversation."""

    pk: UUID
    kind: str
    name: str
    url: str
    unread: int


def list_pane(
    user: User,
    *,
    wanted: str = "all",
    folder: str = "",
    q: str = "",
    skip: int = 0,
    counted: Sequence[Unread] | None = None,
) -> dict[str, Any]:
    """The pane of groups and conversations: `LISTED` rows of it, the first ones or those after `skip`."""
    found = mine.rows(user, now=timezone.now(), counted=counted)
    rows = mine.chosen(found, wanted=wanted, folder=folder)
    if q:
        rows = [row for row in rows if q.casefold() in row.name.casefold()]
    asked = {"show": wanted if wanted != "all" else "", "folder": folder, "q": q}
    return {
        "rows": rows[skip : skip + LISTED],
        "more_rows": _more(asked, skip + LISTED) if len(rows) > skip + LISTED else "",
        "fewer_rows": _more(asked, max(0, skip - LISTED)) if skip else "",
        "has_groups": bool(found),
        "filters": _filters(found, wanted, folder),
        "wanted": wanted,
        "waiting": requests.waiting(user).count() if wanted == "all" and not skip else 0,
        "q": q,
    }


def _more(asked: dict[str, str], skip: int) -> str:
    """Where another part of the same list is."""
    values = {name: value for name, value in {**asked, "skip": skip}.items() if value}
    return reverse("groups") + (f"?{urlencode(values)}" if values else "")


def _filters(found: Sequence[mine.Row], wanted: str, folder: str) -> list[dict[str, Any]]:
    url = reverse("groups")
    counts = {"unread": mine.badge(found), "archived": len(mine.chosen(found, wanted="archived"))}
    labels = {
        "all": _("All"),
        "unread": _("Unread"),
        "mentions": _("Mentions"),
        "direct": _("Direct"),
        "archived": _("Archived"),
    }
    chips = [
        {
            "name": name,
            "url": url if name == "all" else f"{url}?show={name}",
            "label": labels[name],
            "count": counts.get(name, 0),
            "current": name == wanted and not folder,
        }
        for name in mine.FILTERS
        if name not in ("archived", "direct") or name == wanted or mine.chosen(found, wanted=name)
    ]
    chips[1:1] = [
        {"name": "", "url": f"{url}?folder={name}", "label": name, "count": 0, "current": name == folder}
        for name in mine.folders(found)
    ]
    return chips


def conversation(
    user: User,
    who: Standing,
    channel: Channel,
    page: Page,
    *,
    counted: Sequence[Unread],
    standing: Sequence[Channel] | None = None,
    reply: Message | None = None,
) -> dict[str, Any]:
    """A channel, a thread or a direct conversation, for its member; `counted` is what the member has not read.

    `standing` are the channels of the group in their order, where they were read already.
    """
    group = who.group
    state = state_of(who, channel, counted)
    pins = _pins(channel)
    after = state.position if state.unread else None
    silence = access.silence_in(channel, who) or access.silence_between(channel, user.pk)
    other = _other(group, user)
    url = group.get_absolute_url()
    return {
        "group": group,
        "channel": channel,
        "standing": who,
        "person": other,
        "name": _name(group, other),
        "url": url,
        "here": channel_url(group, channel),
        "about_url": f"{url}about/",
        "rights": sum(int(right) for right in Right if who.may(right)),
        "is_helper": who.is_helper,
        "slow_seconds": 0 if who.is_helper else group.slow_seconds,
        "silence": silenced(silence) if silence else "",
        "may_poll": who.may(Right.POLLS) and not channel.is_thread,
        "may_attach": bool(who.rights & (Right.PICTURES | Right.FILES)),
        "read_number": state.position,
        "unread": state.unread,
        "focus": page.target,
        "page": page,
        "first": page.messages[0].number if page.messages else 1,
        "last": page.messages[-1].number if page.messages else channel.last_number,
        "lines": list(lines(page.messages, group=group, after=after, pinned={pin.pk for pin in pins})),
        "mine_json": json.dumps(showing.mine(page.messages, user_id=user.pk)),
        "root": _root(channel),
        "pins": pins,
        "channels": _tabs(group, channels.of_group(group) if standing is None else standing, counted),
        "online": _online(group),
        "reply": reply,
        "client_id": uuid4(),
        "blank": _blank(user, who, channel),
        "reactions": list(REACTIONS.items()),
        "quick": list(REACTIONS.items())[:QUICK],
        "chat_texts": chat_texts(),
    }


def state_of(who: Standing, channel: Channel, counted: Sequence[Unread]) -> Unread:
    """What the member has not read of a channel: as it was counted already, or as of a thread that nobody counts."""
    found = next((row for row in counted if row.channel_id == channel.pk), None)
    return found or unread.of_channel(user_id=who.user_id, channel=channel, is_helper=who.is_helper)


def opening(channel: Channel, position: int, *, at: int | None = None) -> Page:
    """Where a conversation opens: at a number, at the first unread if that is far up, else at its end."""
    if at:
        return messages.around(channel, at)
    if channel.last_number - position > FAR and position:
        return messages.around(channel, position + 1)
    return messages.latest(channel)


def lines(rows: Sequence[Message], *, group: Group, after: int | None, pinned: Set[UUID]) -> Iterator[Line]:
    """Messages with what stands between them; after the number `after` everything is new."""
    before: Message | None = None
    told = False
    for message in showing.dress(rows, group=group, pinned=pinned):
        day = message.created_at.date()
        begins = before is None or before.created_at.date() != day
        new = after is not None and not told and message.number > after
        told = told or new
        yield Line(
            message, day if begins else None, new, "" if begins or new or not _goes_on(before, message) else " cont"
        )
        before = message


def _goes_on(before: Message | None, message: Message) -> bool:
    """Whether a message needs no head: its author has just spoken."""
    return (
        before is not None
        and before.author_id == message.author_id
        and before.kind == message.kind
        and message.reply_to_id is None
        and message.created_at - before.created_at < GROUPED
    )


def details(who: Standing) -> dict[str, Any]:
    """The pane of details: who looks after the group, who else is there."""
    known, others = members.listed(who.group)
    online = presence.online([row.user_id for row in [*known, *others]])
    return {
        "sections": _sections(known, others, online),
        "online_ids": online,
        "may_invite": who.may(Right.INVITE) or who.may(Right.LINKS_OF_INVITE),
        "level": who.member.level,
        "is_muted": who.member.muted_until is not None and who.member.muted_until > timezone.now(),
    }


def _sections(known: Sequence[Membership], others: Sequence[Membership], online: set[UUID]) -> list[dict[str, Any]]:
    """By role; the others by whether they are here, and an empty part stays for whoever comes or goes."""
    sections: dict[str, list[Membership]] = {}
    for row in known:
        name = row.role.name if row.role else _("Owner")
        sections.setdefault(name, []).append(row)
    here = [row for row in others if row.user_id in online]
    away = [row for row in others if row.user_id not in online]
    found: list[dict[str, Any]] = [{"label": name, "rows": rows, "state": ""} for name, rows in sections.items()]
    if others:
        found.append({"label": _("Online"), "rows": here, "state": "online"})
        found.append({"label": _("Members"), "rows": away, "state": "away"})
    return found


@dataclass(frozen=True)
class Target:
    """A channel that something can be forwarded to."""

    row: mine.Row
    channel: Channel


def targets(user: User) -> list[Target]:
    """The channels of a member's groups and conversations, in the order of the list. Three queries."""
    rows = {row.id: row for row in mine.chosen(mine.rows(user, now=timezone.now()), wanted="all")[:TARGETS]}
    channels = Channel.objects.filter(group__in=list(rows), archived_at=None, kind=ChannelKind.TEXT)
    order = {group_id: place for place, group_id in enumerate(rows)}
    found = sorted(channels, key=lambda channel: (order[channel.group_id], channel.position, channel.pk))
    return [Target(rows[channel.group_id], channel) for channel in found]


def channel_url(group: Group, channel: Channel) -> str:
    """Where a channel is read; the first has the group's own address."""
    base = group.get_absolute_url()
    return f"{base}c/{channel.pk}/"


def _name(group: Group, other: User | None) -> str:
    return group.name or (other.name if other else "") or _("Conversation")


def _other(group: Group, user: User) -> User | None:
    """With whom a conversation between two is."""
    if not group.is_direct:
        return None
    rows = Membership.objects.filter(group=group).exclude(user=user).select_related("user").order_by("id")[:2]
    people = [row.user for row in rows]
    return people[0] if len(people) == 1 else None


def _root(channel: Channel) -> Message | None:
    if not channel.is_thread or channel.root_id is None:
        return None
    rows = list(showing.with_people(Message.objects.filter(pk=channel.root_id)))
    return showing.dress(rows, group=channel.group)[0] if rows else None


def _pins(channel: Channel) -> list[Message]:
    """What is pinned in a channel: all of it, for no more can be."""
    rows = Pin.objects.filter(channel=channel, removed_at=None, message__deleted_at=None)
    return [pin.message for pin in rows.select_related("message__author").order_by("-id")[:PINS]]


def _tabs(group: Group, standing: Iterable[Channel], counted: Sequence[Unread]) -> list[Tab]:
    counts = {row.channel_id: row.unread for row in counted}
    return [
        Tab(row.pk, row.kind, row.name or _("General"), channel_url(group, row), counts.get(row.pk, 0))
        for row in standing
    ]


def _online(group: Group) -> int:
    if group.members_count > COUNTED:
        return 0
    rows = Membership.objects.filter(group=group, accepted_at__isnull=False).values_list("user", flat=True)
    return len(presence.online(rows[:COUNTED]))


def _blank(user: User, who: Standing, channel: Channel) -> Message:
    """A row of the reader's own, for what was just written and is on its way."""
    row = Message(channel=channel, author=user, number=0, revision=0, client_id=uuid4(), text="…")
    return showing.dress_plain(row, who)
