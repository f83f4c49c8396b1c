"""Counts are the number of their rows; what differs is found, logged and set right."""

import logging

import pytest
from django.db.models import F

from creators.models import Creator
from posts import actions
from posts.models import Comment, Post
from posts.tasks import check_counts
from tests.cast import Cast
from tests.factories import make_creator
from tests.posts.conftest import NOW, Publish, Write


@pytest.fixture
def busy(cast: Cast, publish: Publish, write: Write) -> Post:
    """A post with one of everything."""
    post = publish(cast.alice.user)
    dora = make_creator("dora").user
    actions.like(actor=cast.bob, post_id=post.pk, now=NOW)
    actions.bookmark(actor=cast.bob, post_id=post.pk, now=NOW)
    actions.repost(actor=dora, post_id=post.pk, now=NOW)
    publish(dora, "This.", quote_of=post.pk)
    write(cast.charlie, post, "Reply", write(cast.bob, post))
    return post


def test_nothing_is_repaired_where_nothing_is_wrong(busy: Post) -> None:
    assert actions.repair_counts() == 0


def test_wrong_counts_are_logged_and_set_right(busy: Post, caplog: pytest.LogCaptureFixture) -> None:
    wrong = ("like_count", "bookmark_count", "comment_count", "repost_count")
    Post.objects.filter(pk=busy.pk).update(**{name: F(name) + 5 for name in wrong})
    Comment.objects.update(reply_count=3)
    Creator.objects.filter(pk=busy.creator_id).update(posts_count=9)
    with caplog.at_level(logging.ERROR):
        assert actions.repair_counts() == 7
    assert len([record for record in caplog.records if record.message.startswith("count was wrong")]) == 7
    busy.refresh_from_db()
    assert [getattr(busy, name) for name in wrong] == [1, 1, 2, 2]
    assert sorted(Comment.objects.values_list("reply_count", flat=True)) == [0, 1]
    assert Creator.objects.get(pk=busy.creator_id).posts_count == 1


def test_the_nightly_task_repairs(busy: Post) -> None:
    Post.objects.filter(pk=busy.pk).update(like_count=0)
    check_counts()
    busy.refresh_from_db()
    assert busy.like_count == 1
