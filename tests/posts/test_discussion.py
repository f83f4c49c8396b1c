"""The discussion under a post: best and new, likes, pinned and hidden comments, who may answer, slow mode."""

import random
import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.http import Http404
from pytest_django import DjangoAssertNumQueries

from creators.models import Creator, Follow
from planet.accounts.models import Block, TrustLevel, User
from planet.notifications.models import Notification
from planet.web.pagination import PAGE_SIZE, encode_cursor
from posts import actions, queries, ranking
from posts.contexts.comments import comment_view
from posts.errors import Gone, MayNotAnswer, NotAllowed, PostError, TooSoon
from posts.models import Comment, CommentLike, Post, PostMention
from posts.queries import Sort
from posts.queries.comments import newer, with_people
from tests.cast import Cast
from tests.factories import make_creator, make_post, make_user
from tests.posts.conftest import NOW, Event, Write
from tests.together import together


def say(actor: User, post: Post, text: str = "Hm.", *, later: float = 0, parent: Comment | None = None) -> Comment:
    """A comment so many seconds after noon."""
    return actions.comment(
        actor=actor,
        post_id=post.pk,
        client_id=uuid.uuid4(),
        text=text,
        parent_id=parent.pk if parent else None,
        now=NOW + timedelta(seconds=later),
    )


def roots(post: Post, sort: Sort, viewer: User | None = None) -> list[Any]:
    """Every thread, page by page."""
    found, after = [], None
    while True:
        page = queries.threads(post_id=post.pk, viewer_id=viewer.pk if viewer else None, after=after, sort=sort)
        found += [thread.comment.pk for thread in page.items]
        if page.after is None:
            return found
        after = page.after


# --- best and new -------------------------------------------------------------------------------------------------


def test_best_is_by_likes_and_answers_and_new_by_time(cast: Cast) -> None:
    post = make_post(cast.alice)
    plain, liked, answered = (say(cast.bob, post, text, later=n) for n, text in enumerate(("a", "b", "c")))
    late = say(cast.bob, post, "d", later=3)
    for person in (cast.charlie, cast.alice.user, cast.olga):
        actions.like_comment(actor=person, comment_id=liked.pk, now=NOW)
    say(cast.charlie, post, "re", later=4, parent=answered)
    assert roots(post, Sort.BEST) == [liked.pk, answered.pk, late.pk, plain.pk]
    assert roots(post, Sort.NEW) == [late.pk, answered.pk, liked.pk, plain.pk]


def test_a_rank_is_that_of_its_counts(cast: Cast) -> None:
    post = make_post(cast.alice)
    comment = say(cast.bob, post)
    reply = say(cast.charlie, post, parent=comment)

    def rank() -> float:
        comment.refresh_from_db()
        return comment.rank

    def expected(likes: int, replies: int) -> Any:
        return pytest.approx(ranking.comment_rank(likes=likes, replies=replies, created_at=NOW), abs=1e-9)

    assert rank() == expected(0, 1)
    actions.like_comment(actor=cast.charlie, comment_id=comment.pk, now=NOW)
    assert rank() == expected(1, 1)
    actions.delete_comment(actor=cast.charlie, comment_id=reply.pk, now=NOW)
    assert rank() == expected(1, 0)
    actions.restore_comment(comment_id=reply.pk)
    assert rank() == expected(1, 1)
    actions.unlike_comment(actor=cast.charlie, comment_id=comment.pk)
    assert rank() == expected(0, 1)
    Comment.objects.filter(pk=comment.pk).update(rank=0)
    assert actions.rank_comments_since(comment.created_at + timedelta(days=4000)) == 0  # what is older is not looked at
    assert actions.rank_comments_since(NOW - timedelta(days=4000)) == 1
    assert rank() == pytest.approx(expected(0, 1).expected, abs=1e-5)


@pytest.mark.parametrize("sort", list(Sort))
def test_pages_hold_every_thread_once(cast: Cast, sort: Sort) -> None:
    post, chance = make_post(cast.alice), random.Random(3)
    every = [say(cast.bob, post, f"{n}", later=chance.randrange(50)) for n in range(PAGE_SIZE * 2 + 7)]
    Comment.objects.filter(pk__in=[one.pk for one in every[::3]]).update(rank=7)  # equal ranks
    actions.pin_comment(actor=cast.alice.user, comment_id=every[5].pk, on=True, now=NOW)
    found = roots(post, sort)
    assert found[0] == every[5].pk
    assert sorted(found) == sorted(one.pk for one in every)


