"""Pages by key: whole, in order; and a cursor is good for its own list only."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
from django.http import Http404
from django.test import Client

from planet.accounts.models import Block
from planet.notifications.models import Kind, Notification
from planet.web.pagination import decode_cursor, encode_cursor, keyset, keyset_by
from posts.models import Bookmark, Comment
from tests.cast import Cast
from tests.factories import make_post, make_user

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
# What the lists of Planet put into their cursors: an id of a post, of a row, a moment and an id.
# A fixed one: it is part of the tests' names, which every process of a run has to agree on.
SOME_ID = UUID("019a0000-0000-7000-8000-000000000001")
POST, ROW, MOMENT = encode_cursor(SOME_ID), encode_cursor(7), encode_cursor(NOW.isoformat(), SOME_ID)


def test_every_row_comes_once_newest_first(cast: Cast) -> None:
    rows = [Block.objects.create(owner=cast.bob, target=make_user(f"other{n}"), created_at=NOW) for n in range(7)]
    found, after = [], None
    while True:
        page = keyset(Block.objects.all(), after=after, size=3)
        found += [row.pk for row in page.items]
        if (after := page.after) is None:
            break
    assert found == [row.pk for row in reversed(rows)]


def test_rows_of_one_moment_are_told_apart_by_id(cast: Cast) -> None:
    moments = [NOW, NOW, NOW, NOW + timedelta(seconds=1), NOW]
    for moment in moments:
        notification = Notification.objects.create(
            recipient=cast.bob, kind=Kind.LIKE, group_key=str(uuid4()), url="/", updated_at=moment
        )
        Notification.objects.filter(pk=notification.pk).update(updated_at=moment)
    found: list[Notification] = []
    after = None
    while True:
        page = keyset_by(Notification.objects.all(), "updated_at", after=after, size=2)
        found += page.items
        if (after := page.after) is None:
            break
    assert len({row.pk for row in found}) == len(moments)
    assert [row.updated_at for row in found] == sorted(moments, reverse=True)


@pytest.mark.parametrize(
    ("cursor", "model", "keys"),
    [
        (POST, Bookmark, ["id"]),
        (ROW, Comment, ["id"]),
        (MOMENT, Comment, ["id"]),
        (POST, Notification, ["updated_at", "id"]),
        (encode_cursor(7, 7), Notification, ["updated_at", "id"]),
        (encode_cursor(2**64), Bookmark, ["id"]),  # more than the column holds
        (POST + "x", Comment, ["id"]),
        ("", Comment, ["id"]),
        ("\0", Comment, ["id"]),
    ],
)
def test_a_cursor_of_another_list_is_not_found(cursor: str, model: Any, keys: list[str]) -> None:
    with pytest.raises(Http404):
        decode_cursor(cursor, model, *keys)


LISTS = [
    "/",
    "/latest/",
    "/bookmarks/",
    "/notifications/",
    "/@alice/",
    "/@alice/followers/",
    "/@bob/following/",
    "/settings/blocked/",
    "/settings/muted/",
]


@pytest.mark.parametrize("url", LISTS)
def test_no_list_fails_over_a_cursor_of_another(cast: Cast, url: str) -> None:
    browser = cast.browser(cast.bob)
    assert browser.get(url).status_code == 200
    codes = [browser.get(url, {"after": cursor}).status_code for cursor in (POST, ROW, MOMENT)]
    assert sorted(codes) == [200, 404, 404]  # its own kind, and neither of the others


def test_no_list_of_a_post_fails_over_a_cursor_of_another(cast: Cast) -> None:
    post = make_post(cast.alice)
    comment = Comment.objects.create(post=post, author=cast.bob, client_id=uuid4(), text="Agreed.")
    for path, own in (("?sort=new", POST), ("history/?", ROW), (f"comments/{comment.pk}/?", POST)):
        for cursor in (POST, ROW, MOMENT):
            answer = Client().get(f"/p/{post.pk}/{path}&after={quote(cursor)}")
            assert answer.status_code == (200 if cursor == own else 404), (path, cursor)
