"""What stands in which timeline, for whom, in which order, at what cost."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.http import Http404
from pytest_django import DjangoAssertNumQueries

from creators.models import Creator, Follow
from planet.accounts.models import Block, Mute, User
from planet.web.pagination import PAGE_SIZE, Page, encode_cursor
from posts import queries
from posts.models import Bookmark, Post, PostTag, Tag
from posts.queries import Row, sql, timelines
from posts.text import Kind
from tests.cast import Cast
from tests.factories import make_creator, make_post, make_user
from tests.posts.conftest import NOW

Pages = Callable[[str | None], Page[Row]]


def walk(page_after: Pages) -> Iterator[Row]:
    """Every row of a timeline, page by page."""
    cursor = None
    while True:
        page = page_after(cursor)
        assert len(page.items) <= PAGE_SIZE
        yield from page.items
        if page.after is None:
            return
        cursor = page.after


def ids(rows: Any) -> list[UUID]:
    return [row.id for row in rows]


def follow(reader: User, *creators: Creator) -> None:
    for creator in creators:
        Follow.objects.create(follower=reader, creator=creator)


def at(seconds: int) -> UUID:
    """A UUIDv7 of that moment of the test."""
    moment = int(NOW.timestamp() + seconds) * 1000
    return UUID(int=moment << 80 | 0x7 << 76 | 0x2 << 62 | seconds)


def newest_first(posts: list[Post]) -> list[UUID]:
    return sorted((post.pk for post in posts), reverse=True)


@pytest.fixture(params=["two steps", "walk first", "walk in vain"], autouse=True)
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test runs in each of the ways to make the Following feed: they must not differ."""
    if request.param != "two steps":
        monkeypatch.setattr(timelines, "MANY_FOLLOWS", 0)
    if request.param == "walk in vain":
        monkeypatch.setattr(sql, "FOLLOWING_MANY", sql.FOLLOWING_MANY.replace("LIMIT 2000", "LIMIT 3"))


# --- Following ----------------------------------------------------------------------------------------------------


def test_following_is_what_one_follows_and_wrote_strictly_in_time(cast: Cast) -> None:
    dora, emil = make_creator("dora"), make_creator("emil")
    follow(dora.user, cast.alice)
    seen = [make_post(creator) for creator in (cast.alice, dora, cast.alice)]
    make_post(emil)
    assert ids(queries.following(viewer=dora.user).items) == newest_first(seen)


def test_following_pages_hold_every_item_once_in_order(cast: Cast) -> None:
    creators = [make_creator(f"creator{n}") for n in range(7)]
    follow(cast.charlie, *creators)
    posts = [make_post(creators[(n * n) % 7], f"{n}") for n in range(67)]
    found = ids(walk(lambda after: queries.following(viewer=cast.charlie, after=after)))
    assert found == newest_first(posts)


def test_one_busy_creator_fills_the_page(cast: Cast) -> None:
    dora = make_creator("dora")
    follow(cast.charlie, cast.alice, dora)
    old = [make_post(dora) for _ in range(3)]
    busy = [make_post(cast.alice) for _ in range(PAGE_SIZE + 5)]
    found = ids(walk(lambda after: queries.following(viewer=cast.charlie, after=after)))
    assert found == newest_first(busy + old)


def test_a_repost_is_an_item_that_shows_its_original(cast: Cast) -> None:
    dora, original = make_creator("dora"), make_post(make_creator("emil"))
    item = make_post(cast.alice, "", repost_of=original)
    (row,) = queries.following(viewer=cast.bob).items
    assert (row.id, row.post.id, row.author.handle) == (item.pk, original.pk, "emil")
    assert row.reposter is not None
    assert row.reposter.handle == "alice"
    assert queries.following(viewer=dora.user).items == []


def test_an_original_and_its_reposts_are_one_card_a_page(cast: Cast) -> None:
    dora = make_creator("dora")
    follow(cast.bob, dora)
    original = make_post(cast.alice)
    item = make_post(dora, "", repost_of=original)
    (row,) = queries.following(viewer=cast.bob).items
    assert row.id == item.pk


