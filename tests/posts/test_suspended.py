"""What a suspended person wrote is away for as long as the suspension lasts."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from creators.models import Creator, Follow
from planet.accounts.actions import reinstate, suspend
from planet.accounts.models import User
from planet.web.pagination import PAGE_SIZE
from posts import access, cards, queries
from posts.actions import delete_comment, restore_comment
from posts.cards import Viewer
from posts.errors import Gone
from posts.models import Bookmark, Comment, PostTag, Tag
from posts.queries.comments import newer
from posts.text import Kind
from tests.cast import Cast
from tests.factories import make_creator, make_post
from tests.posts.conftest import NOW, Event, Publish, Write


@pytest.fixture
def dora(cast: Cast) -> Creator:
    """Somebody who will be suspended; Bob follows her."""
    creator = make_creator("dora")
    Follow.objects.create(follower=cast.bob, creator=creator)
    return creator


def timelines(viewer: User, author: Creator) -> dict[str, list[Any]]:
    """The ids of the items in each timeline that somebody reads."""
    tag = Tag.objects.get(kind=Kind.TOPIC.value, name="defi")
    pages = {
        "following": queries.following(viewer=viewer),
        "latest": queries.latest(viewer_id=viewer.pk),
        "tagged": queries.tagged(tag=tag, viewer_id=viewer.pk),
        "bookmarked": queries.bookmarked(viewer_id=viewer.pk),
        "by creator": queries.by_creator(creator_id=author.pk, viewer_id=viewer.pk),
    }
    return {name: [row.id for row in page.items] for name, page in pages.items()}


def test_posts_leave_every_timeline_and_come_back(cast: Cast, dora: Creator) -> None:
    post = make_post(dora, "#defi")
    PostTag.objects.create(post=post, tag=Tag.objects.create(kind=Kind.TOPIC.value, name="defi"))
    Bookmark.objects.create(user=cast.bob, post=post, created_at=NOW)
    suspend(user=dora.user)
    assert not any(timelines(cast.bob, dora).values())
    reinstate(user=dora.user)
    assert set(map(tuple, timelines(cast.bob, dora).values())) == {(post.pk,)}


def test_reposts_by_the_suspended_go_and_so_do_reposts_of_them(cast: Cast, dora: Creator) -> None:
    by_her = make_post(dora, "", repost_of=make_post(make_creator("emil")))
    of_her = make_post(cast.alice, "", repost_of=make_post(dora))
    suspend(user=dora.user)
    assert queries.following(viewer=cast.bob).items == []
    reinstate(user=dora.user)
    assert {by_her.pk, of_her.pk} <= {row.id for row in queries.following(viewer=cast.bob).items}


def test_a_page_of_nothing_else_is_stepped_over(cast: Cast, dora: Creator) -> None:
    old = make_post(cast.alice)
    for _ in range(PAGE_SIZE * 2):
        make_post(dora)
    suspend(user=dora.user)
    page = queries.latest(viewer_id=None)
    assert ([row.id for row in page.items], page.after) == ([old.pk], None)


def test_a_quote_of_the_suspended_says_that_it_is_not_available(cast: Cast, dora: Creator) -> None:
    quote = make_post(cast.alice, "Look", quote_of=make_post(dora, "Secret sauce"))

    def html() -> str:
        row = queries.row(quote.pk, viewer_id=cast.bob.pk)
        assert row is not None
        return cards.cards([row], viewer=Viewer(cast.bob.pk))[0].html

    assert "Secret sauce" in html()  # and is cached now
    suspend(user=dora.user)
    assert "Secret sauce" not in html()
    assert "not available" in html()
    reinstate(user=dora.user)
    assert "Secret sauce" in html()


@pytest.mark.parametrize("path", ["", "history/", "comments/new/"])
def test_the_posts_pages_are_404_and_come_back(cast: Cast, dora: Creator, path: str) -> None:
    url = f"/p/{make_post(dora).pk}/{path}"
    suspend(user=dora.user)
    assert Client().get(url).status_code == 404
    assert cast.browser(cast.bob).get(url).status_code == 404
    reinstate(user=dora.user)
    assert Client().get(url).status_code == 200


def test_open_cards_learn_that_they_are_gone_and_hear_nothing_more(cast: Cast, dora: Creator) -> None:
    post = make_post(dora)
    suspend(user=dora.user)
    answer = Client().get("/p/state/", {"ids": str(post.pk)}).json()
    assert answer == {"posts": {}, "gone": [str(post.pk)]}
    assert not access.may_listen(cast.bob.pk, str(post.pk))
    reinstate(user=dora.user)
    assert access.may_listen(cast.bob.pk, str(post.pk))


def test_nobody_reacts_to_what_is_away(cast: Cast, dora: Creator, publish: Publish, write: Write) -> None:
    post = make_post(dora)
    suspend(user=dora.user)
    browser = cast.browser(cast.alice.user)
    for verb in ("like", "bookmark", "repost"):
        assert browser.post(f"/p/{post.pk}/{verb}/", {"on": "1"}).status_code == 404
    with pytest.raises(Gone):
        write(cast.bob, post)
    with pytest.raises(Gone):
        publish(cast.alice.user, "Look", quote_of=post.pk)
    post.refresh_from_db()
    assert (post.like_count, post.comment_count, post.repost_count, post.bookmark_count) == (0, 0, 0, 0)


def test_comments_go_with_the_threads_they_began_and_come_back(cast: Cast, dora: Creator, write: Write) -> None:
    post = make_post(cast.alice)
    began = write(dora.user, post, "Mine")
    write(cast.bob, post, "Under hers", began)
    other = write(cast.bob, post, "His own")
    answer = write(dora.user, post, "Her reply", other)

    def shown() -> list[Any]:
        page = queries.threads(post_id=post.pk, viewer_id=cast.charlie.pk)
        return [(one.comment.pk, [reply.pk for reply in one.replies]) for one in page.items]

    before = shown()
    suspend(user=dora.user)
    assert shown() == [(other.pk, [])]
    assert queries.thread(comment=other, viewer_id=None).replies == []
    assert {began.pk, answer.pk}.isdisjoint(
        found.pk for found in newer(post_id=post.pk, viewer_id=None, since=UUID(int=0))
    )
    assert Client().get(f"/p/{post.pk}/comments/{began.pk}/").status_code == 404
    assert Client().get(f"/p/{post.pk}/comments/{answer.pk}/").status_code == 404
    reinstate(user=dora.user)
    assert shown() == before


def test_a_thread_of_the_suspended_cannot_be_answered(cast: Cast, dora: Creator, write: Write) -> None:
    post = make_post(cast.alice)
    began = write(dora.user, post, "Mine")
    suspend(user=dora.user)
    with pytest.raises(Gone):
        write(cast.bob, post, "Under hers", began)
    assert Comment.objects.count() == 1


def test_the_catch_up_takes_the_comments_away(cast: Cast, dora: Creator, write: Write) -> None:
    post = make_post(cast.alice)
    hers, his = write(dora.user, post), write(cast.bob, post)
    suspend(user=dora.user)
    answer = Client().get(f"/p/{post.pk}/comments/new/", {"ids": f"{hers.pk},{his.pk}"}).json()
    assert answer["gone"] == [str(hers.pk)]
    assert [comment["id"] for comment in answer["comments"]] == [str(his.pk)]


def test_a_comment_brought_back_meanwhile_is_not_sent_out(
    cast: Cast, dora: Creator, write: Write, heard: Callable[[Callable[[], Any]], list[Event]]
) -> None:
    post = make_post(cast.alice)
    hers = write(dora.user, post)
    delete_comment(actor=dora.user, comment_id=hers.pk, now=NOW)
    suspend(user=dora.user)
    assert "comment" not in {event.kind for event in heard(lambda: restore_comment(comment_id=hers.pk))}
