"""Whatever people did to each other, the fast statements show what a plain look at every row shows."""

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from types import ModuleType
from uuid import UUID

import pytest

from creators.models import Follow
from planet.accounts.models import Block, Mute, User
from planet.web.pagination import Page
from posts import queries
from posts.models import Like, List, ListMember, Post, PostTag, Tag
from posts.queries import Row, foryou_sql, sql, timelines, topics
from tests.factories import make_creator, make_user
from tests.posts.conftest import NOW

Read = Callable[[str | None], Page[Row]]
PEOPLE, POSTS = 7, 90


class World:
    """A few people at random: who follows, blocks and mutes whom, who writes what for whom, reposts, deletes."""

    def __init__(self, seed: int) -> None:
        rng = self.rng = random.Random(seed)
        self.creators = [make_creator(f"writer_{letter}") for letter in "abdefgh"]
        self.reader = make_user("reader")
        self.follows = set(rng.sample(range(PEOPLE), 4))
        self.listed = set(rng.sample(range(PEOPLE), 4))
        self.blocked, self.blocks_reader, self.muted = rng.sample(range(PEOPLE), 3)
        self.tag = Tag.objects.create(kind="topic", name="random")
        self.list = List.objects.create(owner=self.reader, name="Random")
        self._relate()
        self.posts: list[Post] = []
        for number in range(POSTS):
            self.posts.append(self._post(number))
        Post.objects.bulk_create(self.posts)
        tagged = [post for post in self.posts if not post.repost_of_id and rng.random() < 0.7]
        # A later part of a thread is about its topics, too, but is not recommended.
        self.scores = {post.pk: 0.0 if post.part else float(rng.randrange(4)) for post in tagged}
        PostTag.objects.bulk_create(PostTag(post_id=pk, tag=self.tag, score=score) for pk, score in self.scores.items())

    def _relate(self) -> None:
        people, reader = self.creators, self.reader
        Follow.objects.bulk_create(Follow(follower=reader, creator=people[n]) for n in self.follows)
        ListMember.objects.bulk_create(ListMember(list=self.list, creator=people[n]) for n in self.listed)
        Block.objects.create(owner=reader, target=people[self.blocked].user)
        Block.objects.create(owner=people[self.blocks_reader].user, target=reader)
        Mute.objects.create(owner=reader, target=people[self.muted].user)
        User.objects.filter(pk=reader.pk).update(following_count=len(self.follows))

    def _post(self, number: int) -> Post:
        rng, at = self.rng, NOW + timedelta(seconds=number)
        pk = UUID(int=int(at.timestamp() * 1000) << 80 | 0x7 << 76 | 0x2 << 62 | number)
        post = Post(pk=pk, client_id=pk, creator=rng.choice(self.creators), text=str(number), created_at=at)
        originals = [post for post in self.posts if not post.repost_of_id and post.audience == "public"]
        if originals and rng.random() < 0.25:
            post.text, post.repost_of = "", rng.choice(originals)
            if any(p.creator_id == post.creator_id and p.repost_of_id == post.repost_of_id for p in self.posts):
                post.deleted_at = at  # nobody reposts twice
        post.audience = "followers" if not post.repost_of_id and rng.random() < 0.3 else "public"
        post.deleted_at = post.deleted_at or (at if rng.random() < 0.1 else None)
        post.part = int(not post.repost_of_id and rng.random() < 0.1)
        return post

    # --- the plain look -------------------------------------------------------------------------------------------

    def number_of(self, post: Post) -> int:
        """Which of the people wrote a post."""
        return [creator.pk for creator in self.creators].index(post.creator_id)

    def is_readable(self, post: Post) -> bool:
        """Whether the reader may see a post in a list of posts."""
        hidden = {self.blocked, self.blocks_reader, self.muted}
        if post.deleted_at or self.number_of(post) in hidden:
            return False
        if post.repost_of:
            original = post.repost_of
            return not original.deleted_at and self.number_of(original) not in hidden
        return post.audience == "public" or self.number_of(post) in self.follows

    def expected(self, wanted: Callable[[Post], bool]) -> list[UUID]:
        """Ids, newest first."""
        return [post.pk for post in reversed(self.posts) if self.is_readable(post) and wanted(post)]


