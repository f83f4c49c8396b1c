"""Videos of posts: received in pieces, encoded once, shown on one post."""

import threading
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client, override_settings

from planet.accounts.models import KycState, User
from planet.web import images, video
from posts import actions, tasks
from posts.errors import Gone, NotVerified, TooManyVideos, VideoEmpty, VideoMoved, VideoTooLarge
from posts.forms import publish_draft
from posts.models import Draft, Post, Video
from tests.cast import Cast
from tests.factories import make_creator
from tests.posts.conftest import NOW
from tests.web.test_video import film

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(120)]


@pytest.fixture(autouse=True)
def storage(tmp_path: Path) -> Iterator[Path]:
    with override_settings(MEDIA_ROOT=tmp_path / "media"):
        yield tmp_path / "media"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any) -> list[str]:
    """The videos that the media worker was asked for."""
    ids: list[str] = []

    def send(name: str, args: list[str], queue: str, retry: bool) -> None:
        assert (name, queue, retry) == ("posts.tasks.encode_video", "media", False)
        ids.extend(args)

    monkeypatch.setattr(current_app, "send_task", send)
    return ids


def sent(actor: User, data: bytes, *, piece: int = 100_000) -> Video:
    """An upload that arrived."""
    row = actions.begin_video(actor=actor, size=len(data), now=NOW)
    for offset in range(0, len(data), piece):
        row = actions.receive(actor=actor, video_id=row.pk, offset=offset, data=data[offset : offset + piece])
    return row


def ready(actor: User, tmp_path: Path) -> Video:
    row = sent(actor, film(tmp_path / "a.mp4").read_bytes())
    actions.encode_video(video_id=row.pk, now=NOW)
    row.refresh_from_db()
    assert row.state == Video.State.READY
    return row


def publish(actor: User, row: Video, **more: Any) -> Post:
    return actions.publish(
        actor=actor, client_id=uuid.uuid4(), text="Look", now=NOW, video=row.pk, video_alt="A chart moves", **more
    )


def uploaded(row: Video) -> bytes:
    """What lies there of the upload, in order."""
    pieces = []
    for name in sorted(default_storage.listdir(f"uploads/{row.pk}")[1]):
        with default_storage.open(f"uploads/{row.pk}/{name}") as piece:
            pieces.append(piece.read())
    return b"".join(pieces)


def files(storage: Path) -> set[str]:
    return {str(path.relative_to(storage)).split("/")[0] for path in storage.rglob("*") if path.is_file()}


# --- receiving ----------------------------------------------------------------------------------------------------


