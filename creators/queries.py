"""Reads about creators and who follows them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.cache import cache
from django.db.models import Exists, OuterRef, QuerySet

from creators.models import Bell, Creator, Follow
from planet.accounts.models import Block, Mute, User
from planet.accounts.queries import hidden_ids
from planet.web.pagination import Page, keyset

POOL_SIZE = 200  # creators that suggestions are drawn from
POOL_SECONDS = 600
_POOL_KEY = "creators:suggested"


@dataclass(frozen=True)
class Relation:
    """How a viewer stands to a person."""

    is_self: bool = False
    follows: bool = False
    followed_by: bool = False
    blocks: bool = False
    mutes: bool = False
    rings: bool = False  # the viewer hears of every new post


def relation(*, viewer: User | None, person: User) -> Relation:
    """How the viewer (None: a guest) stands to the person, in one query."""
    if viewer is None or viewer.pk == person.pk:
        return Relation(is_self=viewer is not None)
    found = (
        User.objects.filter(pk=viewer.pk)
        .annotate(
            follows_them=Exists(Follow.objects.filter(follower=viewer.pk, creator=person.pk)),
            followed_by_them=Exists(Follow.objects.filter(follower=person.pk, creator=viewer.pk)),
            blocks_them=Exists(Block.objects.filter(owner=viewer.pk, target=person.pk)),
            mutes_them=Exists(Mute.objects.filter(owner=viewer.pk, target=person.pk)),
            rings_for_them=Exists(Bell.objects.filter(follow__follower=viewer.pk, follow__creator=person.pk)),
        )
        .values_list("follows_them", "followed_by_them", "blocks_them", "mutes_them", "rings_for_them")
        .get()
    )
    return Relation(False, *found)


def followed_among(*, viewer: User | None, creator_ids: Iterable[UUID]) -> set[UUID]:
    """Those of some creators that the viewer follows, in one query."""
    if viewer is None:
        return set()
    follows = Follow.objects.filter(follower=viewer, creator__in=list(creator_ids))
    return set(follows.values_list("creator_id", flat=True))


def followers_among(creator_id: UUID | str, user_ids: Sequence[UUID]) -> set[UUID]:
    """Those of some people who follow the creator and have not muted them: the audience of `followers:<creator>`."""
    follows = Follow.objects.filter(creator=UUID(str(creator_id)), follower__in=user_ids)
    follows = follows.exclude(Exists(Mute.objects.filter(owner=OuterRef("follower"), target=UUID(str(creator_id)))))
    return set(follows.values_list("follower_id", flat=True))


def following_ids(user_id: UUID) -> QuerySet[Follow, UUID]:
    """Ids of the creators a person follows, as a subquery."""
    return Follow.objects.filter(follower=user_id).values_list("creator_id", flat=True)


def followers(*, creator: Creator, viewer: User | None, after: str | None) -> Page[Follow]:
    """Who follows the creator, newest first, without those the viewer must not see."""
    rows = Follow.objects.filter(creator=creator, follower__is_active=True).select_related("follower__creator")
    return keyset(rows.exclude(follower__in=hidden_ids(viewer.pk if viewer else None)), after=after)


def following(*, person: User, viewer: User | None, after: str | None) -> Page[Follow]:
    """Whom the person follows, newest first, without those the viewer must not see."""
    rows = Follow.objects.filter(follower=person, creator__user__is_active=True).select_related("creator__user")
    return keyset(rows.exclude(creator__in=hidden_ids(viewer.pk if viewer else None)), after=after)


def suggested(*, viewer: User | None, limit: int = 5) -> list[Creator]:
    """Creators the viewer may like to follow: the most followed whom they neither follow nor hide.

    The pool is the same for everybody and kept for ten minutes; what is left for one viewer is a query by key.
    """
    pool: list[UUID] = cache.get_or_set(_POOL_KEY, _most_followed, POOL_SECONDS) or []
    rows = Creator.objects.filter(pk__in=pool, user__is_active=True).select_related("user")
    if viewer:
        rows = rows.exclude(pk=viewer.pk).exclude(pk__in=following_ids(viewer.pk)).exclude(pk__in=hidden_ids(viewer.pk))
    return list(rows.order_by("-followers_count", "pk")[:limit])


def _most_followed() -> list[UUID]:
    rows = Creator.objects.filter(user__is_active=True).order_by("-followers_count", "pk")
    return list(rows.values_list("pk", flat=True)[:POOL_SIZE])


def avatars_in_use(keys: Collection[str]) -> set[str]:
    """Those of some picture keys that are somebody's avatar."""
    return set(User.objects.filter(avatar__in=keys).values_list("avatar", flat=True))


def banners_in_use(keys: Collection[str]) -> set[str]:
    """Those of some picture keys that are somebody's banner."""
    return set(Creator.objects.filter(banner__in=keys).values_list("banner", flat=True))
