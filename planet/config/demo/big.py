"""Big planets for the benchmarks: a million posts in minutes, with counters as exact as if people had clicked.

Everything is decided in memory first (who writes, who follows, how often each post is liked) and then copied, so that
each row is written once, with its final counts. Reads come from the same templates as the demo planet.
"""

import datetime as dt
import math
import random
from array import array
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from creators.models import Creator, Follow
from discover import actions as discover
from planet.accounts.models import KycState, User
from planet.config.demo.copying import Lines, copy, copy_lines, escape
from planet.config.demo.grammar import LIQUID, Facts
from planet.config.demo.sizes import DOMAIN, Impossible, Size, email_of, handle_of, readers_of
from planet.config.demo.themes import THEMES
from posts import actions
from posts.models import Like, Post, PostTag, Tag
from posts.text import tags, tokenise

DAYS = 180
DAYS_SCORED = 30  # what is older is nobody's For you
TEXTS = 5000
REPOSTS, QUOTES = 0.06, 0.03


def fill(size: Size, *, now: dt.datetime, seed: int) -> None:
    """Write a planet of this size beside whatever is there. Raises Impossible, also when it was done before."""
    size.check()
    if User.objects.filter(email=email_of(0)).exists():
        raise Impossible("A big planet was made before; start over with an empty database")
    planet = _Big(size, now, random.Random(seed))
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            if cursor.fetchone()[0]:
                # The rows refer to each other by construction; checking each key again would double the time.
                cursor.execute("SET LOCAL session_replication_role = replica")
                cursor.execute("SET LOCAL synchronous_commit = off")
        planet.write()
        discover.index_copied(now=now)  # the triggers slept
    actions.score_since(now - dt.timedelta(days=DAYS_SCORED))
    with connection.cursor() as cursor:
        cursor.execute(
            "VACUUM ANALYZE" if connection.get_autocommit() and not connection.in_atomic_block else "ANALYZE"
        )


def shares(rng: random.Random, total: int, places: int, *, alpha: float, most: int) -> "array[int]":
    """`total` things on `places` places, unevenly as in life (Pareto), none above `most`."""
    weights = [min(rng.paretovariate(alpha), 2000.0) for _ in range(places)]
    scale = total / sum(weights) if places else 0
    counts = array("l", (min(most, int(weight * scale)) for weight in weights))
    missing = total - sum(counts)
    while missing > 0:
        place = rng.randrange(places)
        if counts[place] < most:
            counts[place] += 1
            missing -= 1
    return counts


