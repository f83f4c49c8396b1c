"""What can be shared: a public post or article, a creator, a topic, an asset; and how its picture is named.

The name of a picture (`version`) is made of everything that is drawn, so that it may be kept for ever: what changes
gets a new address. Nothing is shared that a guest may not read, and below a content warning stands only the warning.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.urls import reverse

from creators.models import Creator
from planet.accounts.models import User
from planet.web import images
from posts.models import Article, Post, PostPicture, Tag
from posts.sharing.drawing import Card
from posts.text import excerpt

DESIGN: Final = 1  # raise it when the same things are drawn in another way
DESCRIPTION: Final = 200
WORDS_DRAWN: Final = 320


@dataclass(frozen=True)
class Subject:
    """Something that is shared: how its link is described, and what is drawn beside it."""

    kind: str  # post, article, profile, topic or asset
    key: str
    path: str
    title: str
    description: str
    drawn: dict[str, Any]  # fields of Card; pictures by key
    author: User | None = None
    post: Post | None = None
    article: Article | None = None
    creator: Creator | None = None
    picture: PostPicture | None = None  # of a post: shown instead of a drawn one
    topics: tuple[str, ...] = field(default=())

    @property
    def url(self) -> str:
        """The one address of it."""
        return absolute(self.path)

    @property
    def version(self) -> str:
        """A digest of all that is drawn."""
        said = repr((DESIGN, settings.SITE_NAME, sorted(self.drawn.items())))
        return hashlib.blake2b(said.encode("utf-8", "replace"), digest_size=8).hexdigest()

    @property
    def drawn_url(self) -> str:
        """The address of the drawn picture."""
        values = {"kind": self.kind, "key": self.key, "version": self.version}
        return absolute(reverse("share_image", kwargs=values))

    @property
    def image_url(self) -> str:
        """The picture to show beside the link: a post's own first picture, else the drawn one."""
        if self.picture and not self.picture.at:
            return absolute(images.url(self.picture.key, 960))
        return self.drawn_url

    @property
    def published(self) -> datetime | None:
        """When it was published, if it was."""
        return self.post.created_at if self.post else None

    @property
    def modified(self) -> datetime | None:
        """When it was last changed."""
        return (self.post.edited_at or self.post.created_at) if self.post else None

    def card(self) -> Card:
        """What to draw, with the pictures' bytes."""
        values = dict(self.drawn)
        for name, size in (("avatar", 400), ("cover", 960)):
            values[name] = _bytes(values.get(name, ""), size)
        return Card(**values, site=settings.SITE_NAME)


def absolute(address: str) -> str:
    """An address of ours as others need it; media may lie elsewhere and be whole already."""
    return urljoin(f"{settings.SITE_URL}/", address)


def _bytes(key: str, size: int) -> bytes:
    """A rendition of a stored picture; nothing when there is none, or it is gone."""
    if not key:
        return b""
    try:
        with default_storage.open(images.rendition(key, size)) as file:
            return bytes(file.read())
    except (OSError, ValueError):
        return b""


# --- from what a page has loaded already --------------------------------------------------------------------------


def of_post(post: Post, *, topics: tuple[str, ...] = (), picture: PostPicture | None = None) -> Subject | None:
    """A post or an article with its creator loaded; None when a guest may not read it."""
    if post.audience != Post.Audience.PUBLIC or post.deleted_at or not post.creator.user.is_active:
        return None
    author, article = post.creator.user, post.article if post.kind == Post.Kind.ARTICLE else None
    who: dict[str, Any] = {"name": author.name, "handle": author.handle, "avatar": author.avatar}
    words = post.warning or post.text
    common: dict[str, Any] = {"author": author, "post": post, "article": article, "topics": topics}
    if article:
        about = " · ".join([*(f"#{topic}" for topic in topics[:2]), f"{article.minutes} min"])
        cover = "" if post.warning else article.cover
        drawn = {**who, "text": article.title, "kicker": about, "below": words, "cover": cover}
        return Subject("article", str(post.pk), post.get_absolute_url(), article.title, words, drawn, **common)
    drawn = {**who, "text": excerpt(words, WORDS_DRAWN), "is_title": False}
    said, shown = excerpt(words, DESCRIPTION), None if post.warning else picture
    title = f"{author.name} (@{author.handle})"
    return Subject("post", str(post.pk), post.get_absolute_url(), title, said, drawn, picture=shown, **common)


def of_profile(creator: Creator) -> Subject:
    """A creator with the person loaded."""
    user = creator.user
    drawn: dict[str, Any] = {
        "text": user.name,
        "handle": user.handle,
        "kicker": f"@{user.handle}",
        "below": excerpt(creator.bio, WORDS_DRAWN),
        "avatar": user.avatar,
        "is_person": True,
    }
    title, said = f"{user.name} (@{user.handle})", excerpt(creator.bio, DESCRIPTION) or f"@{user.handle}"
    return Subject("profile", user.handle, user.get_absolute_url(), title, said, drawn, author=user, creator=creator)


def of_tag(kind: str, name: str) -> Subject:
    """A topic or an asset."""
    sign = "$" if kind == Tag.Kind.ASSET else "#"
    route, key = ("asset", "symbol") if kind == Tag.Kind.ASSET else ("topic", "name")
    said = f"{sign}{name}"
    return Subject(kind, name, reverse(route, kwargs={key: name}), said, said, {"text": said})


# --- by address ---------------------------------------------------------------------------------------------------


def find(kind: str, key: str) -> Subject | None:
    """What is shared under this kind and key; None when there is no such thing, or it is not public."""
    if kind in ("post", "article"):
        found = find_post(key)
        return found if found and found.kind == kind else None
    if kind == "profile":
        creator = Creator.objects.select_related("user").filter(user__handle=key, user__is_active=True).first()
        return of_profile(creator) if creator else None
    tagged = Tag.objects.filter(kind=kind, name=key).exists()
    return of_tag(kind, key) if tagged else None


def find_post(key: str) -> Subject | None:
    """The public post or article with this id."""
    try:
        post_id = UUID(key)
    except ValueError:
        return None
    shown = Post.objects.select_related("creator__user", "article").filter(pk=post_id, repost_of=None)
    post = shown.first()
    if post is None:
        return None
    picture = post.pictures.first()
    return of_post(post, topics=topics_of(post), picture=picture)


def topics_of(post: Post) -> tuple[str, ...]:
    """The topics that a post names, in the order in which it names them."""
    return tuple(post.post_tags.filter(tag__kind=Tag.Kind.TOPIC).order_by("id").values_list("tag__name", flat=True))
