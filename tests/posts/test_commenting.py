"""Writing and deleting comments."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from planet.accounts.models import Block
from planet.notifications.models import Notification
from posts import actions
from posts.errors import AlreadyPublished, Gone, NotAllowed
from posts.models import Comment, CommentMention
from tests.cast import Cast
from tests.factories import make_post
from tests.posts.conftest import NOW, Event, Write

Heard = Callable[[Callable[[], Any]], list[Event]]


def told() -> set[tuple[str, str]]:
    """Who was told, and what about (the verb of the group key)."""
    rows = Notification.objects.values_list("recipient__handle", "group_key")
    return {(handle, key.partition(":")[0]) for handle, key in rows}


def test_a_thread_keeps_its_root_and_counts(cast: Cast, write: Write) -> None:
    post = make_post(cast.alice)
    top = write(cast.bob, post, "Top")
    reply = write(cast.charlie, post, "Reply", top)
    deeper = write(cast.bob, post, "Deeper", reply)
    top.refresh_from_db()
    post.refresh_from_db()
    assert (top.root, reply.root, deeper.root) == (None, top, top)
    assert (deeper.parent, top.reply_count, post.comment_count) == (reply, 2, 3)


def test_everybody_is_told_once(cast: Cast, write: Write) -> None:
    post = make_post(cast.alice)
    top = write(cast.bob, post, "What of it, @alice?")
    assert told() == {("alice", "comment")}
    Notification.objects.all().delete()
    write(cast.charlie, post, "@bob @alice @olga look", top)
    assert told() == {("bob", "reply"), ("alice", "comment"), ("olga", "mention")}


def test_answering_oneself_is_no_news(cast: Cast, write: Write) -> None:
    post = make_post(cast.alice)
    top = write(cast.alice.user, post)
    write(cast.alice.user, post, "And @alice", top)
    assert told() == set()


def test_a_retry_returns_the_first_comment(cast: Cast, write: Write) -> None:
    post, client_id = make_post(cast.alice), uuid.uuid4()
    first = write(cast.bob, post, "Once", client_id=client_id)
    assert write(cast.bob, post, "Once", client_id=client_id) == first
    with pytest.raises(AlreadyPublished):
        write(cast.bob, post, "Twice", client_id=client_id)
    post.refresh_from_db()
    assert post.comment_count == 1


@pytest.mark.parametrize("text", ["", "\u200b", "x" * 1001])
def test_an_empty_or_endless_comment_is_refused(cast: Cast, write: Write, text: str) -> None:
    post = make_post(cast.alice)
    with pytest.raises(ValidationError):
        write(cast.bob, post, text)
    post.refresh_from_db()
    assert (post.comment_count, Comment.objects.count()) == (0, 0)


def test_nobody_comments_across_a_block(cast: Cast, write: Write) -> None:
    post = make_post(cast.alice)
    top = write(cast.charlie, post)
    Block.objects.create(owner=cast.charlie, target=cast.bob)
    with pytest.raises(NotAllowed):
        write(cast.bob, post, "Still here", top)
    Block.objects.create(owner=cast.alice.user, target=cast.bob)
    with pytest.raises(NotAllowed):
        write(cast.bob, post)
    post.refresh_from_db()
    assert post.comment_count == 1


def test_nothing_is_added_to_what_is_gone(cast: Cast, write: Write) -> None:
    post, other = make_post(cast.alice), make_post(cast.alice)
    elsewhere, removed = write(cast.bob, other), write(cast.bob, post)
    actions.delete_comment(actor=cast.bob, comment_id=removed.pk, now=NOW)
    for parent in (elsewhere, removed):
        with pytest.raises(Gone):
            write(cast.charlie, post, "Hello?", parent)
    with pytest.raises(Gone):
        write(cast.charlie, make_post(cast.alice, deleted_at=NOW))
    with pytest.raises(Gone):
        write(cast.charlie, make_post(cast.alice, "", repost_of=other))


def test_a_removed_comment_leaves_its_replies(cast: Cast, write: Write) -> None:
    post = make_post(cast.alice)
    top = write(cast.bob, post, "@olga")
    write(cast.charlie, post, "Reply", top)
    Notification.objects.exclude(recipient=cast.olga).delete()
    actions.delete_comment(actor=cast.bob, comment_id=top.pk, now=NOW)
    post.refresh_from_db()
    top.refresh_from_db()
    assert (post.comment_count, top.reply_count, top.deleted_at) == (1, 1, NOW)
    assert told() == set()  # the mention was taken back


def test_news_of_a_comment_stays_while_its_author_said_more(cast: Cast, write: Write) -> None:
    post = make_post(cast.alice)
    first, second = write(cast.bob, post, "One"), write(cast.bob, post, "Two")
    actions.delete_comment(actor=cast.bob, comment_id=first.pk, now=NOW)
    assert told() == {("alice", "comment")}
    actions.delete_comment(actor=cast.bob, comment_id=second.pk, now=NOW)
    assert told() == set()


def test_author_creator_and_operator_delete_and_nobody_else(cast: Cast, write: Write) -> None:
    post = make_post(cast.alice)
    comment = write(cast.bob, post)
    with pytest.raises(NotAllowed):
        actions.delete_comment(actor=cast.charlie, comment_id=comment.pk, now=NOW)
    comment.refresh_from_db()
    assert comment.deleted_at is None
    for person in (cast.bob, cast.alice.user, cast.olga):
        mine = write(cast.bob, post)
        actions.delete_comment(actor=person, comment_id=mine.pk, now=NOW)
        with pytest.raises(Gone):
            actions.delete_comment(actor=person, comment_id=mine.pk, now=NOW)
    post.refresh_from_db()
    assert post.comment_count == 1


def test_mentions_across_a_block_are_dropped(cast: Cast, write: Write) -> None:
    Block.objects.create(owner=cast.charlie, target=cast.bob)
    write(cast.bob, make_post(cast.alice), "@charlie @olga")
    assert list(CommentMention.objects.values_list("user", flat=True)) == [cast.olga.pk]


def test_a_comment_is_heard_where_the_post_is_open(cast: Cast, write: Write, heard: Heard) -> None:
    post = make_post(cast.alice)
    events = {
        event.kind: event for event in heard(lambda: write(cast.bob, post, "Heard <b>")) if "post:" in event.topic
    }
    comment = Comment.objects.get()
    assert set(events) == {"comment", "counts"}
    assert events["comment"].data["id"] == str(comment.pk)
    assert "Heard &lt;b&gt;" in events["comment"].html
    assert "csrf" not in events["comment"].html
    gone = heard(lambda: actions.delete_comment(actor=cast.bob, comment_id=comment.pk, now=NOW))
    assert ("comment_removed", {"id": str(comment.pk)}) in [(event.kind, event.data) for event in gone]
