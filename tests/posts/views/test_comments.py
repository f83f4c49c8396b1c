"""Comments over HTTP."""

import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from planet.accounts.models import Block, Mute
from planet.web.pagination import PAGE_SIZE
from posts import actions
from posts.models import Comment, Post
from posts.queries.comments import REPLIES_SHOWN
from tests.cast import Cast
from tests.factories import make_post, make_user
from tests.posts.conftest import NOW, Write

HTMX = {"HX-Request": "true"}


def form(text: str = "Agreed.", **fields: Any) -> dict[str, Any]:
    return {"client_id": str(uuid.uuid4()), "text": text, **fields}


def comments(html: str) -> list[str]:
    return [part.split('"', 1)[0] for part in html.split(' data-comment="')[1:]]


def page(client: Client, post: Post, query: str = "") -> str:
    return client.get(post.get_absolute_url() + query).content.decode()


def test_commenting_without_scripts_leads_to_the_comment(cast: Cast) -> None:
    post = make_post(cast.alice)
    response = cast.browser(cast.bob).post(f"/p/{post.pk}/comments/", form())
    comment = Comment.objects.get()
    assert response.headers["Location"] == comment.get_absolute_url()
    assert comments(page(Client(), post)) == [str(comment.pk)]


def test_commenting_in_place_answers_with_the_comment(cast: Cast) -> None:
    post = make_post(cast.alice)
    response = cast.browser(cast.bob).post(f"/p/{post.pk}/comments/", form("Mine <b>"), headers=HTMX)
    html = response.content.decode()
    assert response.status_code == 201
    assert comments(html) == [str(Comment.objects.get().pk)]
    assert "Mine &lt;b&gt;" in html


def test_a_retry_comments_once(cast: Cast) -> None:
    post, browser, sent = make_post(cast.alice), cast.browser(cast.bob), form()
    codes = [browser.post(f"/p/{post.pk}/comments/", sent, headers=HTMX).status_code for _ in range(2)]
    assert codes == [201, 201]
    assert Comment.objects.count() == 1
    assert browser.post(f"/p/{post.pk}/comments/", {**sent, "text": "Other"}, headers=HTMX).status_code == 409


def test_a_reply_without_scripts(cast: Cast, write: Write) -> None:
    post = make_post(cast.alice)
    top = write(cast.bob, post)
    browser = cast.browser(cast.charlie)
    html = page(browser, post, f"?reply={top.pk}")
    assert f'name="parent" value="{top.pk}"' in html
    assert "@bob" in html
    browser.post(f"/p/{post.pk}/comments/", form(parent=str(top.pk)))
    assert Comment.objects.get(author=cast.charlie).parent == top


@pytest.mark.parametrize(
    "fields",
    [{"text": ""}, {"text": "\u200b"}, {"text": "x" * 1001}, {"text": "a\x00b"}, {"client_id": "1"}, {"parent": "1"}],
)
def test_bad_input_changes_nothing_and_keeps_what_was_typed(cast: Cast, fields: dict[str, str]) -> None:
    post, browser = make_post(cast.alice), cast.browser(cast.bob)
    sent = {**form("Kept words"), **fields}
    assert browser.post(f"/p/{post.pk}/comments/", sent, headers=HTMX).status_code == 422
    plain = browser.post(f"/p/{post.pk}/comments/", sent)
    assert plain.status_code == 422
    if "text" not in fields:
        assert "Kept words" in plain.content.decode()
    assert not Comment.objects.exists()


def test_one_does_not_reply_to_what_one_may_not_see(cast: Cast, write: Write) -> None:
    post, other = make_post(cast.alice), make_post(cast.alice)
    top, elsewhere = write(cast.charlie, post), write(cast.charlie, other)
    Block.objects.create(owner=cast.charlie, target=cast.bob)
    browser = cast.browser(cast.bob)
    for parent in (top.pk, elsewhere.pk, uuid.uuid4()):
        assert browser.post(f"/p/{post.pk}/comments/", form(parent=str(parent))).status_code == 404
        assert browser.get(f"/p/{post.pk}/comments/{parent}/").status_code == 404
    assert Comment.objects.count() == 2


