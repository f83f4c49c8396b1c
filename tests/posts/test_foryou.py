"""For you: what stands in it, in which order, why, and what it costs."""

import random
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from django.http import Http404
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from creators.models import Creator, Follow
from planet.accounts.models import Block, KycState, Mute, TrustLevel, User
from planet.engagement.models import Kind
from planet.web.pagination import PAGE_SIZE, Page
from posts import actions, queries, ranking
from posts.models import NotInterested, Post, PostScore, PostTag, Tag, TopicFollow
from posts.queries import Row, foryou, foryou_sql
from posts.ranking import Candidate, diverse
from tests.cast import Cast
from tests.factories import make_creator, make_deed, make_post
from tests.posts.conftest import NOW
from tests.posts.test_timelines import at

_numbers = count(1)


def post_at(creator: Creator, hours: float, text: str = "Hm.", **fields: Any) -> Post:
    """A post of so many hours after noon."""
    moment = NOW + timedelta(hours=hours)
    pk = UUID(int=int(moment.timestamp() * 1000) << 80 | 0x7 << 76 | 0x2 << 62 | next(_numbers))
    return make_post(creator, text, id=pk, created_at=moment, **fields)


def verified(handle: str, **fields: Any) -> User:
    return User.objects.create_user(f"{handle}@x.example", handle, kyc_state=KycState.APPROVED, **fields)


def liked(post: Post, times: int) -> None:
    for _ in range(times):
        make_deed(Kind.LIKE, verified(f"fan{User.objects.count()}", trust_level=2), post)


def value_of(post: Post) -> float:
    return PostScore.objects.get(post=post).value


def score_all() -> None:
    actions.score(list(Post.objects.values_list("pk", flat=True)))


def walk(viewer: User) -> Iterator[Page[Row]]:
    after = None
    while True:
        page = queries.for_you(viewer=viewer, after=after)
        yield page
        if page.after is None:
            return
        after = page.after


def ids(page: Page[Row]) -> list[UUID]:
    return [row.id for row in page.items]


def reasons(page: Page[Row]) -> list[str]:
    return [row.because.stream if row.because else "" for row in page.items]


@pytest.fixture(autouse=True, params=["of each", "walk first", "walk in vain"])
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test runs in each of the ways to find what followed people wrote: they must not differ."""
    if request.param != "of each":
        monkeypatch.setattr(foryou, "MANY_FOLLOWS", 0)
    if request.param == "walk in vain":
        monkeypatch.setattr(foryou_sql, "MANY", foryou_sql.MANY.replace("LIMIT 2000)", "LIMIT 1)"))


@pytest.fixture
def no_new(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is new."""
    monkeypatch.setattr(foryou, "FEW_FOLLOWERS", -1)


# --- the page -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_new")
def test_hot_followed_and_followed_topics_merge_by_worth(cast: Cast) -> None:
    strangers = [make_creator(f"stranger{n}") for n in range(4)]
    tag = Tag.objects.create(kind="topic", name="defi")
    TopicFollow.objects.create(follower=cast.bob, tag=tag)
    hot = post_at(strangers[0], 0)
    liked(hot, 31)  # five doublings
    followed = post_at(cast.alice, 0)
    liked(followed, 23)  # four and a half, and one for being followed
    about = post_at(strangers[1], 0)
    PostTag.objects.create(post=about, tag=tag)
    liked(about, 11)  # three and a half, and a half for the topic
    plain = post_at(strangers[2], 0)
    liked(plain, 15)  # four
    weak = post_at(strangers[3], 0)
    score_all()
    page = queries.for_you(viewer=cast.bob)
    assert ids(page)[:2] == [followed.pk, hot.pk]
    assert set(ids(page)[2:4]) == {about.pk, plain.pk}
    assert ids(page)[4] == weak.pk
    because = {row.id: row.because for row in page.items}
    assert (because[about.pk].stream, because[about.pk].topic) == ("topic", "#defi")  # type: ignore[union-attr]
    assert because[followed.pk].stream == "followed"  # type: ignore[union-attr]
    assert because[hot.pk].stream == "hot"  # type: ignore[union-attr]


