"""Somebody's lists, who is on them, and what they wrote."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from creators.models import Creator
from planet.accounts.models import User
from planet.accounts.queries import hidden_ids
from planet.web.pagination import Page, keyset
from posts.models import List, ListMember, NotInterested


def lists_of(owner: User) -> QuerySet[List]:
    """Somebody's lists, the newest first, with how many people are on each (`size`)."""
    return List.objects.filter(owner=owner).annotate(size=Count("members")).order_by("-pk")


def members(*, of: List, after: str | None) -> Page[ListMember]:
    """Who is on a list, the latest first; without those whom the owner must not see."""
    found = ListMember.objects.filter(list=of, creator__user__is_active=True).select_related("creator__user")
    return keyset(found.exclude(creator__in=hidden_ids(of.owner_id)), after=after)


def lists_with(*, owner: User, creator: Creator) -> set[UUID]:
    """Which of somebody's lists a creator is on."""
    found = ListMember.objects.filter(list__owner=owner, creator=creator)
    return set(found.values_list("list", flat=True))


def listers_among(creator_id: UUID | str, user_ids: Sequence[UUID]) -> set[UUID]:
    """Those of some people who have a creator on a list: whom what the creator publishes for everyone reaches."""
    found = ListMember.objects.filter(creator=UUID(str(creator_id)), list__owner__in=user_ids)
    return set(found.exclude(list__owner__mutes__target=UUID(str(creator_id))).values_list("list__owner", flat=True))


def deaf_to_topics(keys: Sequence[str], people: Sequence[UUID]) -> set[UUID]:
    """Those of some people who have muted one of these topics (their ids, as text)."""
    found = NotInterested.objects.filter(user__in=people, topic__in=[int(key) for key in keys])
    return set(found.values_list("user", flat=True))


def uninteresting(*, user: User, after: str | None, topics_only: bool = False) -> Page[NotInterested]:
    """What somebody did not want to be shown, the latest first."""
    found = NotInterested.objects.filter(user=user).select_related("post__creator__user", "author__user", "topic")
    if topics_only:
        found = found.filter(topic__isnull=False)
    return keyset(found.filter(Q(post=None) | Q(post__deleted_at=None)), after=after)
