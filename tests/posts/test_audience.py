"""A post for followers: every door is shut to everybody else, and shuts when the following ends.

Bob follows Alice, Charlie does not; Dora is a creator who follows her.
"""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from creators import actions as creators
from creators.models import Creator, Follow
from planet.accounts.models import User
from planet.notifications.models import Notification
from planet.realtime import topics
from posts import access, actions, queries
from posts.actions import Options
from posts.errors import NotAllowed, NotForSharing
from posts.models import Bookmark, Comment, Like, Post, PostTag, Tag
from posts.queries import timelines
from tests.cast import Cast
from tests.factories import make_creator, make_post
from tests.posts.conftest import NOW, Event, Publish, Write

FOLLOWERS = Post.Audience.FOLLOWERS
HTMX = {"HX-Request": "true"}


@pytest.fixture
def dora(cast: Cast) -> Creator:
    creator = make_creator("dora")
    Follow.objects.create(follower=creator.user, creator=cast.alice)
    return creator


@pytest.fixture
def post(cast: Cast) -> Post:
    """By Alice, for her followers, about #defi; kept by Bob and by Charlie, who followed her then."""
    found = make_post(cast.alice, "Secret sauce #defi", audience=FOLLOWERS)
    PostTag.objects.create(post=found, tag=Tag.objects.create(kind="topic", name="defi"))
    for person in (cast.bob, cast.charlie):
        Bookmark.objects.create(user=person, post=found)
    return found


def seen(viewer: User | None, author: Creator) -> dict[str, list[Any]]:
    """The ids in every timeline of somebody."""
    viewer_id = viewer.pk if viewer else None
    tag = Tag.objects.get(name="defi")
    pages = {
        "latest": queries.latest(viewer_id=viewer_id),
        "by creator": queries.by_creator(creator_id=author.pk, viewer_id=viewer_id),
        "tagged": queries.tagged(tag=tag, viewer_id=viewer_id),
    }
    if viewer:
        pages["following"] = queries.following(viewer=viewer)
        pages["bookmarked"] = queries.bookmarked(viewer_id=viewer.pk)
    return {name: [row.id for row in page.items] for name, page in pages.items()}


@pytest.mark.parametrize("many", [timelines.MANY_FOLLOWS, 0])
def test_followers_and_the_author_find_it_and_nobody_else(
    cast: Cast, post: Post, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timelines, "MANY_FOLLOWS", many)
    found = {name for name, ids in seen(cast.bob, cast.alice).items() if ids == [post.pk]}
    assert found == {"by creator", "tagged", "following", "bookmarked"}  # everyone's newest is what everyone sees
    assert seen(cast.alice.user, cast.alice)["following"] == [post.pk]
    assert seen(cast.alice.user, cast.alice)["by creator"] == [post.pk]
    for outsider in (cast.charlie, cast.olga, None):
        assert not any(seen(outsider, cast.alice).values())


def test_rows_and_states_know_the_audience_themselves(cast: Cast, post: Post) -> None:
    assert queries.row(post.pk, viewer_id=cast.bob.pk)
    assert queries.states([post.pk], viewer_id=cast.bob.pk)
    for outsider in (cast.charlie.pk, None):
        assert queries.row(post.pk, viewer_id=outsider) is None
        assert queries.states([post.pk], viewer_id=outsider) == {}


def test_a_quote_or_repost_that_slipped_in_shows_nothing(cast: Cast, post: Post) -> None:
    """Nobody can make one; were there one, it would say nothing to others."""
    emil = make_creator("emil")
    quote, repost = make_post(emil, "See", quote_of=post), make_post(emil, "", repost_of=post)
    row = queries.row(quote.pk, viewer_id=cast.charlie.pk)
    assert row is not None
    assert (row.has_quote, row.quote) == (True, None)
    assert queries.row(repost.pk, viewer_id=cast.charlie.pk) is None
    Follow.objects.create(follower=cast.charlie, creator=emil)
    assert [row.id for row in queries.following(viewer=cast.charlie).items] == [quote.pk]


# --- over HTTP ----------------------------------------------------------------------------------------------------

READS = ["", "history/", "comments/new/"]