@pytest.mark.usefixtures("no_new")
def test_pages_hold_every_post_once_whatever_its_stream(cast: Cast) -> None:
    chance = random.Random(7)
    creators = [cast.alice, *(make_creator(f"creator{n}") for n in range(11))]
    for creator in creators[1:4]:
        Follow.objects.create(follower=cast.bob, creator=creator)
    tags = [Tag.objects.create(kind="topic", name=name) for name in ("defi", "nft", "macro")]
    TopicFollow.objects.create(follower=cast.bob, tag=tags[0])
    every = set()
    for number in range(90):
        post = post_at(chance.choice(creators), number / 7)
        for tag in chance.sample(tags, chance.randrange(3)):
            PostTag.objects.create(post=post, tag=tag)
        PostScore.objects.create(post=post, creator=post.creator, score=0)
        every.add(post.pk)
    score_all()
    seen: list[UUID] = []
    for page in walk(cast.bob):
        assert len(page.items) <= PAGE_SIZE
        assert page.items
        seen += ids(page)
    assert sorted(seen) == sorted(every)


@pytest.mark.usefixtures("no_new")
def test_a_page_has_at_most_two_of_an_author_and_four_of_a_topic(cast: Cast) -> None:
    dora, emil = make_creator("dora"), make_creator("emil")
    tag = Tag.objects.create(kind="topic", name="defi")
    authors: dict[UUID, Creator] = {}
    for number in range(8):
        for creator in (dora, emil):
            authors[post_at(creator, number).pk] = creator
    for number in range(9):
        creator = make_creator(f"creator{number}")
        post = post_at(creator, number)
        PostTag.objects.create(post=post, tag=tag)
        authors[post.pk] = creator
    score_all()
    tagged = set(PostTag.objects.values_list("post", flat=True))
    seen: list[UUID] = []
    for page in walk(cast.charlie):
        by = [authors[pk] for pk in ids(page)]
        assert max(by.count(creator) for creator in by) <= 2
        assert len(tagged & set(ids(page))) <= 4
        seen += ids(page)
    assert sorted(seen) == sorted(authors)


@pytest.mark.usefixtures("no_new")
def test_paging_is_stable_while_scores_change(cast: Cast) -> None:
    for number in range(60):
        post_at(make_creator(f"creator{number}"), number / 10)
    score_all()
    first = queries.for_you(viewer=cast.charlie)
    below = [pk for pk in Post.objects.order_by("-id").values_list("pk", flat=True) if pk not in ids(first)]
    risen = Post.objects.get(pk=below[10])
    liked(risen, 40)
    liked(Post.objects.get(pk=ids(first)[3]), 5)
    late = post_at(make_creator("late"), 50)
    score_all()
    rest: list[UUID] = []
    after = first.after
    while after:
        page = queries.for_you(viewer=cast.charlie, after=after)
        rest += ids(page)
        after = page.after
    # Nothing twice, nothing lost but what has risen above, which stands on top for whoever comes back.
    assert rest == [pk for pk in below if pk != risen.pk]
    assert ids(queries.for_you(viewer=cast.charlie))[:2] == [risen.pk, late.pk]


@pytest.mark.parametrize("how", ["block", "blocked", "mute", "author", "topic", "post", "suspended"])
def test_what_one_does_not_want_is_nowhere(cast: Cast, how: str) -> None:
    """Neither hot, nor followed, nor of a followed topic, nor new; and what is kept for the next page goes, too."""
    dora = make_creator("dora")
    wanted, other = Tag.objects.create(kind="topic", name="defi"), Tag.objects.create(kind="topic", name="cats")
    TopicFollow.objects.create(follower=cast.bob, tag=wanted)
    posts = [post_at(dora, number) for number in range(6)]
    for post in posts:
        PostTag.objects.create(post=post, tag=other)
    PostTag.objects.create(post=posts[0], tag=wanted)
    for number in range(30):
        post_at(make_creator(f"creator{number}"), number / 100)
    score_all()
    hers = {post.pk for post in posts}
    first = queries.for_you(viewer=cast.bob)
    assert hers & set(ids(first))
    if how in {"block", "blocked"}:
        owner, target = (cast.bob, dora.user) if how == "block" else (dora.user, cast.bob)
        Block.objects.create(owner=owner, target=target)
    elif how == "mute":
        Mute.objects.create(owner=cast.bob, target=dora.user)
    elif how == "author":
        NotInterested.objects.create(user=cast.bob, author=dora)
    elif how == "topic":
        NotInterested.objects.create(user=cast.bob, topic=other)
    elif how == "suspended":
        User.objects.filter(pk=dora.pk).update(is_active=False)
    else:
        for post in posts:
            NotInterested.objects.create(user=cast.bob, post=post)
    second = queries.for_you(viewer=cast.bob, after=first.after)
    assert not hers & set(ids(second))
    for page in walk(cast.bob):
        assert not hers & set(ids(page))
    assert any(hers & set(ids(page)) for page in walk(cast.charlie)) is (how != "suspended")