@pytest.mark.parametrize("hide", ["block", "blocked", "mute"])
def test_the_hidden_are_filtered_in_every_feed(cast: Cast, hide: str) -> None:
    dora = make_creator("dora")
    follow(cast.bob, dora)
    theirs = make_post(dora)
    make_post(cast.alice, "", repost_of=theirs)
    quote = make_post(cast.alice, "Look at this", quote_of=theirs)
    owner, target = (dora.user, cast.bob) if hide == "blocked" else (cast.bob, dora.user)
    (Mute if hide == "mute" else Block).objects.create(owner=owner, target=target)

    rows = queries.following(viewer=cast.bob).items
    assert ids(rows) == [quote.pk]
    assert (rows[0].has_quote, rows[0].quote) == (True, None)
    assert ids(queries.latest(viewer_id=cast.bob.pk).items) == [quote.pk]
    assert ids(queries.by_creator(creator_id=cast.alice.pk, viewer_id=cast.bob.pk).items) == [quote.pk]
    # Others see everything.
    assert len(queries.latest(viewer_id=cast.charlie.pk).items) == 2


def test_many_hidden_reposts_do_not_hide_what_is_older(cast: Cast) -> None:
    """The newest items of a followed creator are all filtered out: the next ones move up, none is lost."""
    dora = make_creator("dora")
    kept = [make_post(cast.alice) for _ in range(3)]
    for _ in range(PAGE_SIZE + 3):
        make_post(cast.alice, "", repost_of=make_post(dora))
    Mute.objects.create(owner=cast.bob, target=dora.user)
    assert ids(queries.following(viewer=cast.bob).items) == newest_first(kept)


def test_the_deleted_are_nowhere(cast: Cast) -> None:
    post = make_post(cast.alice, deleted_at=NOW)
    Bookmark.objects.create(user=cast.bob, post=post)
    tag = Tag.objects.create(kind="asset", name="SOL")
    PostTag.objects.create(tag=tag, post=post)
    viewer = cast.bob.pk
    for page in (
        queries.following(viewer=cast.bob),
        queries.latest(viewer_id=viewer),
        queries.by_creator(creator_id=cast.alice.pk, viewer_id=viewer),
        queries.tagged(tag=tag, viewer_id=viewer),
        queries.bookmarked(viewer_id=viewer),
    ):
        assert page.items == []
    assert queries.row(post.pk, viewer_id=viewer) is None


# --- the others ---------------------------------------------------------------------------------------------------


def test_latest_has_posts_and_quotes_and_no_reposts(cast: Cast) -> None:
    first = make_post(cast.alice)
    quote = make_post(cast.alice, "Mine", quote_of=first)
    make_post(make_creator("dora"), "", repost_of=first)
    assert ids(queries.latest(viewer_id=None).items) == [quote.pk, first.pk]


@pytest.mark.parametrize("timeline", ["latest", "by_creator", "tagged"])
def test_the_other_timelines_page_without_loss(cast: Cast, timeline: str) -> None:
    tag = Tag.objects.create(kind="topic", name="rates")
    posts = [make_post(cast.alice, f"{n}") for n in range(45)]
    PostTag.objects.bulk_create([PostTag(tag=tag, post=post) for post in posts])
    pages: dict[str, Pages] = {
        "latest": lambda after: queries.latest(viewer_id=None, after=after),
        "by_creator": lambda after: queries.by_creator(creator_id=cast.alice.pk, viewer_id=None, after=after),
        "tagged": lambda after: queries.tagged(tag=tag, viewer_id=None, after=after),
    }
    assert ids(walk(pages[timeline])) == newest_first(posts)


def test_bookmarks_stand_in_the_order_of_keeping(cast: Cast) -> None:
    posts = [make_post(cast.alice) for _ in range(25)]
    kept = [posts[n] for n in (3, 1, 2, 0, *range(4, 25))]
    for post in kept:
        Bookmark.objects.create(user=cast.bob, post=post)
    found = ids(walk(lambda after: queries.bookmarked(viewer_id=cast.bob.pk, after=after)))
    assert found == [post.pk for post in reversed(kept)]
    assert queries.bookmarked(viewer_id=cast.charlie.pk).items == []