def test_pieces_become_a_film_on_a_post(
    cast: Cast, tmp_path: Path, storage: Path, asked: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        row = sent(cast.alice.user, film(tmp_path / "a.mp4").read_bytes(), piece=30_000)
    assert (row.state, asked) == (Video.State.WAITING, [str(row.pk)])
    tasks.encode_video(str(row.pk))
    row.refresh_from_db()
    assert (row.state, row.percent, row.width, row.height) == (Video.State.READY, 100, 320, 180)
    assert "uploads" not in files(storage)
    post = publish(cast.alice.user, row)
    html = cast.browser(cast.bob).get(post.get_absolute_url()).content.decode()
    assert f'<source src="{row.playlist}" type="application/vnd.apple.mpegurl">' in html
    assert f'<source src="{row.film}" type="video/mp4">' in html
    assert 'aria-label="A chart moves"' in html
    playlist = Client().get(row.playlist)
    assert b"360.m3u8" in playlist.getvalue()


def test_a_piece_that_is_sent_twice_is_told_where_the_upload_stands(cast: Cast) -> None:
    row = actions.begin_video(actor=cast.alice.user, size=10, now=NOW)
    actions.receive(actor=cast.alice.user, video_id=row.pk, offset=0, data=b"01234")
    for offset in (0, 3, 9):
        with pytest.raises(VideoMoved) as moved:
            actions.receive(actor=cast.alice.user, video_id=row.pk, offset=offset, data=b"x")
        assert moved.value.video.received == 5
    actions.receive(actor=cast.alice.user, video_id=row.pk, offset=5, data=b"56789")
    assert uploaded(row) == b"0123456789"
    with pytest.raises(VideoMoved):
        actions.receive(actor=cast.alice.user, video_id=row.pk, offset=10, data=b"more")


def test_a_piece_left_by_a_request_that_died_is_written_over(cast: Cast) -> None:
    row = actions.begin_video(actor=cast.alice.user, size=8, now=NOW)
    default_storage.save(f"uploads/{row.pk}/{0:012d}", ContentFile(b"half"))
    actions.receive(actor=cast.alice.user, video_id=row.pk, offset=0, data=b"complete")
    assert uploaded(row) == b"complete"


@pytest.mark.parametrize("size", [0, -1, actions.MAX_VIDEO_SIZE + 1])
def test_a_size_out_of_bounds_is_refused(cast: Cast, size: int) -> None:
    with pytest.raises(VideoTooLarge):
        actions.begin_video(actor=cast.alice.user, size=size, now=NOW)
    assert not Video.objects.exists()


def test_more_than_was_announced_is_refused(cast: Cast) -> None:
    row = actions.begin_video(actor=cast.alice.user, size=3, now=NOW)
    for data in (b"1234", b"x" * (4 * 1024 * 1024 + 1)):
        with pytest.raises(VideoTooLarge):
            actions.receive(actor=cast.alice.user, video_id=row.pk, offset=0, data=data)
    row.refresh_from_db()
    assert row.received == 0


def test_uploads_are_bounded_at_once_and_a_day(cast: Cast) -> None:
    for _ in range(3):
        row = actions.begin_video(actor=cast.alice.user, size=5, now=NOW)
        actions.new_draft(actor=cast.alice.user, content={"video": [str(row.pk)]}, now=NOW)
    with pytest.raises(TooManyVideos):
        actions.begin_video(actor=cast.alice.user, size=5, now=NOW)
    Video.objects.update(state=Video.State.FAILED)
    Video.objects.bulk_create(Video(owner=cast.alice.user, size=1, state="ready", created_at=NOW) for _ in range(27))
    with pytest.raises(TooManyVideos):
        actions.begin_video(actor=cast.alice.user, size=5, now=NOW + timedelta(hours=23))
    actions.begin_video(actor=cast.alice.user, size=5, now=NOW + timedelta(hours=25))


def test_what_broke_off_and_stands_in_no_draft_makes_room(cast: Cast, storage: Path) -> None:
    kept, gone, third = (actions.begin_video(actor=cast.alice.user, size=10, now=NOW) for _ in range(3))
    actions.receive(actor=cast.alice.user, video_id=gone.pk, offset=0, data=b"01")
    for row in (kept, third):
        content = {"text": ["A film"], "part": ["And one more"], "part_video": [str(row.pk)]}
        actions.new_draft(actor=cast.alice.user, content=content, now=NOW)
    actions.begin_video(actor=cast.alice.user, size=10, now=NOW)
    assert set(Video.objects.values_list("pk", flat=True)) & {kept.pk, gone.pk, third.pk} == {kept.pk, third.pk}


def test_an_empty_piece_is_called_that(cast: Cast) -> None:
    row = actions.begin_video(actor=cast.alice.user, size=10, now=NOW)
    with pytest.raises(VideoEmpty):
        actions.receive(actor=cast.alice.user, video_id=row.pk, offset=0, data=b"")


def test_each_post_of_a_thread_may_have_a_video(cast: Cast, tmp_path: Path, storage: Path) -> None:
    """Written in any order, published, deleted and written anew."""
    films = [ready(cast.alice.user, tmp_path) for _ in range(3)]
    form = {
        "client_id": str(uuid.uuid4()), "text": "First", "part": ["Second", "", "Third"],
        "part_video": [str(films[1].pk), "", str(films[2].pk)], "part_video_alt": ["A chart", "", "A face"],
        "part_place": ["4", "3", "2"], "video": str(films[0].pk), "video_alt": "A coin",
    }  # fmt: skip
    assert cast.browser(cast.alice.user).post("/post/", form).status_code == 302
    whole = list(Post.objects.order_by("part"))
    assert [(post.text, post.video.pk, post.video.alt) for post in whole] == [
        ("First", films[0].pk, "A coin"), ("Third", films[2].pk, "A face"), ("Second", films[1].pk, "A chart"),
    ]  # fmt: skip
    page = cast.browser(cast.bob).get(whole[0].get_absolute_url()).content.decode()
    assert [page.count(f'aria-label="{alt}"') for alt in ("A coin", "A face", "A chart")] == [1, 1, 1]

    draft = actions.redraft(actor=cast.alice.user, post_id=whole[0].pk, now=NOW)
    assert draft.content["part_video"] == [str(films[2].pk), str(films[1].pk)]
    again = publish_draft(draft, cast.alice.user, NOW)
    parts = Post.objects.filter(thread=again).order_by("part")
    assert [post.video.pk for post in parts] == [films[2].pk, films[1].pk]


def test_a_part_with_a_video_that_is_no_more_publishes_nothing(cast: Cast, tmp_path: Path) -> None:
    mine, others = ready(cast.alice.user, tmp_path), ready(make_creator("dora").user, tmp_path)
    for wrong in (str(others.pk), str(uuid.uuid4()), "nonsense", str(mine.pk)):
        form = {"client_id": str(uuid.uuid4()), "text": "First", "video": str(mine.pk)}
        form |= {"part": "Second", "part_video": wrong}
        assert cast.browser(cast.alice.user).post("/post/", form).status_code == 422
    assert not Post.objects.exists()


def test_only_who_may_publish_uploads_and_only_to_the_own_place(cast: Cast) -> None:
    User.objects.filter(pk=cast.alice.pk).update(kyc_state=KycState.EXPIRED)
    with pytest.raises(NotVerified):
        actions.begin_video(actor=User.objects.get(pk=cast.alice.pk), size=5, now=NOW)
    row = actions.begin_video(actor=make_creator("dora").user, size=5, now=NOW)
    with pytest.raises(Gone):
        actions.receive(actor=cast.alice.user, video_id=row.pk, offset=0, data=b"12345")
    actions.drop_video(actor=cast.alice.user, video_id=row.pk)
    assert Video.objects.filter(pk=row.pk).exists()


# --- encoding -----------------------------------------------------------------------------------------------------


def test_what_is_no_film_is_told_to_its_owner_in_their_language(cast: Cast, storage: Path) -> None:
    User.objects.filter(pk=cast.alice.pk).update(language="zh-hans")
    row = sent(User.objects.get(pk=cast.alice.pk), b"#EXTM3U\nhttp://127.0.0.1/\n" * 20)
    actions.encode_video(video_id=row.pk, now=NOW)
    row.refresh_from_db()
    assert row.state == Video.State.FAILED
    assert "MP4" in row.reason
    assert not row.reason.startswith("This is")
    assert files(storage) == set()


def test_encoding_twice_is_once(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Path] = []
    make = video.make

    def count(path: Path, **more: Any) -> video.Stored:
        made.append(path)
        return make(path, **more)

    monkeypatch.setattr(video, "make", count)
    row = ready(cast.alice.user, tmp_path)
    actions.encode_video(video_id=row.pk, now=NOW)
    actions.encode_video(video_id=uuid.uuid4(), now=NOW)
    assert len(made) == 1


def test_a_video_that_was_thrown_away_while_it_was_encoded_leaves_no_file(
    cast: Cast, tmp_path: Path, storage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = sent(cast.alice.user, film(tmp_path / "a.mp4").read_bytes())
    make = video.make

    def late(path: Path, **more: Any) -> video.Stored:
        stored = make(path, **more)
        actions.drop_video(actor=cast.alice.user, video_id=row.pk)
        return stored

    monkeypatch.setattr(video, "make", late)
    actions.encode_video(video_id=row.pk, now=NOW)
    assert not Video.objects.exists()
    assert files(storage) == set()


def test_a_lost_task_is_asked_for_again_and_a_hopeless_one_is_given_up(
    cast: Cast, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(path: Path, **more: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(video, "make", die)
    row = sent(cast.alice.user, b"12345")
    now = NOW + timedelta(minutes=1)
    actions.requeue_videos(now=now)
    assert asked == []  # it may still be in the queue
    for _ in range(3):
        now += timedelta(minutes=30)
        actions.requeue_videos(now=now)
        assert asked.pop() == str(row.pk)
        with pytest.raises(MemoryError):
            actions.encode_video(video_id=row.pk, now=now)
        actions.requeue_videos(now=now + timedelta(minutes=10))
        assert asked == []  # somebody is at it
    actions.requeue_videos(now=now + timedelta(minutes=30))
    row.refresh_from_db()
    assert (row.state, bool(row.reason), asked) == (Video.State.FAILED, True, [])


# --- on a post ----------------------------------------------------------------------------------------------------


def test_a_post_waits_for_its_video(cast: Cast, tmp_path: Path) -> None:
    row = sent(cast.alice.user, film(tmp_path / "a.mp4").read_bytes())
    with pytest.raises(ValidationError, match="still being prepared"):
        publish(cast.alice.user, row)
    assert not Post.objects.exists()


def test_nobody_publishes_anothers_video_or_one_twice(cast: Cast, tmp_path: Path) -> None:
    row = ready(cast.alice.user, tmp_path)
    with pytest.raises(ValidationError, match="not found"):
        publish(make_creator("dora").user, row)
    post = publish(cast.alice.user, row)
    with pytest.raises(ValidationError, match="not found"):
        publish(cast.alice.user, row)
    assert list(Post.objects.all()) == [post]
    actions.drop_video(actor=cast.alice.user, video_id=row.pk)
    assert Video.objects.get().post == post


def test_videos_that_nothing_shows_are_swept(cast: Cast, tmp_path: Path, storage: Path) -> None:
    shown, kept, half, _idle = (ready(cast.alice.user, tmp_path) for _ in range(4))
    publish(cast.alice.user, shown)
    Draft.objects.create(id=uuid.uuid4(), creator=cast.alice, content={"video": [str(kept.pk)]})
    Video.objects.filter(pk=half.pk).update(state=Video.State.RECEIVING)
    assert actions.sweep_videos(now=NOW + timedelta(days=2)) == 1
    assert actions.sweep_videos(now=NOW + timedelta(days=15)) == 1
    assert {row.pk for row in Video.objects.all()} == {shown.pk, kept.pk}
    assert len(list((storage / "video").rglob("master.m3u8"))) == 2
    Post.objects.update(deleted_at=NOW)
    assert actions.sweep_videos(now=NOW + timedelta(days=29)) == 0
    assert actions.sweep_videos(now=NOW + timedelta(days=31)) == 1


def test_the_poster_is_kept_while_the_video_is(cast: Cast, tmp_path: Path) -> None:
    row = ready(cast.alice.user, tmp_path)
    later = NOW + timedelta(days=400)
    assert images.sweep(now=later) == 0
    row.delete()
    assert images.sweep(now=later) == 1


# --- over HTTP ----------------------------------------------------------------------------------------------------


def test_the_browser_begins_sends_asks_and_throws_away(cast: Cast) -> None:
    alice = cast.browser(cast.alice.user)
    begun = alice.post("/post/videos/", {"size": "10"})
    assert begun.status_code == 201
    url = f"/post/videos/{begun.json()['id']}/"

    def put(offset: str, data: bytes) -> Any:
        return alice.post(url, data, content_type="application/octet-stream", headers={"Upload-Offset": offset})

    assert put("0", b"01234").json()["offset"] == 5
    assert put("0", b"01234").status_code == 409
    assert put("0", b"01234").json()["offset"] == 5
    assert put("5", b"0123456").status_code == 422
    for wrong in ("", "x", "-1", "٣", "9" * 13):
        assert put(wrong, b"1").status_code == 400
    assert alice.get(url).json()["state"] == "receiving"
    stands = alice.get(url).json()  # enough to go on with the same file after a reload
    assert (stands["offset"], stands["size"], stands["piece"]) == (5, 10, actions.PIECE)
    assert put("5", b"56789").json()["state"] == "waiting"
    assert alice.post(f"{url}drop/").status_code == alice.post(f"{url}drop/").status_code == 204
    assert alice.get(url).status_code == 404


def test_others_get_nothing_and_change_nothing(cast: Cast) -> None:
    row = actions.begin_video(actor=cast.alice.user, size=5, now=NOW)
    url = f"/post/videos/{row.pk}/"
    dora = cast.browser(make_creator("dora").user)
    assert dora.get(url).status_code == 404
    answer = dora.post(url, b"12345", content_type="application/octet-stream", headers={"Upload-Offset": "0"})
    assert answer.status_code == 410
    dora.post(f"{url}drop/")
    row.refresh_from_db()
    assert row.received == 0
    assert Client().post("/post/videos/", {"size": "5"}).status_code == 302
    assert cast.browser(cast.bob).post("/post/videos/", {"size": "5"}).status_code == 403
    assert Video.objects.count() == 1


@pytest.mark.parametrize("size", ["", "abc", "-5", "0", "1e9", str(10**12)])
def test_a_wrong_size_is_explained(cast: Cast, size: str) -> None:
    answer = cast.browser(cast.alice.user).post("/post/videos/", {"size": size})
    assert answer.status_code == 422
    assert "300" in answer.json()["error"]


def test_the_form_publishes_a_video_and_says_when_it_is_not_ready(cast: Cast, tmp_path: Path) -> None:
    alice = cast.browser(cast.alice.user)
    waiting = sent(cast.alice.user, film(tmp_path / "a.mp4").read_bytes())
    fields = {"client_id": str(uuid.uuid4()), "text": "Look", "video": str(waiting.pk), "video_alt": "It moves"}
    answer = alice.post("/post/", fields)
    assert answer.status_code == 422
    assert "still being prepared" in answer.content.decode()
    assert f'value="{waiting.pk}"' in answer.content.decode()
    actions.encode_video(video_id=waiting.pk, now=NOW)
    assert alice.post("/post/", fields).status_code == 302
    shown = Video.objects.get()
    assert (shown.post, shown.alt) == (Post.objects.get(), "It moves")


# --- at the same time ---------------------------------------------------------------------------------------------


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_two_senders_of_one_piece_store_it_once(cast: Cast) -> None:
    row = actions.begin_video(actor=cast.alice.user, size=6, now=NOW)
    outcomes: list[str] = []
    start = threading.Barrier(4)

    def send() -> None:
        start.wait()
        try:
            actions.receive(actor=cast.alice.user, video_id=row.pk, offset=0, data=b"123")
            outcomes.append("taken")
        except VideoMoved:
            outcomes.append("moved")
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["moved", "moved", "moved", "taken"]
    row.refresh_from_db()
    assert row.received == 3


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_two_workers_make_one_film(cast: Cast, tmp_path: Path, storage: Path) -> None:
    row = sent(cast.alice.user, film(tmp_path / "a.mp4").read_bytes())

    def work() -> None:
        try:
            actions.encode_video(video_id=row.pk, now=NOW)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list((storage / "video").rglob("master.m3u8"))) == 1
    assert Video.objects.get().state == Video.State.READY