def test_likes_while_somebody_pages_repeat_nothing(cast: Cast) -> None:
    post = make_post(cast.alice)
    every = [say(cast.bob, post, f"{n}", later=n) for n in range(PAGE_SIZE + 10)]
    first = queries.threads(post_id=post.pk, viewer_id=None, sort=Sort.BEST)
    shown = {thread.comment.pk for thread in first.items}
    actions.like_comment(actor=cast.charlie, comment_id=next(iter(shown)), now=NOW)
    risen = every[0]
    actions.like_comment(actor=cast.charlie, comment_id=risen.pk, now=NOW)
    second = queries.threads(post_id=post.pk, viewer_id=None, sort=Sort.BEST, after=first.after)
    rest = {thread.comment.pk for thread in second.items}
    assert not shown & rest
    assert shown | rest == {one.pk for one in every} - {risen.pk}


@pytest.mark.parametrize(
    "cursor", ["x", encode_cursor(uuid.uuid4()), encode_cursor("nan?", uuid.uuid4())], ids=["none", "new", "no number"]
)
def test_another_orders_cursor_is_not_found(cast: Cast, cursor: str) -> None:
    with pytest.raises(Http404):
        queries.threads(post_id=make_post(cast.alice).pk, viewer_id=None, sort=Sort.BEST, after=cursor)