def test_a_muted_author_stays_in_bookmarks_and_a_blocked_one_does_not(cast: Cast) -> None:
    Bookmark.objects.create(user=cast.bob, post=make_post(cast.alice))
    Mute.objects.create(owner=cast.bob, target=cast.alice.user)
    assert len(queries.bookmarked(viewer_id=cast.bob.pk).items) == 1
    Block.objects.create(owner=cast.alice.user, target=cast.bob)
    assert queries.bookmarked(viewer_id=cast.bob.pk).items == []


def test_newer_is_what_came_after(cast: Cast) -> None:
    make_post(cast.alice, id=at(0))
    first, *rest = [make_post(cast.alice, id=at(seconds)) for seconds in (60, 61, 62, 63)]
    rows, more = queries.newer(viewer=cast.bob, since=first.pk, is_following=True)
    assert (ids(rows), more) == ([*newest_first(rest), first.pk], False)
    for seconds in range(PAGE_SIZE):
        make_post(cast.alice, id=at(100 + seconds))
    assert queries.newer(viewer=cast.bob, since=first.pk, is_following=True) == ([], True)


def test_what_was_published_slowly_comes_with_what_is_newer(cast: Cast) -> None:
    """Its id is older than one that a reader has seen, because its transaction took longer."""
    seen = make_post(cast.alice, id=at(60))
    slow = make_post(cast.alice, id=at(58))
    rows, _ = queries.newer(viewer=cast.bob, since=seen.pk, is_following=True)
    assert ids(rows) == [seen.pk, slow.pk]


def test_viewer_state_belongs_to_the_viewer(cast: Cast) -> None:
    post = make_post(cast.alice)
    post.likes.create(user=cast.bob)
    post.bookmarks.create(user=cast.bob)
    make_post(make_creator("dora"), "", repost_of=post)
    state = queries.states([post.pk], viewer_id=cast.bob.pk)[post.pk]
    assert (state.liked, state.bookmarked, state.reposted) == (True, True, False)
    assert queries.states([post.pk], viewer_id=User.objects.get(handle="dora").pk)[post.pk].reposted
    assert not queries.states([post.pk], viewer_id=None)[post.pk].liked


@pytest.mark.parametrize("cursor", ["nonsense", encode_cursor("not a uuid"), encode_cursor(uuid4(), 2)])
def test_a_forged_cursor_is_not_found(cast: Cast, cursor: str) -> None:
    with pytest.raises(Http404):
        queries.latest(viewer_id=None, after=cursor)


def test_a_page_is_two_queries_however_many_rows(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for creators in (1, 12):
        for n in range(creators):
            creator = make_creator(f"many{creators}x{n}")
            follow(cast.charlie, creator)
            make_post(creator, quote_of=make_post(creator))
        with django_assert_num_queries(2):
            queries.following(viewer=cast.charlie)
        with django_assert_num_queries(2):
            queries.latest(viewer_id=cast.charlie.pk)


@pytest.mark.parametrize(
    ("kind", "raw", "name"),
    [(Kind.TOPIC, "ＢＴＣ", "btc"), (Kind.ASSET, "sol", "SOL"), (Kind.TOPIC, "比特币", "比特币")],
)
def test_a_tag_has_one_spelling(kind: Kind, raw: str, name: str) -> None:
    assert queries.tag_name(kind=kind, raw=raw) == name


@pytest.mark.parametrize(
    ("kind", "raw"), [(Kind.TOPIC, "a b"), (Kind.TOPIC, "1"), (Kind.ASSET, "$"), (Kind.ASSET, "A\x00")]
)
def test_what_cannot_be_a_tag_is_not_found(kind: Kind, raw: str) -> None:
    with pytest.raises(Http404):
        queries.tag_name(kind=kind, raw=raw)


def test_a_person_who_follows_nobody_has_an_empty_feed(db: None) -> None:
    assert queries.following(viewer=make_user("lonely")) == Page([], None)
