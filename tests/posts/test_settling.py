"""Crashes between the copy, the commit and the deletion; and what lies on the wrong shelf, set right every night."""

import uuid
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from PIL import Image

from planet.moderation.models import Snapshot
from planet.moderation.reports.queries import pictures_of
from planet.web import images, shelves
from posts import actions, tasks
from posts.actions import NewArticle, placing
from posts.models import Article, ArticlePicture, Post, PostPicture
from posts.reports import snapshot_of_post
from tests.cast import Cast
from tests.posts.conftest import NOW, Publish
from tests.posts.test_placing import FOLLOWERS, Commits, files, get, public_files, settle, video_of, write
from tests.posts.test_thread_media import shot

pytestmark = pytest.mark.usefixtures("own_storage")


# --- crashes ------------------------------------------------------------------------------------------------------


def test_a_publication_that_fails_leaves_the_original_and_no_copy(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Commits
) -> None:
    kept = shot()
    before = files()
    monkeypatch.setattr("posts.actions.publishing.ring_later", lambda post: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write(cast, django_capture_on_commit_callbacks, stored=[kept])
    assert files() == before
    assert not Post.objects.exists()


def _large() -> BytesIO:
    out = BytesIO()
    Image.new("RGB", (1000, 10)).save(out, "PNG")
    return BytesIO(out.getvalue())


def test_a_copy_that_fails_halfway_leaves_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = images.store(_large(), kind="picture")
    before = files()
    save, calls = default_storage.save, iter([1, 2])

    def full(name: str, content: Any) -> str:
        if next(calls) == 2:
            raise OSError("no space left")
        return save(name, content)

    monkeypatch.setattr(default_storage, "save", full)
    with pytest.raises(OSError, match="no space"):
        shelves.copy(kept.key, private=True)
    assert files() == before


def test_a_crash_between_copy_and_commit_costs_nothing_and_the_sweep_takes_the_copy(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Commits
) -> None:
    kept = shot()
    actions.save_draft(
        actor=cast.alice.user, draft_id=uuid.uuid4(), content={"picture": [kept.key]}, version=0, now=NOW
    )
    with monkeypatch.context() as crashed:
        crashed.setattr(placing, "release", lambda keys: None)
        crashed.setattr("posts.actions.publishing.ring_later", lambda post: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            write(cast, django_capture_on_commit_callbacks, stored=[kept])
    assert any(name.startswith("private/") for name in files())
    images.sweep(now=timezone.now() + timedelta(days=2))
    assert {name.rpartition("/")[0] for name in files()} == {kept.key}
    write(cast, django_capture_on_commit_callbacks, stored=[kept])


def test_a_crash_after_the_commit_leaves_nothing_public_after_the_sweep(
    cast: Cast, film: str, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Commits
) -> None:
    with monkeypatch.context() as crashed:
        crashed.setattr(placing, "release", lambda keys: None)
        post = write(cast, django_capture_on_commit_callbacks, stored=[shot()], video=video_of(cast, film).pk)
    assert public_files()
    later = timezone.now() + timedelta(days=2)
    images.sweep(now=later)
    actions.sweep_videos(now=later)
    assert public_files() == []
    for address in ("pictures/0/480/", "video/360.mp4", "video/poster/480/"):
        assert get(cast.browser(cast.bob), f"/p/{post.pk}/{address}").status_code == 200


# --- what exists already ------------------------------------------------------------------------------------------


def existing(cast: Cast, publish: Publish, film: str) -> tuple[Post, Post]:
    """A post and an article as an older version left them: for followers, their files public."""
    post = publish(cast.alice.user, stored=[shot("a"), shot("b")], video=video_of(cast, film).pk)
    key = shot().key
    long = actions.publish(
        actor=cast.alice.user,
        client_id=uuid.uuid4(),
        text="",
        article=NewArticle("Long", f"![x]({key})", shot().key),
        now=NOW,
    )
    Post.objects.update(audience="followers")
    return post, long


def test_what_exists_is_moved_once_and_shows_as_before(
    cast: Cast, publish: Publish, film: str, django_capture_on_commit_callbacks: Commits
) -> None:
    post, long = existing(cast, publish, film)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.settle_files()
    assert public_files() == []
    assert settle() == 0
    bob = cast.browser(cast.bob)
    for address in ("pictures/0/480/", "pictures/1/480/", "video/master.m3u8", "video/poster/480/"):
        assert get(bob, f"/p/{post.pk}/{address}").status_code == 200
    page = get(bob, f"/p/{long.pk}/").content.decode()
    found = ArticlePicture.objects.exclude(key=Article.objects.get().cover).get().key.rpartition("/")[2]
    assert f"/p/{long.pk}/pictures/{found}/480/" in page
    assert get(bob, f"/p/{long.pk}/pictures/{found}/480/").status_code == 200


def test_a_page_of_followers_posts_has_no_name_of_a_file_before_they_are_moved(
    cast: Cast, publish: Publish, film: str
) -> None:
    for post in existing(cast, publish, film):
        html = get(cast.browser(cast.bob), f"/p/{post.pk}/").content.decode()
        assert "/media/picture/" not in html
        assert "/media/video/" not in html


def test_moving_is_bounded_and_looks_at_windows(
    cast: Cast, publish: Publish, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Commits
) -> None:
    monkeypatch.setattr(placing, "WINDOW", 2)
    for _ in range(4):
        publish(cast.alice.user, stored=[shot(), shot()])
    Post.objects.update(audience="followers")
    with django_capture_on_commit_callbacks(execute=True):
        assert [actions.settle(now=NOW, most=3) for _ in range(3)] == [3, 1, 0]
    assert public_files() == []


def test_a_file_that_is_lost_stops_nobody_elses(
    cast: Cast, publish: Publish, django_capture_on_commit_callbacks: Commits
) -> None:
    lost, other = publish(cast.alice.user, stored=[shot()]), publish(cast.alice.user, stored=[shot()])
    images.discard(lost.pictures.get().key)
    Post.objects.update(audience="followers")
    with django_capture_on_commit_callbacks(execute=True):
        assert settle() == 1
    assert other.pictures.get().key.startswith("private/")


def test_a_change_beside_the_move_wins(
    cast: Cast, publish: Publish, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Commits
) -> None:
    post = publish(cast.alice.user, stored=[shot()])
    Post.objects.update(audience="followers")
    copy = shelves.copy

    def beside(key: str, *, private: bool) -> str:
        made = copy(key, private=private)
        Post.objects.update(audience="public")
        return made

    monkeypatch.setattr(placing, "copy", beside)
    before = files()
    with django_capture_on_commit_callbacks(execute=True):
        assert not actions.settle_post(post_id=post.pk)
    assert files() == before
    assert get(Client(), post.pictures.get().large).status_code == 200


def test_what_becomes_public_goes_back(cast: Cast, django_capture_on_commit_callbacks: Commits) -> None:
    post = write(cast, django_capture_on_commit_callbacks, stored=[shot()])
    Post.objects.update(audience="public")
    assert get(Client(), f"/p/{post.pk}/pictures/0/480/").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        assert settle() == 1
    shown = PostPicture.objects.get()
    assert (shown.at, get(Client(), shown.large).status_code) == ("", 200)
    assert not any(name.startswith("private/") for name in files())


def test_a_deleted_posts_pictures_are_nobodys_and_come_back_with_it(
    cast: Cast, publish: Publish, django_capture_on_commit_callbacks: Commits
) -> None:
    post = publish(cast.alice.user, stored=[shot()])
    known = post.pictures.get().large
    with django_capture_on_commit_callbacks(execute=True):
        actions.delete(actor=cast.olga, post_id=post.pk, now=NOW)
        assert settle() == 1
    assert get(Client(), known).status_code == 404
    actions.restore(post_id=post.pk)
    html = get(Client(), f"/p/{post.pk}/").content.decode()
    assert f"/p/{post.pk}/pictures/0/" in html
    assert get(Client(), f"/p/{post.pk}/pictures/0/480/").status_code == 200


def test_evidence_follows_and_operators_see_it(
    cast: Cast, publish: Publish, django_capture_on_commit_callbacks: Commits
) -> None:
    post = publish(cast.alice.user, stored=[shot()])
    cast.browser(cast.bob).post(f"/report/post/{post.pk}/", {"reason": "spam"})
    Post.objects.update(audience="followers")
    with django_capture_on_commit_callbacks(execute=True):
        settle()
    key = post.pictures.get().key
    snapshot = Snapshot.objects.get()
    assert pictures_of(snapshot) == [key] == list(snapshot_of_post(post).pictures)
    assert public_files() == []
    olga = cast.browser(cast.olga)
    page = get(olga, f"/admin/moderation/reported/{snapshot.reported_id}/change/").content.decode()
    address = f"/admin/moderation/reported/picture/{snapshot.pk}/0/480/"
    assert address in page
    assert get(olga, address).status_code == 200
    picture_id = PostPicture.objects.get().pk
    assert (
        f"/admin/posts/postpicture/{picture_id}/shown/480/" in get(olga, "/admin/posts/postpicture/").content.decode()
    )
    for one in (address, f"/admin/posts/postpicture/{picture_id}/shown/480/"):
        assert get(olga, one).status_code == 200
        assert get(cast.browser(cast.bob), one).status_code == 302
    actions.delete(actor=cast.alice.user, post_id=post.pk, now=NOW - timedelta(days=40))
    images.sweep(now=timezone.now() + timedelta(days=2))
    assert get(olga, address).status_code == 200


def test_a_retry_beside_the_first_request_is_the_first(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Commits
) -> None:
    """The first one commits, and moves the picture, while the second is about to copy it."""
    kept, client_id, copy = shot(), uuid.uuid4(), shelves.copy

    def send() -> Post:
        return actions.publish(
            actor=cast.alice.user, client_id=client_id, text="x", now=NOW, options=FOLLOWERS, stored=[kept]
        )

    def beside(key: str, *, private: bool) -> str:
        monkeypatch.setattr(placing, "copy", copy)
        with django_capture_on_commit_callbacks(execute=True):
            send()
        return copy(key, private=private)

    monkeypatch.setattr(placing, "copy", beside)
    assert send() == Post.objects.get()
    assert len(files()) == 1
