"""Writes the demo world into the database, in one transaction, by COPY."""

import datetime as dt
import random
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import connection

from creators.models import Creator, Follow
from planet.accounts.models import ActiveDay, KycState, User
from planet.config.demo import people
from planet.config.demo.copying import copy, uuid7_at
from planet.config.demo.painting import Job, Painted
from planet.config.demo.themes import THEMES
from planet.config.demo.world import Entry, Person, Remark, World
from posts.models import (
    Bookmark,
    Comment,
    CommentMention,
    Like,
    Post,
    PostMention,
    PostPicture,
    PostRevision,
    PostTag,
    Tag,
)
from posts.text import Token, handles, tags, tokenise

Row = dict[str, Any]
AVATARLESS = 6  # of the least read creators: not everybody uploads a face
BANNERS = 44  # of the most read


class Store:
    """One writing of a world. Ids and times are fixed at construction; `write` puts the rows down."""

    def __init__(self, world: World, now: dt.datetime) -> None:
        self.world, self.now = world, now
        self.rng = random.Random(len(world.entries))
        self.users = {person: self._id(person.joined_hours) for person in world.people}
        self.posts = {entry: self._id(entry.hours) for entry in world.entries}
        self.comments = {remark: self._id(remark.hours) for entry in world.entries for remark in entry.remarks}
        self.by_handle = {person.handle: person for person in world.people}
        self.operator = uuid7_at(self.at(9500), self.rng)
        self._painted: dict[tuple[object, str], Painted] = {}

    def at(self, hours: float) -> dt.datetime:
        """The time that many hours ago."""
        return self.now - dt.timedelta(hours=hours)

    def _id(self, hours: float) -> uuid.UUID:
        return uuid7_at(self.at(hours), self.rng)

    def _client_id(self) -> uuid.UUID:
        return uuid.UUID(int=self.rng.getrandbits(128), version=4)

    # --- pictures -------------------------------------------------------------------------------------------------

    def jobs(self) -> list[Job]:
        """The pictures that this world needs; hand the painted ones to `hang` in the same order."""
        return [job for _, job in self._wanted()]

    def hang(self, painted: Iterable[Painted]) -> None:
        """Take the painted pictures."""
        self._painted = {place: picture for (place, _), picture in zip(self._wanted(), painted, strict=True)}

    def _wanted(self) -> Iterator[tuple[tuple[object, str], Job]]:
        creators = self.world.creators
        for person in creators[: len(creators) - AVATARLESS]:
            yield (person, "avatar"), Job("avatar", 1000 + person.number, person.number)
        for person in creators[:BANNERS]:
            yield (person, "banner"), Job("banner", 2000 + person.number, person.number)
        for entry in self.world.entries:
            for picture in entry.pictures:
                job = Job("picture", picture.seed, 0, picture.drawing, picture.symbol, picture.price)
                yield (picture, "picture"), job

    def _key(self, thing: object, kind: str) -> str:
        painted = self._painted.get((thing, kind))
        return painted.key if painted else ""

    # --- rows -----------------------------------------------------------------------------------------------------

    def write(self) -> None:
        """Everything but the inbox and the identity checks. Call inside a transaction."""
        copy(User, self._users())
        copy(EmailAddress, self._addresses())
        copy(ActiveDay, self._days())
        copy(Creator, self._creators())
        copy(Follow, self._follows())
        copy(Post, self._posts())
        copy(PostPicture, self._pictures())
        copy(PostRevision, self._revisions())
        self._tags()
        copy(Like, self._marks("likes"))
        copy(Bookmark, self._marks("bookmarks"))
        copy(Comment, self._comments())
        copy(CommentMention, self._comment_mentions())
        # What follows works on these rows. Uncounted, a table can look empty, and be walked for each row of another.
        with connection.cursor() as cursor:
            cursor.execute(
                "ANALYZE " + ", ".join(model._meta.db_table for model in (User, Follow, Post, Like, Comment))
            )

    def email(self, person: Person) -> str:
        """Only the demo accounts have an address that one signs in with."""
        known = {"ines": people.CREATOR_EMAIL, "jonah": people.READER_EMAIL}
        return known.get(person.handle, f"{person.handle}@people.planet.example")

    def _users(self) -> Iterator[Row]:
        password, nobody = make_password(people.PASSWORD), make_password(None)
        for person in self.world.people:
            persona = person.persona
            yield {
                "id": self.users[person],
                "email": self.email(person),
                "handle": person.handle,
                "password": password if person.handle in ("ines", "jonah") else nobody,
                "display_name": persona.name if persona else "",
                "avatar": self._key(person, "avatar"),
                "is_creator": persona is not None,
                "kyc_state": KycState.APPROVED if persona else KycState.NONE,
                "language": "zh-hans" if person.language == "zh" else "en",
                "date_joined": self.at(person.joined_hours),
                "following_count": len(person.follows),
            }
        yield {
            "id": self.operator,
            "email": people.OPERATOR_EMAIL,
            "handle": people.OPERATOR_HANDLE,
            "password": password,
            "is_staff": True,
            "is_superuser": True,
            "date_joined": self.at(9500),
        }

    def _addresses(self) -> Iterator[Row]:
        for person, key in self.users.items():
            yield {"user_id": key, "email": self.email(person), "verified": True, "primary": True}
        yield {"user_id": self.operator, "email": people.OPERATOR_EMAIL, "verified": True, "primary": True}

    def _days(self) -> Iterator[Row]:
        """Days of presence, from which the trust levels follow."""
        for person, key in self.users.items():
            span = int(person.joined_hours / 24) + 1
            presence = min(0.97, 0.12 + 0.14 * person.activity + 0.05 * person.reach)
            for ago in range(min(span, 120)):
                if self.rng.random() < presence:
                    yield {"user_id": key, "day": (self.now - dt.timedelta(days=ago)).date()}

    def _creators(self) -> Iterator[Row]:
        followers = Counter(creator for person in self.world.people for creator in person.follows)
        written = Counter(entry.author for entry in self.world.entries if not entry.repost_of)
        for person in self.world.creators:
            persona = person.persona
            if not persona:
                continue
            topics = [topic for theme in persona.themes for topic in THEMES[theme].topics]
            site = {"label": "Notebook", "url": f"https://{person.handle.replace('_', '-')}.example/"}
            yield {
                "user_id": self.users[person],
                "bio": persona.bio,
                "banner": self._key(person, "banner"),
                "links": [site] if persona.reach > 0.7 else [],
                "languages": ["zh-Hans", "en"] if persona.language == "zh" else ["en"],
                "topics": list(dict.fromkeys(topics))[:6],
                "created_at": self.at(person.joined_hours * 0.9),
                "followers_count": followers[person],
                "posts_count": written[person],
            }

    def _follows(self) -> Iterator[Row]:
        pairs = [(hours, person, creator) for person in self.world.people for creator, hours in person.follows.items()]
        # The newest last: ids of follows are their order.
        for hours, person, creator in sorted(pairs, key=lambda pair: -pair[0]):
            yield {
                "follower_id": self.users[person],
                "creator_id": self.users[creator],
                "created_at": self.at(hours),
            }

    def _posts(self) -> Iterator[Row]:
        shared = Counter(entry.repost_of or entry.quote_of for entry in self.world.entries)
        for entry in self.world.entries:
            yield {
                "id": self.posts[entry],
                "creator_id": self.users[entry.author],
                "client_id": self._client_id(),
                "text": entry.text,
                "repost_of_id": self.posts[entry.repost_of] if entry.repost_of else None,
                "quote_of_id": self.posts[entry.quote_of] if entry.quote_of else None,
                "revision": 1 if entry.edited_from else 0,
                "created_at": self.at(entry.hours),
                "edited_at": self.at(entry.hours * 0.98) if entry.edited_from else None,
                "like_count": len(entry.likes),
                "comment_count": len(entry.remarks),
                "repost_count": shared[entry],
                "bookmark_count": len(entry.bookmarks),
            }

    def _pictures(self) -> Iterator[Row]:
        for entry in self.world.entries:
            for position, picture in enumerate(entry.pictures):
                painted = self._painted[picture, "picture"]
                yield {
                    "post_id": self.posts[entry],
                    "position": position,
                    "key": painted.key,
                    "width": painted.width,
                    "height": painted.height,
                    "alt": painted.alt,
                }

    def _revisions(self) -> Iterator[Row]:
        for entry in self.world.entries:
            if entry.edited_from:
                yield {
                    "post_id": self.posts[entry],
                    "revision": 0,
                    "text": entry.edited_from,
                    "at": self.at(entry.hours),
                }

    def _tags(self) -> None:
        """What the texts say, found by the same reader that publishes them."""
        said = {entry: tokenise(entry.text) for entry in self.world.entries if entry.text}
        names = sorted({(kind.value, name) for tokens in said.values() for kind, name in tags(tokens)})
        copy(Tag, ({"kind": kind, "name": name} for kind, name in names))
        ids = {(tag.kind, tag.name): tag.pk for tag in Tag.objects.all()}
        copy(
            PostTag,
            (
                {"post_id": self.posts[entry], "tag_id": ids[kind.value, name]}
                for entry, tokens in said.items()
                for kind, name in tags(tokens)
            ),
        )
        copy(
            PostMention,
            (
                {"post_id": self.posts[entry], "user_id": self.users[person]}
                for entry, tokens in said.items()
                for person in self.mentioned(tokens)
            ),
        )

    def mentioned(self, tokens: Iterable[Token]) -> list[Person]:
        """The people of the planet that a text names."""
        return [self.by_handle[handle] for handle in handles(tokens) if handle in self.by_handle]

    def _marks(self, what: str) -> Iterator[Row]:
        """Likes or bookmarks, the newest last."""
        marks = [(hours, entry, person) for entry in self.world.entries for person, hours in getattr(entry, what)]
        for hours, entry, person in sorted(marks, key=lambda mark: -mark[0]):
            yield {"post_id": self.posts[entry], "user_id": self.users[person], "created_at": self.at(hours)}

    def _remarks(self) -> Iterator[tuple[Entry, Remark]]:
        remarks = [(entry, remark) for entry in self.world.entries for remark in entry.remarks]
        return iter(sorted(remarks, key=lambda pair: -pair[1].hours))

    def _comments(self) -> Iterator[Row]:
        below = Counter(remark.root for _, remark in self._remarks() if remark.root)
        for entry, remark in self._remarks():
            root = remark.root
            yield {
                "id": self.comments[remark],
                "post_id": self.posts[entry],
                "author_id": self.users[remark.author],
                "parent_id": self.comments[remark.answers] if remark.answers else None,
                "root_id": self.comments[root] if root else None,
                "client_id": self._client_id(),
                "text": remark.text,
                "created_at": self.at(remark.hours),
                "reply_count": below[remark],
            }

    def _comment_mentions(self) -> Iterator[Row]:
        for _, remark in self._remarks():
            for person in self.mentioned(tokenise(remark.text)):
                if person is not remark.author:
                    yield {"comment_id": self.comments[remark], "user_id": self.users[person]}