@pytest.mark.parametrize("path", READS)
def test_its_pages_are_nobodys_for_an_outsider(cast: Cast, post: Post, path: str) -> None:
    url = f"/p/{post.pk}/{path}"
    for reader in (cast.browser(cast.bob), cast.browser(cast.alice.user)):
        assert reader.get(url).status_code == 200
    for outsider in (cast.browser(cast.charlie), cast.browser(cast.olga), Client()):
        answer = outsider.get(url)
        assert answer.status_code == 404
        assert b"sauce" not in answer.content


def test_its_comments_are_for_its_readers(cast: Cast, post: Post, write: Write) -> None:
    comment = write(cast.bob, post, "Heard in confidence.")
    url = f"/p/{post.pk}/comments/{comment.pk}/"
    assert cast.browser(cast.bob).get(url).status_code == 200
    assert cast.browser(cast.charlie).get(url).status_code == 404
    assert cast.browser(cast.charlie).get(f"{url}delete/").status_code == 404
    assert Client().get(url).status_code == 404


@pytest.mark.parametrize("verb", ["like", "bookmark", "repost"])
def test_reactions_of_outsiders_find_nothing(cast: Cast, dora: Creator, post: Post, verb: str) -> None:
    emil = make_creator("emil")
    assert cast.browser(emil.user).post(f"/p/{post.pk}/{verb}/", {"on": "1"}, headers=HTMX).status_code == 404
    assert not Like.objects.exists()
    assert Bookmark.objects.count() == 2
    assert not Post.objects.filter(repost_of=post).exists()


def test_comments_of_outsiders_find_nothing(cast: Cast, post: Post) -> None:
    sent = {"client_id": str(uuid4()), "text": "Let me in"}
    assert cast.browser(cast.charlie).post(f"/p/{post.pk}/comments/", sent).status_code == 404
    assert not Comment.objects.exists()


def test_the_catch_up_says_gone(cast: Cast, post: Post) -> None:
    asked = f"/p/state/?ids={post.pk}"
    assert str(post.pk) in cast.browser(cast.bob).get(asked).json()["posts"]
    assert Client().get(asked).json() == {"posts": {}, "gone": [str(post.pk)]}
    assert cast.browser(cast.charlie).get(asked).json() == {"posts": {}, "gone": [str(post.pk)]}


def test_new_cards_are_those_that_are_for_the_reader(cast: Cast, post: Post) -> None:
    since = "00000000-0000-7000-8000-000000000000"
    assert str(post.pk) in cast.browser(cast.bob).get(f"/feed/new/?feed=following&since={since}").content.decode()
    for feed in ("following", "latest"):
        answer = cast.browser(cast.charlie).get(f"/feed/new/?feed={feed}&since={since}")
        assert str(post.pk) not in answer.content.decode()


def test_nobody_takes_it_further_by_a_repost(cast: Cast, dora: Creator, post: Post) -> None:
    for person in (dora.user, cast.alice.user):
        answer = cast.browser(person).post(f"/p/{post.pk}/repost/", {"on": "1"}, headers=HTMX)
        assert answer.status_code == 403
        assert "for followers" in answer.headers["HX-Trigger"]
        with pytest.raises(NotForSharing):
            actions.repost(actor=person, post_id=post.pk, now=NOW)
    assert not Post.objects.filter(repost_of=post).exists()


def test_nobody_takes_it_further_by_a_quote(cast: Cast, dora: Creator, post: Post) -> None:
    browser = cast.browser(dora.user)
    assert browser.get(f"/post/?quote={post.pk}", headers=HTMX).status_code == 403
    sent = {"client_id": str(uuid4()), "text": "Look at this", "quote": str(post.pk)}
    answer = browser.post("/post/", sent)
    assert answer.status_code == 422
    assert "Look at this" in answer.content.decode()
    assert "sauce" not in answer.content.decode()
    assert cast.browser(make_creator("emil").user).get(f"/post/?quote={post.pk}").status_code == 404
    assert not Post.objects.filter(quote_of=post).exists()


# --- actions ------------------------------------------------------------------------------------------------------