class _Big:
    """One big planet: what is decided, and then the lines for COPY."""

    def __init__(self, size: Size, now: dt.datetime, rng: random.Random) -> None:
        self.size, self.now, self.rng = size, now, rng
        start = int((now - dt.timedelta(days=DAYS * 2)).timestamp() * 1000)
        self.users = [self._id(start + number * DAYS * 86_400_000 // size.users) for number in range(size.users)]
        # Popularity falls with the rank; the first creators are the stars.
        self._popular = list(accumulate(1 / (rank + 8) ** 0.75 for rank in range(size.creators)))
        self.follows = self._decide_follows()
        self._decide_posts()

    def _id(self, milliseconds: int) -> str:
        """A UUIDv7 in hexadecimal, as COPY takes it."""
        low = self.rng.getrandbits(62)
        return f"{milliseconds:012x}7{self.rng.getrandbits(12):03x}{low | 1 << 63:016x}"

    def _decide_follows(self) -> list[list[int]]:
        size, rng = self.size, self.rng
        heavy = {number: count for count, number in readers_of(size).items() if size.follows}
        left = max(0, size.follows - sum(heavy.values()))
        counts = shares(rng, left, size.users - len(heavy), alpha=1.9, most=max(1, size.creators // 2))
        wanted = {**dict(enumerate(counts)), **heavy}
        creators = range(size.creators)
        follows = []
        for number in range(size.users):
            chosen: set[int] = set()
            count = wanted[number]
            while len(chosen) < count:
                draws = rng.choices(creators, cum_weights=self._popular, k=count - len(chosen))
                chosen.update(draw for draw in draws if draw != number)
                if len(chosen) > count // 2 and len(chosen) < count and count > size.creators // 8:
                    # The stars are all taken: fill up evenly instead of drawing them again and again.
                    rest = [creator for creator in creators if creator not in chosen and creator != number]
                    chosen.update(rng.sample(rest, count - len(chosen)))
            follows.append(sorted(chosen))
        return follows

    def _decide_posts(self) -> None:
        size, rng = self.size, self.rng
        start = int((self.now - dt.timedelta(days=DAYS)).timestamp() * 1000)
        step = DAYS * 86_400_000 / max(size.posts, 1)
        self.times = array("q", (int(start + place * step) for place in range(size.posts)))
        self.posts = [self._id(time) for time in self.times]
        self.authors = array("l", rng.choices(range(size.creators), cum_weights=self._popular, k=size.posts))
        self.likes = shares(rng, size.likes, size.posts, alpha=1.3, most=size.users)
        self.shares = array("l", bytes(8 * size.posts))
        self.below: dict[int, tuple[str, int]] = {}
        reposted: set[tuple[int, int]] = set()
        for place in range(200, size.posts):
            chance = rng.random()
            if chance > REPOSTS + QUOTES:
                continue
            target = place - 1 - rng.randrange(min(place, 20_000))
            pair = (self.authors[place], target)
            if target in self.below or pair[0] == self.authors[target] or pair in reposted:
                continue
            kind = "repost" if chance < REPOSTS else "quote"
            if kind == "repost":
                reposted.add(pair)
                # Nobody likes a repost: one likes what it shows.
                self.likes[target] = min(size.users, self.likes[target] + self.likes[place])
                self.likes[place] = 0
            self.below[place] = (kind, target)
            self.shares[target] += 1

    # --- lines ----------------------------------------------------------------------------------------------------

    def write(self) -> None:
        """Copy everything."""
        copy(User, self._users())
        copy(Creator, self._creators())
        copy_lines(Lines(Follow, "follower_id", "creator_id"), self._follow_lines())
        texts = self._texts()
        self._write_posts(texts)
        copy_lines(Lines(Like, "post_id", "user_id", "created_at"), self._like_lines())

    def _users(self) -> Iterator[dict[str, Any]]:
        nobody, size = make_password(None), self.size
        for number, key in enumerate(self.users):
            writes = number < size.creators
            handle = handle_of(number)
            yield {
                "id": key,
                "email": f"{handle}@{DOMAIN}",
                "handle": handle,
                "password": nobody,
                "display_name": handle.removeprefix("big_").title() if writes else "",
                "is_creator": writes,
                "kyc_state": KycState.APPROVED if writes else KycState.NONE,
                "date_joined": self.now - dt.timedelta(days=DAYS * 2),
                "following_count": len(self.follows[number]),
            }

    def _creators(self) -> Iterator[dict[str, Any]]:
        followers = Counter(creator for follows in self.follows for creator in follows)
        written = Counter(
            author for place, author in enumerate(self.authors) if self.below.get(place, ("", 0))[0] != "repost"
        )
        for number in range(self.size.creators):
            yield {
                "user_id": self.users[number],
                "bio": "Made for the benchmarks.",
                "languages": ["en"],
                "followers_count": followers[number],
                "posts_count": written[number],
            }

    def _follow_lines(self) -> Iterator[tuple[str, ...]]:
        for number, follows in enumerate(self.follows):
            follower = self.users[number]
            for creator in follows:
                yield follower, self.users[creator]

    def _texts(self) -> list[tuple[str, list[int]]]:
        """Texts ready for COPY, each with the ids of its tags."""
        rng, themes = self.rng, list(THEMES.values())
        texts, wanted = [], []
        for _ in range(min(TEXTS, self.size.posts)):
            theme = rng.choice(themes)
            symbol, other = rng.choice(theme.assets), rng.choice(LIQUID)
            facts = Facts(rng, symbol, other, rng.uniform(0, 4000), rng.choice(theme.topics), handle_of(0))
            text = facts.say(rng.choice(theme.posts))
            texts.append(text)
            wanted.append([(kind.value, name) for kind, name in tags(tokenise(text))])
        missing = sorted({tag for row in wanted for tag in row} - set(Tag.objects.values_list("kind", "name")))
        copy(Tag, ({"kind": kind, "name": name} for kind, name in missing))
        ids = {(tag.kind, tag.name): tag.pk for tag in Tag.objects.all()}
        return [(escape(text), [ids[tag] for tag in row]) for text, row in zip(texts, wanted, strict=True)]

    def _write_posts(self, texts: list[tuple[str, list[int]]]) -> None:
        rng = self.rng
        chosen = array("l", (rng.randrange(len(texts)) for _ in self.posts))
        lines = Lines(
            Post, "id", "creator_id", "client_id", "text", "repost_of_id", "quote_of_id", "created_at", "like_count",
            "repost_count",
        )  # fmt: skip
        copy_lines(lines, self._post_lines(texts, chosen))
        copy_lines(
            Lines(PostTag, "post_id", "tag_id"),
            (
                (post, str(tag))
                for place, post in enumerate(self.posts)
                if self.below.get(place, ("", 0))[0] != "repost"
                for tag in texts[chosen[place]][1]
            ),
        )

    def _post_lines(self, texts: list[tuple[str, list[int]]], chosen: "array[int]") -> Iterator[tuple[str, ...]]:
        users, null = self.users, r"\N"
        for place, post in enumerate(self.posts):
            kind, target = self.below.get(place, ("", 0))
            yield (
                post,
                users[self.authors[place]],
                post,
                "" if kind == "repost" else texts[chosen[place]][0],
                self.posts[target] if kind == "repost" else null,
                self.posts[target] if kind == "quote" else null,
                _stamp(self.times[place]),
                str(self.likes[place]),
                str(self.shares[place]),
            )

    def _like_lines(self) -> Iterator[tuple[str, ...]]:
        """Each post's likers are a walk through all people with a step that meets nobody twice."""
        users, count = self.users, self.size.users
        step = next(step for step in range(count * 5 // 8 + 1, count * 2 + 3) if math.gcd(step, count) == 1)
        for place, likes in enumerate(self.likes):
            at = self.rng.randrange(count)
            post, stamp = self.posts[place], _stamp(self.times[place])
            for _ in range(likes):
                at = (at + step) % count
                yield post, users[at], stamp


def _stamp(milliseconds: int) -> str:
    return dt.datetime.fromtimestamp(milliseconds / 1000, dt.UTC).isoformat()