@pytest.mark.usefixtures("no_new")
def test_of_followed_people_too_nothing_unwanted(cast: Cast) -> None:
    post, other = post_at(cast.alice, 0), post_at(cast.alice, 1)
    score_all()
    NotInterested.objects.create(user=cast.bob, post=post)
    assert ids(queries.for_you(viewer=cast.bob)) == [other.pk]
    NotInterested.objects.create(user=cast.bob, author=cast.alice)
    assert ids(queries.for_you(viewer=cast.bob)) == []


def test_one_new_voice_a_page_in_the_middle(cast: Cast) -> None:
    famous = [make_creator(f"famous{n}", followers_count=5000) for n in range(30)]
    for number, creator in enumerate(famous):
        liked(post_at(creator, number / 10), 1)
    small = [make_creator(f"small{n}", followers_count=10) for n in range(4)]
    quiet = [post_at(creator, -48 + number) for number, creator in enumerate(small)]
    score_all()
    first = queries.for_you(viewer=cast.charlie)
    assert reasons(first).count("new") == 1
    assert first.items[foryou.PLACE_OF_NEW].id == quiet[-1].pk  # the newest first
    assert len(first.items) == PAGE_SIZE
    pages = list(walk(cast.charlie))
    seen = [pk for page in pages for pk in ids(page)]
    assert sorted(seen) == sorted(Post.objects.values_list("pk", flat=True))
    assert all(reasons(page).count("new") <= 1 for page in pages)


def test_a_followed_or_famous_voice_is_not_new(cast: Cast) -> None:
    Creator.objects.filter(pk=cast.alice.pk).update(followers_count=3)
    make_post(cast.alice)
    make_post(make_creator("famous", followers_count=foryou.FEW_FOLLOWERS))
    assert queries.for_you(viewer=cast.bob).items == []  # no scores yet, and nobody to explore
    make_post(make_creator("small", followers_count=foryou.FEW_FOLLOWERS - 1))
    assert reasons(queries.for_you(viewer=cast.bob)) == ["new"]


def test_one_does_not_read_oneself_here(cast: Cast) -> None:
    make_post(cast.alice)
    score_all()
    assert queries.for_you(viewer=cast.alice.user).items == []


@pytest.mark.parametrize("cursor", ["x", "WzFd:1", "", "a:b:c"])
def test_a_forged_cursor_is_not_found(cast: Cast, cursor: str) -> None:
    if not cursor:
        assert queries.for_you(viewer=cast.bob, after="").items == []
        return
    with pytest.raises(Http404):
        queries.for_you(viewer=cast.bob, after=cursor)


def test_another_lists_cursor_is_not_found(cast: Cast) -> None:
    from planet.web.pagination import encode_cursor

    with pytest.raises(Http404):
        queries.for_you(viewer=cast.bob, after=encode_cursor(at(0)))


def test_a_page_is_two_queries_however_many(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for many in (1, 30):
        for number in range(many):
            creator = make_creator(f"many{many}x{number}")
            Follow.objects.create(follower=cast.bob, creator=creator)
            tag = Tag.objects.create(kind="topic", name=f"topic{many}x{number}")
            TopicFollow.objects.create(follower=cast.bob, tag=tag)
            PostTag.objects.create(post=make_post(creator), tag=tag)
            PostTag.objects.create(post=make_post(make_creator(f"other{many}x{number}")), tag=tag)
        score_all()
        with django_assert_num_queries(2):
            assert queries.for_you(viewer=cast.bob).items


# --- diversity, as numbers ----------------------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.integers(0, 4), st.sets(st.integers(0, 3), max_size=2)), max_size=60),
    st.integers(1, 20),
    st.integers(1, 12),
)
def test_diversity_loses_nothing_and_keeps_its_limits(drawn: list[tuple[int, set[int]]], size: int, most: int) -> None:
    candidates = [Candidate(number, author, topics) for number, (author, topics) in enumerate(drawn)]
    page, waiting, looked = diverse(candidates, size=size, most_waiting=most)
    assert len(page) <= size
    assert len(waiting) <= most
    assert sorted(one.item for one in page + waiting) == list(range(looked))
    assert bool(page) is bool(candidates)
    for author in range(5):
        assert sum(one.author == author for one in page) <= ranking.MOST_OF_AUTHOR
    for topic in range(4):
        assert sum(topic in one.topics for one in page) <= ranking.MOST_OF_TOPIC


def test_trust_levels_are_all_weighed() -> None:
    assert set(ranking.TRUST) == set(TrustLevel.values)
