"""Videos: received piece by piece, encoded once, hung on one post.

The pieces are files of their own in the default storage, named after where they begin, so that web servers and media
workers need not share a disk, and a piece that is sent twice is the same piece. An upload that broke off goes on where
the row says that it stands.
"""

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from celery import current_app
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import translation

from planet.accounts.models import User
from planet.web import images, video
from planet.web.shelves import is_private
from planet.web.text import clean_text
from posts import broadcasts
from posts.actions.permission import require_publisher
from posts.actions.publication import ALT_LENGTH
from posts.errors import Gone, TooManyVideos, VideoEmpty, VideoMoved, VideoTooLarge
from posts.models import Draft, Post, Video
from posts.queries import videos_in_use

MAX_SIZE: Final = 300 * 1024 * 1024
PIECE: Final = 4 * 1024 * 1024  # bytes of one request at most
MAX_UNFINISHED: Final = 3
MAX_A_DAY: Final = 30
MAX_ATTEMPTS: Final = 3
LONGEST: Final = timedelta(minutes=25)  # that one encoding can take, by the bounds of planet.web.video
ABANDONED: Final = timedelta(days=1)
KEPT_AFTER_DELETION: Final = timedelta(days=30)  # for an appeal or a report, as pictures are

_UNFINISHED: Final = (Video.State.RECEIVING, Video.State.WAITING)


def begin_video(*, actor: User, size: int, now: datetime) -> Video:
    """A place for an upload of `size` bytes; where there is none, what broke off and stands in no draft makes room.

    Raises NotACreator, NotVerified, VideoTooLarge, TooManyVideos.
    """
    require_publisher(actor)
    if not 0 < size <= MAX_SIZE:
        raise VideoTooLarge
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=actor.pk)  # two tabs are counted one after the other
        today = Video.objects.filter(owner=actor, created_at__gt=now - timedelta(days=1))
        if today.count() >= MAX_A_DAY:
            raise TooManyVideos
        gone = None
        if today.filter(state__in=_UNFINISHED).count() >= MAX_UNFINISHED:
            gone = _left_behind(today)
            if gone is None:
                raise TooManyVideos
            Video.objects.filter(pk=gone.pk).delete()
            transaction.on_commit(lambda: _discard(gone), robust=True)
        return Video.objects.create(owner=actor, size=size, created_at=now)


def _left_behind(videos: QuerySet[Video]) -> Video | None:
    """The oldest upload that broke off and that no draft holds any more; locked."""
    broken = videos.filter(state=Video.State.RECEIVING, post=None).select_for_update().order_by("created_at")
    return next((row for row in broken if not _drafts_with(row).exists()), None)


def receive(*, actor: User, video_id: UUID, offset: int, data: bytes) -> Video:
    """Take the piece that begins at `offset`. The last one hands the video to the media worker.

    Raises Gone (no such upload of this person), VideoMoved (the upload stands elsewhere: it carries the row),
    VideoTooLarge (more than was announced), VideoEmpty (nothing).
    """
    with transaction.atomic():
        row = _lock(video_id, owner_id=actor.pk)
        if row.state != Video.State.RECEIVING or offset != row.received:
            raise VideoMoved(row)
        if not data:
            raise VideoEmpty
        if len(data) > PIECE or row.received + len(data) > row.size:
            raise VideoTooLarge
        name = f"{_directory(row.pk)}/{offset:012d}"
        default_storage.delete(name)  # what a request left that died before it could commit
        default_storage.save(name, ContentFile(data))
        row.received += len(data)
        if row.received == row.size:
            row.state = Video.State.WAITING
            transaction.on_commit(lambda: ask_for_encoding(row.pk), robust=True)
        row.save(update_fields=["received", "state"])
        return row


def ask_for_encoding(video_id: UUID) -> None:
    """Hand the video to the media worker. A broker that is away loses nothing: `requeue_videos` asks again."""
    current_app.send_task("posts.tasks.encode_video", args=[str(video_id)], queue="media", retry=False)


def encode_video(*, video_id: UUID, now: datetime) -> None:
    """Encode a video that waits. Twice, or two workers at once, is once; a refusal is told to its owner."""
    row = _take(video_id, now)
    if row is None:
        return
    try:
        with _assembled(row) as path:
            stored = video.make(path, percent=lambda percent: _tell_percent(row, percent))
    except video.BadVideo as error:
        with translation.override(row.owner.language):
            _finish(row, state=Video.State.FAILED, reason=str(error)[:200])
        return
    done = _finish(
        row, state=Video.State.READY, key=stored.key, poster=stored.poster.key, seconds=stored.seconds, percent=100
    )
    if not done:  # taken away meanwhile, by its owner or by another worker that was faster
        video.discard(stored.key)
        images.discard(stored.poster.key)


def _take(video_id: UUID, now: datetime) -> Video | None:
    """The row, marked as begun; None when it does not wait or somebody has begun."""
    with transaction.atomic():
        rows = Video.objects.select_for_update(skip_locked=True, of=("self",)).select_related("owner")
        row = rows.filter(pk=video_id, state=Video.State.WAITING).first()
        if row is None or (row.taken_at and row.taken_at > now - LONGEST):
            return None
        row.taken_at, row.attempts = now, row.attempts + 1
        row.save(update_fields=["taken_at", "attempts"])
        return row


@contextmanager
def _assembled(row: Video) -> Iterator[Path]:
    """The upload as one file."""
    with tempfile.TemporaryDirectory(prefix="planet-upload-") as made:
        path = Path(made) / "upload"
        with path.open("wb") as whole:
            for name in _pieces(row.pk):
                with default_storage.open(name) as piece:
                    shutil.copyfileobj(piece, whole)
        yield path


