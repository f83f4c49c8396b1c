"""Many at once: nothing is lost, nothing counts twice, nobody waits for ever."""

import random
import threading
import uuid

import pytest
from django.db import OperationalError

from creators.models import Creator
from planet.accounts.models import User
from posts import actions
from posts.actions import NewArticle
from posts.errors import EditConflict, PostError
from posts.models import Article, ArticleRevision, Comment, Post
from tests.cast import Cast
from tests.factories import make_creator, make_post
from tests.posts.conftest import NOW
from tests.together import THREADS, together

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def test_retries_at_the_same_moment_publish_once(cast: Cast) -> None:
    client_id, published = uuid.uuid4(), []

    def run(_: int) -> None:
        published.append(actions.publish(actor=cast.alice.user, client_id=client_id, text="Once.", now=NOW).pk)

    assert together(run) == []
    assert len(published) == THREADS
    assert set(published) == set(Post.objects.values_list("pk", flat=True))
    assert Creator.objects.get(pk=cast.alice.pk).posts_count == 1


def test_retries_at_the_same_moment_comment_once(cast: Cast) -> None:
    post, client_id = make_post(cast.alice), uuid.uuid4()

    def run(_: int) -> None:
        actions.comment(actor=cast.bob, post_id=post.pk, client_id=client_id, text="Once.", now=NOW)

    assert together(run) == []
    assert Comment.objects.count() == 1
    post.refresh_from_db()
    assert post.comment_count == 1


def _storm(people: list[User], posts: list[Post], seed: int) -> None:
    """Forty random acts on the same few posts."""
    chance = random.Random(seed)
    for _ in range(40):
        actor, post = chance.choice(people), chance.choice(posts)
        act = chance.choice((_like, _keep, _repost, _comment, _answer, _quote, _delete_comment, _delete))
        try:
            act(actor, post, chance)
        except PostError:
            continue  # refused: already gone, not theirs


def _like(actor: User, post: Post, chance: random.Random) -> None:
    if chance.random() < 0.6:
        actions.like(actor=actor, post_id=post.pk, now=NOW)
    else:
        actions.unlike(actor=actor, post_id=post.pk)


def _keep(actor: User, post: Post, chance: random.Random) -> None:
    if chance.random() < 0.6:
        actions.bookmark(actor=actor, post_id=post.pk, now=NOW)
    else:
        actions.unbookmark(actor=actor, post_id=post.pk)


def _repost(actor: User, post: Post, chance: random.Random) -> None:
    if chance.random() < 0.6:
        actions.repost(actor=actor, post_id=post.pk, now=NOW)
    else:
        actions.unrepost(actor=actor, post_id=post.pk, now=NOW)


def _comment(actor: User, post: Post, chance: random.Random) -> None:
    actions.comment(actor=actor, post_id=post.pk, client_id=uuid.uuid4(), text="Word.", now=NOW)


def _answer(actor: User, post: Post, chance: random.Random) -> None:
    parents = list(Comment.objects.filter(post=post)[:20])
    if parents:
        parent = chance.choice(parents).pk
        client_id = uuid.uuid4()
        actions.comment(actor=actor, post_id=post.pk, client_id=client_id, text="Re.", parent_id=parent, now=NOW)


def _quote(actor: User, post: Post, chance: random.Random) -> None:
    actions.publish(actor=actor, client_id=uuid.uuid4(), text="This.", quote_of=post.pk, now=NOW)


def _delete_comment(actor: User, post: Post, chance: random.Random) -> None:
    mine = Comment.objects.filter(post=post, author=actor, deleted_at=None).first()
    if mine:
        actions.delete_comment(actor=actor, comment_id=mine.pk, now=NOW)


def _delete(actor: User, post: Post, chance: random.Random) -> None:
    mine = Post.objects.filter(creator_id=actor.pk, deleted_at=None).exclude(quote_of=None).first()
    if mine:
        actions.delete(actor=actor, post_id=mine.pk, now=NOW)


def test_a_storm_leaves_no_count_wrong(cast: Cast) -> None:
    people = [cast.alice.user, *(make_creator(f"creator{n}").user for n in range(5))]
    posts = [make_post(cast.alice) for _ in range(3)]
    Creator.objects.filter(pk=cast.alice.pk).update(posts_count=3)

    errors = together(lambda number: _storm(people, posts, number))

    # A deadlock would come out as an OperationalError; the lock order makes one impossible.
    assert [error for error in errors if isinstance(error, OperationalError)] == []
    assert errors == []
    assert Post.objects.filter(deleted_at=None).count() > 3
    assert actions.repair_counts() == 0


def test_without_the_lock_the_count_would_be_wrong(cast: Cast) -> None:
    """The control: the same race, read and written without a lock, does lose updates."""
    post = make_post(cast.alice)
    meet = threading.Barrier(2)

    def run(_: int) -> None:
        mine = Post.objects.get(pk=post.pk)
        meet.wait()
        mine.like_count += 1
        mine.save(update_fields=["like_count"])

    assert together(run, threads=2) == []
    post.refresh_from_db()
    assert post.like_count == 1


def test_deleting_while_reposting_leaves_no_living_repost(cast: Cast) -> None:
    dora = make_creator("dora").user
    for _ in range(5):
        post = make_post(cast.alice)

        def run(number: int, post: Post = post) -> None:
            try:
                if number:
                    actions.repost(actor=dora, post_id=post.pk, now=NOW)
                else:
                    actions.delete(actor=cast.alice.user, post_id=post.pk, now=NOW)
            except PostError:
                pass

        assert together(run, threads=2) == []
        assert not Post.objects.filter(repost_of=post, deleted_at=None).exists()


def _article(words: str) -> NewArticle:
    return NewArticle("Title", words)


def test_retries_at_the_same_moment_publish_an_article_once(cast: Cast) -> None:
    client_id = uuid.uuid4()

    def run(_: int) -> None:
        actions.publish(actor=cast.alice.user, client_id=client_id, text="", article=_article("Once."), now=NOW)

    assert together(run) == []
    assert Article.objects.count() == Post.objects.count() == 1


def test_of_many_edits_of_one_version_one_is_kept_and_none_is_lost(cast: Cast) -> None:
    post = actions.publish(actor=cast.alice.user, client_id=uuid.uuid4(), text="", article=_article("First"), now=NOW)

    def run(number: int) -> None:
        new = _article(f"Edit {number}")
        actions.edit_article(actor=cast.alice.user, post_id=post.pk, text="", article=new, revision=0, now=NOW)

    errors = together(run)
    assert [type(error) for error in errors] == [EditConflict] * (THREADS - 1)
    assert (ArticleRevision.objects.get().body, Post.objects.get().revision) == ("First", 1)
    assert Article.objects.get().body.startswith("Edit ")