def test_a_page_costs_the_same_however_many(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    post = make_post(cast.alice)
    for many in (1, 12):
        for number in range(many):
            comment = say(make_user(f"writer{many}x{number}"), post)
            say(cast.bob, post, "@alice", parent=comment)
        with django_assert_num_queries(6):
            queries.threads(post_id=post.pk, viewer_id=cast.bob.pk, sort=Sort.BEST)


# --- likes --------------------------------------------------------------------------------------------------------


def test_liking_is_once_is_told_and_taken_back(cast: Cast, heard: Callable[..., list[Event]]) -> None:
    post = make_post(cast.alice)
    comment = say(cast.bob, post)
    Notification.objects.all().delete()

    def twice() -> None:
        for _ in range(2):
            actions.like_comment(actor=cast.charlie, comment_id=comment.pk, now=NOW)

    told = [event for event in heard(twice) if event.kind == "comment_liked"]
    assert [(event.topic, event.data) for event in told] == [(f"post:{post.pk}", {"id": str(comment.pk), "likes": 1})]
    comment.refresh_from_db()
    assert comment.like_count == 1
    notification = Notification.objects.get(recipient=cast.bob)
    assert notification.group_key == f"comment_like:{comment.pk}"
    for _ in range(2):
        actions.unlike_comment(actor=cast.charlie, comment_id=comment.pk)
    comment.refresh_from_db()
    assert (comment.like_count, CommentLike.objects.count()) == (0, 0)
    assert not Notification.objects.filter(recipient=cast.bob).exists()


def test_nobody_likes_what_they_may_not_see(cast: Cast) -> None:
    post = make_post(cast.alice, audience="followers")
    comment = say(cast.bob, post)
    with pytest.raises(NotAllowed):
        actions.like_comment(actor=cast.charlie, comment_id=comment.pk, now=NOW)
    open_post = make_post(cast.alice)
    other = say(cast.bob, open_post)
    Block.objects.create(owner=cast.bob, target=cast.charlie)
    with pytest.raises(NotAllowed):
        actions.like_comment(actor=cast.charlie, comment_id=other.pk, now=NOW)
    actions.delete_comment(actor=cast.bob, comment_id=other.pk, now=NOW)
    with pytest.raises(Gone):
        actions.like_comment(actor=cast.alice.user, comment_id=other.pk, now=NOW)
    actions.delete(actor=cast.alice.user, post_id=post.pk, now=NOW)
    with pytest.raises(Gone):
        actions.like_comment(actor=cast.alice.user, comment_id=comment.pk, now=NOW)
    assert not CommentLike.objects.exists()


def test_who_left_the_followers_hears_of_no_like(cast: Cast) -> None:
    post = make_post(cast.alice, audience="followers")
    comment = say(cast.bob, post)
    Follow.objects.filter(follower=cast.bob).delete()
    Notification.objects.all().delete()
    actions.like_comment(actor=cast.alice.user, comment_id=comment.pk, now=NOW)
    assert not Notification.objects.exists()


def test_what_the_reader_likes_is_known(cast: Cast) -> None:
    post = make_post(cast.alice)
    mine, other = say(cast.bob, post), say(cast.bob, post)
    actions.like_comment(actor=cast.charlie, comment_id=mine.pk, now=NOW)
    asked = {mine.pk, other.pk}
    assert queries.liked_among(viewer_id=cast.charlie.pk, ids=asked) == {mine.pk}
    assert queries.liked_among(viewer_id=cast.bob.pk, ids=asked) == set()
    assert queries.liked_among(viewer_id=None, ids=asked) == set()


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_a_storm_of_likes_answers_and_deletions_leaves_no_count_wrong(cast: Cast) -> None:
    post = make_post(cast.alice)
    Creator.objects.filter(pk=cast.alice.pk).update(posts_count=1)
    comments = [say(cast.bob, post, f"{n}") for n in range(3)]
    people = [cast.alice.user, cast.bob, *(make_user(f"reader{n}") for n in range(4))]

    def storm(seed: int) -> None:
        chance, actor = random.Random(seed), people[seed]
        for _ in range(30):
            comment = chance.choice(comments)
            act = chance.randrange(6)
            try:
                if act < 2:
                    actions.like_comment(actor=actor, comment_id=comment.pk, now=NOW)
                elif act == 2:
                    actions.unlike_comment(actor=actor, comment_id=comment.pk)
                elif act == 3:
                    say(actor, post, parent=comment)
                elif act == 4:
                    actions.pin_comment(actor=actor, comment_id=comment.pk, on=chance.random() < 0.7, now=NOW)
                else:
                    mine = Comment.objects.filter(author=actor, deleted_at=None).exclude(root=None).first()
                    if mine:
                        actions.delete_comment(actor=actor, comment_id=mine.pk, now=NOW)
            except PostError:
                continue

    assert together(storm) == []
    assert actions.repair_counts() == 0
    assert actions.rank_comments_since(NOW - timedelta(days=4000)) == 0
    assert Comment.objects.filter(pinned_at__isnull=False).count() <= 1


# --- pinned and hidden --------------------------------------------------------------------------------------------


def test_the_author_pins_one(cast: Cast) -> None:
    post = make_post(cast.alice)
    first, second = say(cast.bob, post), say(cast.charlie, post, later=1)
    reply = say(cast.bob, post, later=2, parent=first)
    for comment in (second, first):
        actions.pin_comment(actor=cast.alice.user, comment_id=comment.pk, on=True, now=NOW)
    assert list(Comment.objects.filter(pinned_at__isnull=False)) == [first]
    assert roots(post, Sort.NEW)[0] == roots(post, Sort.BEST)[0] == first.pk
    with pytest.raises(NotAllowed):
        actions.pin_comment(actor=cast.alice.user, comment_id=reply.pk, on=True, now=NOW)
    for other in (cast.bob, cast.olga):
        with pytest.raises(NotAllowed):
            actions.pin_comment(actor=other, comment_id=second.pk, on=True, now=NOW)
    actions.delete_comment(actor=cast.bob, comment_id=first.pk, now=NOW)
    assert not Comment.objects.filter(pinned_at__isnull=False).exists()
    with pytest.raises(Gone):
        actions.pin_comment(actor=cast.alice.user, comment_id=first.pk, on=True, now=NOW)


def test_the_author_lays_aside_and_brings_back(cast: Cast, heard: Callable[..., list[Event]]) -> None:
    post = make_post(cast.alice)
    first, second = say(cast.bob, post), say(cast.charlie, post, later=1)
    reply = say(cast.charlie, post, later=2, parent=first)
    actions.pin_comment(actor=cast.alice.user, comment_id=second.pk, on=True, now=NOW)
    events = heard(lambda: actions.hide_comment(actor=cast.alice.user, comment_id=second.pk, on=True, now=NOW))
    assert [(event.kind, event.data) for event in events] == [("comment_hidden", {"id": str(second.pk)})]
    actions.hide_comment(actor=cast.alice.user, comment_id=reply.pk, on=True, now=NOW)

    page = queries.threads(post_id=post.pk, viewer_id=None)
    assert [(thread.comment.pk, list(thread.replies)) for thread in page.items] == [(first.pk, [])]
    assert list(queries.thread(comment=first, viewer_id=None).replies) == []
    assert newer(post_id=post.pk, viewer_id=None, since=first.pk) == []
    aside = queries.hidden(post_id=post.pk, viewer_id=None)
    assert [thread.comment.pk for thread in aside.items] == [reply.pk, second.pk]
    assert queries.count_hidden(post.pk) == 2

    events = heard(lambda: actions.hide_comment(actor=cast.alice.user, comment_id=second.pk, on=False, now=NOW))
    assert [event.kind for event in events] == ["comment"]
    assert queries.count_hidden(post.pk) == 1
    with pytest.raises(NotAllowed):
        actions.hide_comment(actor=cast.bob, comment_id=first.pk, on=True, now=NOW)


def test_hidden_replies_hide_the_hidden(cast: Cast) -> None:
    post = make_post(cast.alice)
    comment = say(cast.bob, post)
    actions.hide_comment(actor=cast.alice.user, comment_id=comment.pk, on=True, now=NOW)
    Block.objects.create(owner=cast.charlie, target=cast.bob)
    assert queries.hidden(post_id=post.pk, viewer_id=cast.charlie.pk).items == []


def test_a_link_from_a_new_account_is_folded_until_somebody_cares(cast: Cast) -> None:
    post = make_post(cast.alice)
    link = say(cast.bob, post, "Free coins https://scam.example/")
    plain = say(cast.bob, post, "No link")

    def is_low(comment: Comment) -> bool:
        return comment_view(with_people(comment.pk)).is_low

    assert (is_low(link), is_low(plain)) == (True, False)
    actions.like_comment(actor=cast.charlie, comment_id=link.pk, now=NOW)
    assert not is_low(link)
    actions.unlike_comment(actor=cast.charlie, comment_id=link.pk)
    User.objects.filter(pk=cast.bob.pk).update(trust_level=TrustLevel.BASIC)
    assert not is_low(link)


# --- who may answer -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("replies", "may"),
    [
        ("everyone", {"alice", "bob", "charlie", "dora"}),
        ("followers", {"alice", "bob"}),
        ("mentioned", {"alice", "dora"}),
        ("nobody", {"alice"}),
    ],
)
def test_the_author_chooses_who_may_answer(cast: Cast, write: Write, replies: str, may: set[str]) -> None:
    dora = make_creator("dora").user
    post = make_post(cast.alice, replies=replies)
    PostMention.objects.create(post=post, user=dora)
    for person in (cast.alice.user, cast.bob, cast.charlie, dora):
        if person.handle in may:
            write(person, post)
        else:
            with pytest.raises(MayNotAnswer):
                write(person, post)
    assert set(Comment.objects.values_list("author__handle", flat=True)) == may
    post.refresh_from_db()
    assert post.comment_count == len(may)


