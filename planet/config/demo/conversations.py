"""What is said in the demo's groups: rows by COPY, with answers, mentions, reactions, pins and a thread."""

import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection

from groups.models import Channel, ChannelKind, Group, Membership, Message, MessageMention, Pin, Reaction
from planet.config.demo import bots
from planet.config.demo.chatter import LINES, MORE, MORE_IN_CHINESE, PINNED, THREAD
from planet.config.demo.copying import copy, uuid7_at
from planet.config.demo.store import Store

HOURS: Final = 60.0  # ago that the oldest line of a first channel was said
EMOJI: Final = ("👍", "🔥", "🎯", "👀", "😂", "❤️")
UNREAD: Final = 6  # in the first channels, for the accounts that one signs in with
_ENDS = """
UPDATE groups_channel AS c SET last_number = m.last, last_revision = m.last, last_message_at = m.at
  FROM (SELECT channel_id, max(number) AS last, max(created_at) AS at FROM groups_message GROUP BY channel_id) AS m
 WHERE m.channel_id = c.id
"""
# Everybody has read everything; but for a few lines, those who are signed in with.
_READ = """
UPDATE groups_readposition AS p
   SET number = greatest(c.last_number - CASE WHEN p.user_id = ANY(%s) AND c.position = 0 THEN %s ELSE 0 END, 0)
  FROM groups_channel AS c WHERE c.id = p.channel_id
"""


@dataclass
class Rows:
    """What is written, table by table."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    mentions: list[dict[str, Any]] = field(default_factory=list)
    reactions: list[dict[str, Any]] = field(default_factory=list)
    pins: list[dict[str, Any]] = field(default_factory=list)


def write(store: Store, *, signed_in: Sequence[str]) -> None:
    """Let the groups talk. Call inside a transaction, after `groups.write`."""
    rng, rows, threads = random.Random(83), Rows(), []
    for group in Group.objects.filter(handle__in=LINES).select_related("owner").order_by("handle"):
        for channel in Channel.objects.filter(group=group, root=None).order_by("position", "pk"):
            first = len(rows.messages)
            (_announce if channel.kind == ChannelKind.ANNOUNCEMENTS else _talk)(store, rng, rows, channel, group)
            if group.handle == "perp_room" and channel.position == 0:
                threads.append((rows.messages[first + 9], group))
    copy(Message, rows.messages)
    for root, group in threads:
        _thread(store, rng, root, group)
    copy(MessageMention, rows.mentions)
    copy(Reaction, rows.reactions)
    copy(Pin, rows.pins)
    bots.write(store)
    with connection.cursor() as cursor:
        cursor.execute(_ENDS)
        cursor.execute(_READ, [[store.users[store.by_handle[name]] for name in signed_in], UNREAD])


def _people(group: Group, rng: random.Random, count: int) -> list[tuple[Any, str]]:
    """The owner, the helpers and some members: those who talk, as (id, handle)."""
    rows = Membership.objects.filter(group=group).select_related("user").order_by("role_id", "pk")
    found = [(row.user_id, row.user.handle) for row in rows[:400]]
    helping, others = found[:6], found[6:]
    return helping + rng.sample(others, min(len(others), count))


def _talk(store: Store, rng: random.Random, rows: Rows, channel: Channel, group: Group) -> None:
    """The lines of a channel, one after the other, closer together towards now."""
    is_first, chinese = channel.position == 0, group.handle == "heyue_zixishi"
    lines = LINES[str(group.handle)] if is_first else (MORE_IN_CHINESE if chinese else MORE)
    people = _people(group, rng, 7)
    said: list[dict[str, Any]] = []
    for number, (hours, line) in enumerate(zip(_moments(rng, len(lines)), lines, strict=True), start=1):
        author = rng.choice([one for one in people if not said or one[0] != said[-1]["author_id"]])
        names = {"a": rng.choice(people)[1], "b": rng.choice(people)[1]}
        said.append(
            _message(store, rng, channel, (number, hours), (author[0], line.format(**names) if "@" in line else line))
        )
        called = [one for one in people if f"@{one[1]}" in said[-1]["text"] and one[0] != author[0]]
        _call(rows, said[-1], called)
        if number > 3 and rng.random() < 0.18:
            said[-1]["reply_to_id"] = said[rng.randrange(max(0, number - 4), number - 1)]["id"]
        _react(rows, rng, said[-1], people)
    if is_first:
        said[0]["text"], said[0]["author_id"] = PINNED["zh" if chinese else "en"], group.owner_id
        pin = {"channel_id": channel.pk, "message_id": said[0]["id"], "by_id": group.owner_id, "removed_at": None}
        rows.pins.append({**pin, "at": said[0]["created_at"]})
    rows.messages += said


def _announce(store: Store, rng: random.Random, rows: Rows, channel: Channel, group: Group) -> None:
    """What the owner has to say to everybody."""
    if group.welcome:
        said = _message(store, rng, channel, (1, HOURS), (group.owner_id, group.welcome))
        _react(rows, rng, said, _people(group, rng, 7))
        rows.messages.append(said)


def _moments(rng: random.Random, count: int) -> list[float]:
    """Hours ago, the largest first."""
    return sorted((HOURS * rng.random() ** 2.2 + 0.2 for _ in range(count)), reverse=True)


def _message(
    store: Store, rng: random.Random, channel: Channel, place: tuple[int, float], words: tuple[Any, str]
) -> dict[str, Any]:
    """A row; `place` is its number and how many hours ago it was said, `words` are whose and which."""
    (number, hours), (author, text) = place, words
    at = store.at(hours)
    return {
        "id": uuid7_at(at, rng),
        "channel_id": channel.pk,
        "number": number,
        "revision": number,
        "author_id": author,
        "client_id": uuid.UUID(int=rng.getrandbits(128)),
        "text": text,
        "created_at": at,
        "mentioned": [],
        "reactions": {},
    }


def _call(rows: Rows, message: dict[str, Any], called: Sequence[tuple[Any, str]]) -> None:
    message["mentioned"] = [handle for _, handle in called]
    rows.mentions += [
        {
            "message_id": message["id"],
            "channel_id": message["channel_id"],
            "user_id": user_id,
            "number": message["number"],
        }
        for user_id, _ in called
    ]


def _react(rows: Rows, rng: random.Random, message: dict[str, Any], people: Sequence[tuple[Any, str]]) -> None:
    if rng.random() > 0.3:
        return
    for emoji in rng.sample(EMOJI, rng.choice((1, 1, 2))):
        fans = rng.sample(people, rng.randint(1, len(people) - 1))
        message["reactions"][emoji] = len(fans)
        rows.reactions += [
            {"message_id": message["id"], "user_id": user_id, "emoji": emoji, "created_at": message["created_at"]}
            for user_id, _ in fans
        ]


def _thread(store: Store, rng: random.Random, root: dict[str, Any], group: Group) -> None:
    """A thread on a message, which counts it."""
    thread = Channel.objects.create(
        group=group, kind=ChannelKind.THREAD, root_id=root["id"], name="Rising OI", created_at=store.at(2)
    )
    people = _people(group, rng, 4)
    copy(Message, _answers(store, rng, thread, people))
    Message.objects.filter(pk=root["id"]).update(thread_count=len(THREAD))


def _answers(
    store: Store, rng: random.Random, thread: Channel, people: Sequence[tuple[Any, str]]
) -> Iterator[dict[str, Any]]:
    for number, text in enumerate(THREAD, start=1):
        author = people[number % len(people)][0]
        yield _message(store, rng, thread, (number, 1.8 - number * 0.3), (author, text))