def test_the_actions_ask_themselves(cast: Cast, post: Post, write: Write) -> None:
    """Whoever calls them: a view that forgets to look cannot open a door."""
    emil = make_creator("emil").user
    acts: list[Callable[[], Any]] = [
        lambda: actions.like(actor=emil, post_id=post.pk, now=NOW),
        lambda: actions.bookmark(actor=emil, post_id=post.pk, now=NOW),
        lambda: actions.repost(actor=emil, post_id=post.pk, now=NOW),
        lambda: write(emil, post),
        lambda: actions.publish(actor=emil, client_id=uuid4(), text="Q", quote_of=post.pk, now=NOW),
    ]
    for act in acts:
        with pytest.raises(NotAllowed):
            act()
    post.refresh_from_db()
    assert (post.like_count, post.bookmark_count, post.comment_count, post.repost_count) == (0, 0, 0, 0)


# --- the socket ---------------------------------------------------------------------------------------------------


def test_only_its_readers_may_listen(cast: Cast, post: Post) -> None:
    topic = f"post:{post.pk}"
    assert topics.allowed(cast.bob.pk, [topic]) == {topic}
    assert topics.allowed(cast.alice.pk, [topic]) == {topic}
    assert topics.allowed(cast.charlie.pk, [topic]) == set()
    assert topics.allowed(None, [topic]) == set()


def test_it_is_announced_to_followers_alone(cast: Cast, heard: Callable[..., list[Event]], publish: Publish) -> None:
    events = heard(lambda: publish(cast.alice.user, "Inner circle", options=Options(audience=FOLLOWERS)))
    assert [event.topic for event in events if event.kind == "post"] == [f"followers:{cast.alice.pk}"]
    events = heard(lambda: publish(cast.alice.user, "All of you"))
    assert len([event for event in events if event.kind == "post"]) == 3


def test_its_readers_hear_of_its_counts_and_edits(cast: Cast, post: Post, heard: Callable[..., list[Event]]) -> None:
    events = heard(lambda: actions.like(actor=cast.bob, post_id=post.pk, now=NOW))
    assert [(event.topic, event.data["likes"]) for event in events if event.kind == "counts"] == [
        (f"post:{post.pk}", 1)
    ]
    events = heard(lambda: actions.edit(actor=cast.alice.user, post_id=post.pk, text="More sauce", now=NOW))
    assert "More sauce" in next(event.html for event in events if event.kind == "edited")


def test_unfollowing_cuts_the_line(
    cast: Cast, post: Post, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    from planet.accounts import actions as accounts

    cut: list[Any] = []
    monkeypatch.setattr(accounts, "revoke", cut.append)
    with django_capture_on_commit_callbacks(execute=True):
        creators.unfollow(actor=cast.bob, creator=cast.alice)
    assert cut == [cast.bob.pk]
    assert not access.may_listen(cast.bob.pk, str(post.pk))
    assert not any(seen(cast.bob, cast.alice).values())
    with django_capture_on_commit_callbacks(execute=True):
        creators.unfollow(actor=cast.bob, creator=cast.alice)
    assert cut == [cast.bob.pk]  # nothing ended, nothing is cut


# --- notifications ------------------------------------------------------------------------------------------------


def told() -> set[str]:
    return set(Notification.objects.values_list("recipient__handle", flat=True))


def test_a_mention_is_told_to_followers_only(cast: Cast, publish: Publish) -> None:
    publish(cast.alice.user, "@bob @charlie listen", options=Options(audience=FOLLOWERS))
    assert told() == {"bob"}


def test_an_edit_that_mentions_an_outsider_tells_nobody(cast: Cast, post: Post) -> None:
    actions.edit(actor=cast.alice.user, post_id=post.pk, text="@charlie sauce", now=NOW)
    assert told() == set()


def test_who_left_hears_of_no_answer(cast: Cast, dora: Creator, post: Post, write: Write) -> None:
    first = write(cast.bob, post, "Noted.")
    creators.unfollow(actor=cast.bob, creator=cast.alice)
    Notification.objects.all().delete()
    write(dora.user, post, "@charlie @bob the recipe is…", parent=first)
    assert told() == {"alice"}