def test_who_may_not_answer_may_not_reply_either(cast: Cast, write: Write) -> None:
    post = make_post(cast.alice, replies="followers")
    comment = write(cast.bob, post)
    with pytest.raises(MayNotAnswer):
        write(cast.charlie, post, parent=comment)
    assert Comment.objects.count() == 1


# --- slow mode ----------------------------------------------------------------------------------------------------


def test_slow_mode_makes_one_wait(cast: Cast) -> None:
    post = make_post(cast.alice, slow_seconds=60)
    say(cast.bob, post)
    with pytest.raises(TooSoon) as refused:
        say(cast.bob, post, later=12.5)
    assert refused.value.seconds == 48
    say(cast.charlie, post, later=13)  # everybody for themselves
    say(cast.bob, make_post(cast.alice), later=13)  # and each post
    say(cast.bob, post, later=60)
    assert Comment.objects.filter(post=post).count() == 3


def test_deleting_does_not_buy_another_word(cast: Cast) -> None:
    post = make_post(cast.alice, slow_seconds=60)
    comment = say(cast.bob, post)
    actions.delete_comment(actor=cast.bob, comment_id=comment.pk, now=NOW)
    with pytest.raises(TooSoon):
        say(cast.bob, post, later=1)


def test_the_author_does_not_wait_and_a_retry_is_no_second_word(cast: Cast) -> None:
    post = make_post(cast.alice, slow_seconds=60)
    say(cast.alice.user, post)
    say(cast.alice.user, post, later=1)
    client_id = uuid.uuid4()
    first, again = (
        actions.comment(actor=cast.bob, post_id=post.pk, client_id=client_id, text="Once.", now=NOW) for _ in range(2)
    )
    assert first.pk == again.pk


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_words_at_the_same_moment_are_one(cast: Cast) -> None:
    post = make_post(cast.alice, slow_seconds=30)
    refused: list[TooSoon] = []
    lock = threading.Lock()

    def run(number: int) -> None:
        try:
            say(cast.bob, post, f"{number}")
        except TooSoon as error:
            with lock:
                refused.append(error)

    assert together(run) == []
    assert Comment.objects.count() == 1
    assert len(refused) == 5