def test_comments_need_a_post_that_one_sees(cast: Cast) -> None:
    Block.objects.create(owner=cast.alice.user, target=cast.bob)
    post, gone = make_post(cast.alice), make_post(cast.alice, deleted_at=NOW)
    assert cast.browser(cast.bob).post(f"/p/{post.pk}/comments/", form()).status_code == 404
    assert cast.browser(cast.charlie).post(f"/p/{gone.pk}/comments/", form()).status_code == 410
    assert Client().post(f"/p/{post.pk}/comments/", form()).status_code == 302
    assert not Comment.objects.exists()


def test_threads_stand_newest_first_and_replies_in_order(cast: Cast, write: Write) -> None:
    post = make_post(cast.alice)
    first, second = write(cast.bob, post, "1"), write(cast.bob, post, "2")
    replies = [write(cast.charlie, post, f"r{n}", first) for n in range(2)]
    deeper = write(cast.bob, post, "deeper", replies[0])
    html = page(Client(), post, "?sort=new")
    assert comments(html) == [str(c.pk) for c in (second, first, *replies, deeper)]
    assert 'Replying to</span> <a class="link" href="/@charlie/">@charlie</a>' in html


def test_all_replies_are_reached_without_scripts(cast: Cast, write: Write) -> None:
    post = make_post(cast.alice)
    top = write(cast.bob, post)
    replies = [str(write(cast.charlie, post, f"{n}", top).pk) for n in range(REPLIES_SHOWN + PAGE_SIZE + 2)]
    client, html = Client(), page(Client(), post)
    found = comments(html)[1:]
    assert found == replies[:REPLIES_SHOWN]
    while more := re.search(r'class="morep" href="([^"]+\?after=[^"]+)"', html):
        html = client.get(more[1]).content.decode()
        found += [c for c in comments(html) if c != str(top.pk)]
    assert found == replies


def test_a_notification_leads_to_its_reply(cast: Cast, write: Write) -> None:
    post = make_post(cast.alice)
    top = write(cast.bob, post)
    replies = [write(cast.charlie, post, f"{n}", top) for n in range(30)]
    html = Client().get(replies[25].get_absolute_url()).content.decode()
    assert comments(html) == [str(top.pk), *(str(reply.pk) for reply in replies[25:])]
    assert "Show the replies before" in html


def test_a_page_of_comments_costs_the_same_however_many(cast: Cast, write: Write) -> None:
    post, client, costs = make_post(cast.alice), Client(), []
    page(client, post)  # the card is cached now
    for number in (1, 12):
        for n in range(number):
            person = make_user(f"person{number}x{n}")
            top = write(person, post, "@bob")
            write(cast.charlie, post, "@bob", write(person, post, "@alice", top))
        with CaptureQueriesContext(connection) as queries:
            page(client, post)
        costs.append(len(queries))
    assert costs[0] == costs[1]
    assert costs[1] <= 12


def test_a_muted_persons_thread_is_not_shown(cast: Cast, write: Write) -> None:
    post = make_post(cast.alice)
    muted, kept = write(cast.charlie, post), write(cast.olga, post)
    write(cast.charlie, post, "Reply", kept)
    Mute.objects.create(owner=cast.bob, target=cast.charlie)
    assert comments(page(cast.browser(cast.bob), post)) == [str(kept.pk)]
    assert str(muted.pk) in page(Client(), post)


# --- deleting -----------------------------------------------------------------------------------------------------


def test_deleting_asks_first(cast: Cast, write: Write) -> None:
    post = make_post(cast.alice)
    comment = write(cast.bob, post)
    url = f"/p/{post.pk}/comments/{comment.pk}/delete/"
    browser = cast.browser(cast.bob)
    assert browser.get(url).status_code == 200
    assert Comment.objects.filter(deleted_at=None).exists()
    assert browser.post(url).headers["Location"] == post.get_absolute_url()
    assert comments(page(browser, post)) == []
    assert browser.post(url).status_code == 404


def test_a_removed_comment_with_replies_leaves_a_mark(cast: Cast, write: Write) -> None:
    post = make_post(cast.alice)
    top = write(cast.bob, post, "Take this back")
    write(cast.charlie, post, "Too late", top)
    actions.delete_comment(actor=cast.bob, comment_id=top.pk, now=NOW)
    html = page(Client(), post)
    assert "Take this back" not in html
    assert "Comment removed" in html
    assert "Too late" in html


