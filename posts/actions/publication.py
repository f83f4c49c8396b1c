"""What goes into a publication beside its words: options, pictures, components, an article."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from planet.web import images
from planet.web.text import clean_line, clean_text
from posts.blocks import NewBlock
from posts.errors import TooManyBlocks, TooManyParts, TooManyPictures
from posts.models import Post, PostPicture

MAX_PICTURES: Final = 9
MAX_PARTS: Final = 24  # of a thread, beside its first post
MAX_THREAD_PICTURES: Final = 36  # of all posts of a thread: with these a form stays below the fields a request may have
MAX_THREAD_BLOCKS: Final = 24
ALT_LENGTH: Final = 1000
WARNING_LENGTH: Final = 80


@dataclass(frozen=True)
class NewPicture:
    """An uploaded picture and what it shows, in words."""

    file: images.Readable
    alt: str = ""


@dataclass(frozen=True)
class StoredPicture:
    """A picture that was uploaded before, by its key, and what it shows, in words."""

    key: str
    width: int
    height: int
    alt: str = ""


@dataclass(frozen=True)
class Options:
    """Who sees a publication, who may answer, and what readers must know of it: the columns of Post of these names."""

    audience: str = Post.Audience.PUBLIC
    warning: str = ""
    language: str = ""
    is_promotion: bool = False
    holds_assets: bool = False
    replies: str = Post.Replies.EVERYONE
    slow_seconds: int = 0

    def columns(self) -> dict[str, Any]:
        """As fields of a Post."""
        return {**asdict(self), "warning": clean_line(self.warning)[:WARNING_LENGTH]}


@dataclass(frozen=True)
class NewArticle:
    """A long text: title, Markdown, and perhaps the key of a cover picture and what that shows."""

    title: str
    body: str
    cover: str = ""
    cover_alt: str = ""


@dataclass(frozen=True)
class NewPart:
    """A further post of a thread: its words, its pictures, its components, its video."""

    text: str
    stored: Sequence[StoredPicture] = ()
    blocks: Sequence[NewBlock] = ()
    video: UUID | None = None
    video_alt: str = ""


def check_size(*, pictures: Sequence[int], parts: int, blocks: int) -> None:
    """Judge how many pictures each post has, how many parts there are, and how many components in all.

    Raises TooManyPictures, TooManyParts, TooManyBlocks.
    """
    if max(pictures) > MAX_PICTURES or sum(pictures) > MAX_THREAD_PICTURES:
        raise TooManyPictures
    if parts > MAX_PARTS:
        raise TooManyParts
    if blocks > MAX_THREAD_BLOCKS:
        raise TooManyBlocks


def find_picture(key: str, alt: str = "") -> StoredPicture | None:
    """The picture that an upload was told this key for; None for what is no such key. Publishing asks if it is there.

    Not here: what was published for some only lies elsewhere, and to publish it again by mistake is no fault.
    """
    return StoredPicture(key, *images.largest(key), alt) if images.is_key(key, "picture") else None


def is_stored(key: str) -> bool:
    """Whether a picture that was uploaded for a post is there."""
    return images.find(key, kind="picture") is not None


def lost() -> ValidationError:
    """What is said of a picture that is gone."""
    return ValidationError(_("A picture was not found any more. Remove it and add it again."), code="picture")


def store(pictures: Sequence[NewPicture], *, private: bool) -> list[StoredPicture]:
    """Store every upload, or none, on the shelf where the post's files lie. Raises images.BadImage."""
    stored: list[StoredPicture] = []
    try:
        for picture in pictures:
            kept = images.store(picture.file, kind="private" if private else "picture")
            stored.append(StoredPicture(kept.key, kept.width, kept.height, picture.alt))
    except BaseException:
        discard(stored)
        raise
    return stored


def discard(stored: Sequence[StoredPicture]) -> None:
    """Delete pictures that were stored for a publication that failed."""
    for picture in stored:
        # Should the storage fail now, the nightly sweep takes what is left.
        with suppress(OSError):
            images.discard(picture.key)


def attach_pictures(post: Post, pictures: Sequence[StoredPicture]) -> None:
    """Hang the pictures on the post, in this order."""
    PostPicture.objects.bulk_create(
        PostPicture(
            post=post,
            position=place,
            key=picture.key,
            width=picture.width,
            height=picture.height,
            alt=clean_text(picture.alt)[:ALT_LENGTH],
        )
        for place, picture in enumerate(pictures)
    )
