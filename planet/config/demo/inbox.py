"""What the demo accounts find in their inbox: what others did with their posts, grouped as `notify` groups it."""

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from planet.config.demo.copying import copy, uuid7_at
from planet.config.demo.store import Store
from planet.config.demo.world import Entry, Person
from planet.notifications.actions import SHOWN_ACTORS
from planet.notifications.models import Kind, Notification, NotificationActor
from posts.text import excerpt, tokenise

DAYS = 12
UNREAD_HOURS = 20


@dataclass(frozen=True)
class _Event:
    hours: float
    kind: Kind
    group_key: str
    actor: Person
    url: str
    excerpt: str = ""


@dataclass
class _Group:
    """One row of the inbox: its events, the newest last."""

    events: list[_Event] = field(default_factory=list)


def write(store: Store, handles: tuple[str, ...]) -> None:
    """Fill the inboxes of these people. Call inside a transaction, after `store.write`."""
    rows: list[dict[str, Any]] = []
    acted: list[dict[str, Any]] = []
    for handle in handles:
        recipient = store.by_handle[handle]
        for group in _groups(store, recipient):
            _add(store, recipient, group, rows, acted)
    copy(Notification, rows)
    copy(NotificationActor, acted)


def _groups(store: Store, recipient: Person) -> list[_Group]:
    """Unread: by thing. Read: by thing and day, as if the person had looked every evening."""
    groups: dict[tuple[str, int], _Group] = {}
    for event in sorted(_events(store, recipient), key=lambda event: -event.hours):
        if event.hours > DAYS * 24 or event.actor is recipient:
            continue
        day = -1 if event.hours < UNREAD_HOURS else int((event.hours - UNREAD_HOURS) / 24)
        groups.setdefault((event.group_key, day), _Group()).events.append(event)
    return list(groups.values())


def _events(store: Store, recipient: Person) -> Iterator[_Event]:
    followers_url = f"/@{recipient.handle}/followers/"
    key = f"follow:{store.users[recipient]}"
    for person in store.world.people:
        if recipient in person.follows:
            yield _Event(person.follows[recipient], Kind.FOLLOW, key, person, followers_url)
    for entry in store.world.entries:
        yield from _of_post(store, recipient, entry)


def _of_post(store: Store, recipient: Person, entry: Entry) -> Iterator[_Event]:
    post, url = store.posts[entry], f"/p/{store.posts[entry]}/"
    said = excerpt(entry.text)
    if entry.author is recipient:
        for person, hours in entry.likes:
            yield _Event(hours, Kind.LIKE, f"like:{post}", person, url, said)
    if recipient in store.mentioned(tokenise(entry.text)):
        yield _Event(entry.hours, Kind.MENTION, f"mention:{post}", entry.author, url, said)
    below = entry.repost_of or entry.quote_of
    if below and below.author is recipient:
        verb = "repost" if entry.repost_of else "quote"
        shown = f"/p/{store.posts[below]}/" if entry.repost_of else url
        text = excerpt(below.text) if entry.repost_of else said
        yield _Event(entry.hours, Kind.REPOST, f"{verb}:{store.posts[below]}", entry.author, shown, text)
    for remark in entry.remarks:
        comment = store.comments[remark]
        place = f"/p/{post}/comments/{comment}/#comment-{comment}"
        if remark.answers and remark.answers.author is recipient:
            reply = f"reply:{store.comments[remark.answers]}"
            yield _Event(remark.hours, Kind.COMMENT, reply, remark.author, place, excerpt(remark.text))
        elif entry.author is recipient:
            yield _Event(remark.hours, Kind.COMMENT, f"comment:{post}", remark.author, place, excerpt(remark.text))


def _add(
    store: Store, recipient: Person, group: _Group, rows: list[dict[str, Any]], acted: list[dict[str, Any]]
) -> None:
    newest = group.events[-1]
    at = {event.actor: store.at(event.hours) for event in group.events}
    actors = sorted(at, key=lambda actor: at[actor], reverse=True)
    key: uuid.UUID = uuid7_at(store.at(group.events[0].hours), store.rng)
    read = newest.hours >= UNREAD_HOURS
    rows.append(
        {
            "id": key,
            "recipient_id": store.users[recipient],
            "kind": newest.kind,
            "group_key": newest.group_key,
            "actor_count": len(actors),
            "newest_actors": [store.users[actor] for actor in actors[:SHOWN_ACTORS]],
            "url": newest.url,
            "excerpt": newest.excerpt,
            "created_at": store.at(group.events[0].hours),
            "updated_at": store.at(newest.hours),
            "read_at": store.at(newest.hours) + dt.timedelta(hours=2) if read else None,
        }
    )
    acted.extend({"notification_id": key, "actor_id": store.users[actor], "at": at[actor]} for actor in actors)