def test_a_stranger_deletes_nothing(cast: Cast, write: Write) -> None:
    post = make_post(cast.alice)
    comment = write(cast.bob, post)
    url = f"/p/{post.pk}/comments/{comment.pk}/delete/"
    for person in (cast.charlie, cast.olga):
        assert cast.browser(person).get(url).status_code == 404
        assert cast.browser(person).post(url, headers=HTMX).status_code == 404
    assert Client().post(url).status_code == 302
    comment.refresh_from_db()
    assert comment.deleted_at is None
    assert cast.browser(cast.alice.user).post(url, headers=HTMX).status_code == 204


# --- catching up --------------------------------------------------------------------------------------------------


def test_the_catch_up_brings_what_is_new_and_what_is_gone(cast: Cast, write: Write) -> None:
    post = make_post(cast.alice)
    old, removed = write(cast.bob, post, "old"), write(cast.bob, post, "removed")
    new = write(cast.charlie, post, "new", old)
    actions.delete_comment(actor=cast.bob, comment_id=removed.pk, now=NOW)
    url = f"/p/{post.pk}/comments/new/?since={removed.pk}&ids={old.pk},{removed.pk},nonsense"
    answer = Client().get(url).json()
    assert [(c["id"], c["root"]) for c in answer["comments"]] == [(str(new.pk), str(old.pk))]
    assert "new" in answer["comments"][0]["html"]
    assert answer["gone"] == [str(removed.pk)]


def test_an_old_page_and_its_events_make_a_fresh_page(cast: Cast, write: Write, heard: Any) -> None:
    """Whoever was looking ends with the comments and counts that a newcomer is shown."""
    post = make_post(cast.alice)
    first = write(cast.bob, post, "first")
    doomed = write(cast.bob, post, "doomed")
    old = comments(page(Client(), post, "?sort=new"))

    def happens() -> None:
        write(cast.charlie, post, "reply", first)
        write(cast.charlie, post, "second")
        actions.delete_comment(actor=cast.bob, comment_id=doomed.pk, now=NOW)
        actions.like(actor=cast.bob, post_id=post.pk, now=NOW)

    shown, counts = list(old), {}
    for event in heard(happens):
        if event.kind == "comment":
            assert comments(event.html) == [event.data["id"]]
            root = event.data["root"]
            shown.insert(shown.index(root) + 1 if root else 0, event.data["id"])
        elif event.kind == "comment_removed":
            shown.remove(event.data["id"])
        elif event.kind == "counts":
            counts = event.data
    assert shown == comments(page(Client(), post, "?sort=new"))
    fresh = Client().get(f"/p/state/?ids={post.pk}").json()["posts"][str(post.pk)]
    assert counts == {name: fresh[name] for name in ("likes", "comments", "reposts", "bookmarks")}


def test_a_thread_that_somebody_blocked_began_is_closed(cast: Cast, write: Write) -> None:
    post = make_post(cast.alice)
    root = write(cast.bob, post, "Mine.")
    reply = write(cast.alice.user, post, "An answer.", parent=root)
    Block.objects.create(owner=cast.charlie, target=cast.bob)
    browser = cast.browser(cast.charlie)
    assert browser.get(reply.get_absolute_url()).status_code == 404
    answer = browser.post(f"/p/{post.pk}/comments/", form(parent=str(reply.pk)))
    assert answer.status_code == 404
    assert Comment.objects.count() == 2
    assert Client().get(reply.get_absolute_url()).status_code == 200


def test_a_page_says_when_its_reader_must_not_see_everybody(cast: Cast) -> None:
    post = make_post(cast.alice)
    flag = "data-chosen"
    assert flag not in page(Client(), post)
    assert flag not in page(cast.browser(cast.charlie), post)
    Block.objects.create(owner=cast.bob, target=cast.charlie)
    Mute.objects.create(owner=cast.olga, target=cast.charlie)
    assert all(flag in page(cast.browser(one), post) for one in (cast.bob, cast.charlie, cast.olga))


def test_who_asks_from_a_comments_moment_gets_it_unless_it_is_hidden(cast: Cast, write: Write) -> None:
    post = make_post(cast.alice)
    said = write(cast.bob, post, "Said.")
    moment = f"{str(said.pk)[:13]}-0000-0000-000000000000"
    address = f"/p/{post.pk}/comments/new/?since={moment}"
    found = cast.browser(cast.charlie).get(address).json()["comments"]
    assert [comment["id"] for comment in found] == [str(said.pk)]
    Mute.objects.create(owner=cast.charlie, target=cast.bob)
    assert cast.browser(cast.charlie).get(address).json()["comments"] == []
