"""Uploading pictures one by one."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from planet.web import images
from posts.models import PostPicture
from tests.cast import Cast
from tests.factories import make_creator
from tests.posts.test_publishing import files
from tests.posts.views.test_posts import form, upload


def put(client: Client, file: Any) -> Any:
    """What the composer's script sends for each picture."""
    return client.post("/post/pictures/", {"file": file})


def test_a_picture_is_stored_at_once_and_shown_by_the_post_that_names_it(cast: Cast) -> None:
    alice = cast.browser(cast.alice.user)
    stored = put(alice, upload())
    assert stored.status_code == 201
    key = stored.json()["key"]
    assert (stored.json()["width"], stored.json()["height"]) == (64, 48)
    assert key in stored.json()["url"]
    alice.post("/post/", form(picture=[key], alt=["A red square"]))
    assert list(PostPicture.objects.values_list("key", "width", "height", "alt")) == [(key, 64, 48, "A red square")]


def test_nine_pictures_keep_the_order_in_which_they_are_named(cast: Cast) -> None:
    alice = cast.browser(cast.alice.user)
    keys = [put(alice, upload()).json()["key"] for _ in range(9)]
    keys.reverse()
    alice.post("/post/", form(picture=keys, alt=[f"number {place}" for place in range(9)]))
    found = PostPicture.objects.order_by("position")
    assert [(picture.key, picture.alt) for picture in found] == [(key, f"number {n}") for n, key in enumerate(keys)]


def test_uploaded_and_sent_pictures_count_together(cast: Cast) -> None:
    alice = cast.browser(cast.alice.user)
    keys = [put(alice, upload()).json()["key"] for _ in range(8)]
    sent = form(picture=keys, pictures=[upload(), upload("b.png")])
    assert alice.post("/post/", sent).status_code == 422
    assert alice.post("/post/", {**form(picture=keys), "pictures": [upload()]}).status_code == 302
    assert PostPicture.objects.count() == 9


@pytest.mark.parametrize("content", [b"", b"<svg onload='alert(1)'/>", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_what_is_no_picture_is_refused_with_a_reason_and_leaves_nothing(cast: Cast, content: bytes) -> None:
    before = files()
    answer = put(cast.browser(cast.alice.user), SimpleUploadedFile("x.png", content, "image/png"))
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert files() == before


def test_a_form_without_a_file_is_refused(cast: Cast) -> None:
    assert cast.browser(cast.alice.user).post("/post/pictures/", {"file": "text"}).status_code == 422


@pytest.mark.parametrize(
    "key",
    ["picture/aa/" + "aa" * 16 + "-10x10", "../../settings.py", "picture/aa/x-1x1", "", "\0", "avatar/aa/" + "aa" * 16],
)
def test_a_picture_that_is_not_there_is_not_published(cast: Cast, key: str) -> None:
    answer = cast.browser(cast.alice.user).post("/post/", form(picture=[key]))
    assert answer.status_code == 422
    assert not PostPicture.objects.exists()


def test_an_avatar_is_no_picture_of_a_post(cast: Cast) -> None:
    key = images.store(upload(), kind="avatar").key
    assert cast.browser(cast.alice.user).post("/post/", form(picture=[key])).status_code == 422


def test_only_who_may_publish_uploads(cast: Cast) -> None:
    before = files()
    assert put(cast.browser(cast.bob), upload()).status_code == 403
    assert "/accounts/login/" in put(Client(), upload()).headers["Location"]
    assert cast.browser(cast.alice.user).get("/post/pictures/").status_code == 405
    assert files() == before


def test_what_nobody_publishes_is_swept_after_a_day_and_what_a_draft_holds_is_not(cast: Cast) -> None:
    alice = cast.browser(make_creator("dora").user)
    lost, kept = (put(alice, upload()).json()["key"] for _ in range(2))
    draft = form(picture=[kept])
    alice.post(f"/drafts/{draft['client_id']}/save/", draft)
    images.sweep(now=timezone.now() + timedelta(days=2))
    assert images.find(lost, kind="picture") is None
    assert images.find(kept, kind="picture") is not None
