"""Where the files of a post lie: below `private/` when it is for some only or deleted, else where everybody may look.

Nothing is moved. What changes shelves is copied before the transaction, renamed in it, and the originals that no table
shows any more go when it is committed. A crash leaves a copy or an original too many, never too few; both are in no
table, and the nightly sweeps take them. `settle` sets right what lies on the wrong shelf for whatever reason.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import DatabaseError, transaction
from django.db.models import F, Max, Q

from planet.moderation.reports.actions import pictures_moved
from planet.web import images
from planet.web.shelves import copy, discard, is_private, is_video
from posts.actions.articles import Written
from posts.actions.publication import StoredPicture
from posts.models import Article, ArticlePicture, ArticleRevision, Post, PostPicture, Video
from posts.queries import videos_in_use
from posts.queries.pictures import KEPT_AFTER_DELETION

WINDOW: Final = 20_000  # rows that are looked at in one query


@dataclass(frozen=True)
class Copies:
    """Copies that a change is about to show: the old key → the new one. What was not copied keeps its key."""

    keys: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, key: str) -> str:
        return self.keys.get(key, key)

    def text(self, source: str) -> str:
        """A text in which keys stand, as Markdown has them."""
        for old, new in self.keys.items():
            source = source.replace(old, new)
        return source

    def pictures(self, stored: Iterable[StoredPicture]) -> list[StoredPicture]:
        """Pictures that are to be hung on a post."""
        return [replace(one, key=self[one.key]) for one in stored]

    def article(self, written: Written) -> Written:
        """An article that is to be stored."""
        shown = replace(written.document, pictures=[self[key] for key in written.document.pictures])
        return replace(written, body=self.text(written.body), cover=self[written.cover], document=shown)

    def forget_originals(self) -> None:
        """When the running transaction is committed, originals go that nothing shows any more."""
        if self.keys:
            transaction.on_commit(lambda: release(list(self.keys)), robust=True)


@contextmanager
def copied(keys: Iterable[str], *, private: bool) -> Iterator[Copies]:
    """Those of some pictures and videos that lie on the other shelf, copied, while a change is made that shows them.

    When the change fails, the copies go. Raises FileNotFoundError when something is not there any more.
    """
    made = Copies()
    try:
        for key in dict.fromkeys(keys):
            if key and is_private(key) != private:
                made.keys[key] = copy(key, private=private)
        yield made
    except BaseException:
        # Asked and not assumed: a COMMIT whose answer was lost may have been one. In doubt the sweep decides.
        with suppress(OSError, DatabaseError):
            release(list(made.keys.values()))
        raise


def release(keys: Collection[str]) -> None:
    """Delete those of some pictures and videos that nothing shows."""
    images.release([key for key in keys if not is_video(key)])
    films = {key for key in keys if is_video(key)}
    for key in films - set(videos_in_use(films)) if films else ():
        discard(key)


# --- setting right ------------------------------------------------------------------------------------------------


def settle_post(*, post_id: UUID) -> bool:
    """Bring what a post shows, and showed before an edit, to where it belongs. Returns whether anything was moved.

    Harmless when run twice, or beside a change of the post: then that change wins, and the next run looks again.
    """
    post = Post.objects.filter(pk=post_id).first()
    if post is None:
        return False
    keys, private = keys_of(post_id), _is_hidden(post)
    try:
        with copied(keys, private=private) as made, transaction.atomic():
            if not made.keys:
                return False
            locked = Post.objects.select_for_update(no_key=True).get(pk=post_id)
            if _is_hidden(locked) != private or keys_of(post_id) != keys:
                raise _Changed
            _rename(post_id, made)
            made.forget_originals()
            if not locked.is_restricted:
                # Its card has the old addresses in it; a card is named after the revision. For some only it has ours.
                Post.objects.filter(pk=post_id).update(revision=F("revision") + 1)
    except (FileNotFoundError, Post.DoesNotExist, _Changed):
        return False
    return True


class _Changed(Exception):
    """The post is not any more what it was when its files were copied."""


def _is_hidden(post: Post) -> bool:
    return post.is_restricted or post.deleted_at is not None


def keys_of(post_id: UUID) -> set[str]:
    """Every picture and video of a post."""
    keys = {*PostPicture.objects.filter(post=post_id).values_list("key", flat=True)}
    keys.update(ArticlePicture.objects.filter(article=post_id).values_list("key", flat=True))
    for film in Video.objects.filter(post=post_id).values_list("key", "poster"):
        keys.update(film)
    return keys - {""}


def _rename(post_id: UUID, made: Copies) -> None:
    """Write the new keys wherever the post has the old ones; evidence about it follows."""
    for old, new in made.keys.items():
        PostPicture.objects.filter(post=post_id, key=old).update(key=new)
        ArticlePicture.objects.filter(article=post_id, key=old).update(key=new)
        Video.objects.filter(post=post_id, key=old).update(key=new)
        Video.objects.filter(post=post_id, poster=old).update(poster=new)
    for words in (*Article.objects.filter(pk=post_id), *ArticleRevision.objects.filter(article=post_id)):
        words.body, words.cover = made.text(words.body), made[words.cover]
        words.save(update_fields=["body", "cover"])
    pictures_moved(made.keys)


def settle(*, now: datetime, most: int) -> int:
    """`settle_post` for at most `most` posts whose files are on the wrong shelf. Returns how many were moved."""
    moved = 0
    for post_id in misplaced(now):
        moved += settle_post(post_id=post_id)
        if moved == most:
            break
    return moved


def misplaced(now: datetime) -> Iterator[UUID]:
    """The posts that have a file on the wrong shelf, each perhaps several times; the newest first.

    Each table is read in windows, so that no query takes long, however many there are.
    """
    for rows, post in ((PostPicture.objects, "post"), (ArticlePicture.objects, "article__post")):
        top = rows.aggregate(top=Max("pk"))["top"] or 0
        for low in range(top // WINDOW * WINDOW, -1, -WINDOW):
            window = rows.filter(pk__gt=low, pk__lte=low + WINDOW)
            yield from _wrong(window, post, "picture/", now).values_list(post, flat=True)
    yield from _wrong(Video.objects.exclude(post=None), "post", "video/", now).values_list("post", flat=True)


def _wrong(rows: Any, post: str, shelf: str, now: datetime) -> Any:
    """Those of some rows (a QuerySet) that lie on the wrong shelf; `post` leads to the post."""
    everybodys = Q(**{f"{post}__audience": Post.Audience.PUBLIC, f"{post}__deleted_at": None})
    # What was deleted longer ago is swept from where it is.
    gone = Q(**{f"{post}__deleted_at__lt": now - KEPT_AFTER_DELETION + timedelta(days=1)})
    misplaced = (everybodys & Q(key__startswith="private/")) | (~everybodys & Q(key__startswith=shelf))
    return rows.filter(misplaced).exclude(gone)