@pytest.fixture(params=[11, 12])
def world(request: pytest.FixtureRequest, db: None) -> World:
    """One of two worlds."""
    return World(request.param)


@pytest.fixture(params=["two steps", "walk first", "walk in vain"])
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every way to find what some people wrote."""
    if request.param == "two steps":
        return
    monkeypatch.setattr(timelines, "MANY_FOLLOWS", 0)
    walked = sql.WALKED if request.param == "walk first" else 4
    for name in ("FOLLOWING_MANY", "OF_LIST"):
        statement = getattr(sql, name).replace(f"count(*) >= {sql.LONG_LIST}", "count(*) >= 0")
        monkeypatch.setattr(sql, name, statement.replace(f"LIMIT {sql.WALKED}", f"LIMIT {walked}"))


def walk(read: Read) -> Iterator[Row]:
    """Every row, page by page."""
    page = read(None)
    yield from page.items
    while page.after:
        page = read(page.after)
        yield from page.items


def once(world: World, ids: list[UUID]) -> list[UUID]:
    """As a page shows them: of an original and its reposts only the first. All of these fit on three pages."""
    by_id = {post.pk: post for post in world.posts}
    found: list[UUID] = []
    for start in range(0, len(ids), 20):
        shown: set[UUID] = set()
        for pk in ids[start : start + 20]:
            original = by_id[pk].repost_of_id or pk
            if original not in shown:
                shown.add(original)
                found.append(pk)
    return found


@pytest.mark.usefixtures("_way")
def test_following_a_list_and_a_topic_are_what_a_plain_look_finds(world: World) -> None:
    reader = world.reader
    following = world.expected(lambda post: not post.part and world.number_of(post) in world.follows)
    listed = world.expected(lambda post: not post.part and world.number_of(post) in world.listed)
    tagged = world.expected(lambda post: post.pk in world.scores)
    reader.refresh_from_db()

    assert [row.id for row in walk(lambda after: queries.following(viewer=reader, after=after))] == once(
        world, following
    )
    assert [row.id for row in walk(lambda after: queries.of_list(of=world.list, after=after))] == once(world, listed)
    found = walk(lambda after: queries.tagged(tag=world.tag, viewer_id=reader.pk, after=after))
    assert [row.id for row in found] == once(world, tagged)


def test_latest_and_the_hottest_are_what_a_plain_look_finds(world: World) -> None:
    latest = world.expected(lambda post: not (post.part or post.repost_of_id) and post.audience == "public")
    scored = world.expected(lambda post: world.scores.get(post.pk, 0) > 0)
    hottest = sorted(scored, key=lambda pk: (world.scores[pk], pk), reverse=True)
    viewer_id = world.reader.pk

    assert [row.id for row in walk(lambda after: queries.latest(viewer_id=viewer_id, after=after))] == latest
    found = walk(lambda after: topics.hottest(tag=world.tag, viewer_id=viewer_id, after=after))
    assert [row.id for row in found] == hottest


def test_what_the_reader_did_is_on_the_rows(world: World) -> None:
    shown = [post for post in world.posts if world.is_readable(post) and not post.repost_of_id]
    liked = {post.pk for post in shown[::2]}
    Like.objects.bulk_create(Like(post_id=pk, user=world.reader) for pk in liked)
    Like.objects.bulk_create(Like(post=post, user=world.creators[0].user) for post in shown)

    found = queries.rows([post.pk for post in shown], viewer_id=world.reader.pk)

    assert {row.id for row in found if row.done.liked} == liked


@pytest.mark.parametrize("module", [sql, foryou_sql, topics], ids=["timelines", "foryou", "topics"])
def test_no_statement_leaves_open_how_many_rows_it_brings(module: ModuleType) -> None:
    """PostgreSQL would plan it anew at every execution, which takes longer than reading a feed."""
    statements = [value for value in vars(module).values() if isinstance(value, str) and "ORDER BY" in value]
    assert len(statements) >= 2
    assert [statement for statement in statements if "LIMIT %(" in statement] == []