def _tell_percent(row: Video, percent: int) -> None:
    if percent >= row.percent + 5:
        row.percent = percent
        Video.objects.filter(pk=row.pk).update(percent=percent)
        broadcasts.video(row)


def _finish(row: Video, **fields: object) -> bool:
    """Write the outcome, unless the video moved on without us; the pieces are not needed any more."""
    with transaction.atomic():
        waiting = Video.objects.filter(pk=row.pk, state=Video.State.WAITING, taken_at=row.taken_at)
        if not waiting.update(**fields):
            return False
        for name, value in fields.items():
            setattr(row, name, value)
        broadcasts.video(row)
    _forget_pieces(row.pk)
    return True


def keys_of_videos(actor: User, ids: Iterable[UUID | None]) -> list[str]:
    """Where the files of these videos of the actor's lie, of those that are ready to be hung on a post."""
    asked = [one for one in ids if one]
    if not asked:
        return []
    found = Video.objects.filter(pk__in=asked, owner=actor, post=None, state=Video.State.READY)
    return [key for keys in found.values_list("key", "poster") for key in keys]


def attach_video(post: Post, *, actor: User, video_id: UUID, alt: str, placed: Mapping[str, str]) -> None:
    """Hang the actor's video on the post; `placed` says where its files were copied to (old key → new one).

    Raises ValidationError. Inside the caller's transaction.
    """
    row = Video.objects.select_for_update().filter(pk=video_id, owner=actor, post=None).first()
    if row is None or row.state == Video.State.FAILED:
        raise ValidationError(translation.gettext("The video was not found any more. Remove it and add it again."))
    is_placed = all(key in placed or is_private(key) == post.is_restricted for key in (row.key, row.poster))
    # Ready since a moment ago, so that its files were not copied: the next attempt does.
    if row.state != Video.State.READY or not is_placed:
        raise ValidationError(translation.gettext("The video is still being prepared. Wait for it, then try again."))
    row.post, row.alt = post, clean_text(alt)[:ALT_LENGTH]
    row.key, row.poster = placed.get(row.key, row.key), placed.get(row.poster, row.poster)
    row.save(update_fields=["post", "alt", "key", "poster"])


def drop_video(*, actor: User, video_id: UUID) -> None:
    """Throw away a video that hangs on no post. One that is gone already is no error."""
    with transaction.atomic():
        try:
            row = _lock(video_id, owner_id=actor.pk)
        except Gone:
            return
        if row.post_id:
            return
        Video.objects.filter(pk=row.pk).delete()
    _discard(row)


def requeue_videos(*, now: datetime) -> None:
    """Ask again for videos that wait although no worker is at them. Too often begun, they are given up."""
    waiting = Video.objects.filter(state=Video.State.WAITING)
    stuck = waiting.filter(taken_at__lt=now - LONGEST) | waiting.filter(
        taken_at=None, created_at__lt=now - timedelta(minutes=2)
    )
    for row in stuck.select_related("owner")[:100]:
        if row.attempts < MAX_ATTEMPTS:
            ask_for_encoding(row.pk)
            continue
        with translation.override(row.owner.language):
            _finish(row, state=Video.State.FAILED, reason=translation.gettext("This video could not be prepared."))


def sweep_videos(*, now: datetime) -> int:
    """Remove videos that no draft names and no post shows, and those of posts deleted long ago. Returns how many.

    Afterwards the files that are no row's: what was left on either shelf when something crashed.
    """
    idle = Video.objects.filter(post=None, created_at__lt=now - 14 * ABANDONED)
    broken = Video.objects.filter(state__in=(Video.State.RECEIVING, Video.State.FAILED), created_at__lt=now - ABANDONED)
    gone = Video.objects.filter(post__deleted_at__lt=now - KEPT_AFTER_DELETION)
    swept = 0
    for row in (idle | broken.filter(post=None) | gone).distinct()[:1000]:
        if row.post_id is None and _drafts_with(row).exists():
            continue
        if Video.objects.filter(pk=row.pk, state=row.state, post=row.post_id).delete()[0]:
            _discard(row)
            swept += 1
    return swept + video.sweep(videos_in_use, now=now, grace=ABANDONED)


def _drafts_with(row: Video) -> QuerySet[Draft]:
    """The drafts that hold this video, in their first post or a further one."""
    mine = Q(content__video=[str(row.pk)]) | Q(content__part_video__contains=[str(row.pk)])
    return Draft.objects.filter(mine, creator=row.owner_id)


def _lock(video_id: UUID, *, owner_id: UUID) -> Video:
    row = Video.objects.select_for_update().filter(pk=video_id, owner=owner_id).first()
    if row is None:
        raise Gone
    return row


def _directory(video_id: UUID) -> str:
    return f"uploads/{video_id}"


def _pieces(video_id: UUID) -> list[str]:
    try:
        return [f"{_directory(video_id)}/{name}" for name in sorted(default_storage.listdir(_directory(video_id))[1])]
    except FileNotFoundError:
        return []


def _forget_pieces(video_id: UUID) -> None:
    for name in _pieces(video_id):
        default_storage.delete(name)
    default_storage.delete(_directory(video_id))


def _discard(row: Video) -> None:
    """The files of a row that is gone; the poster is a picture, and swept like one."""
    _forget_pieces(row.pk)
    if row.key:
        video.discard(row.key)
