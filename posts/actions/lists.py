"""Lists of people: making and filling them, and which are tabs of the home page.

Whatever changes which lists are pinned holds the owner's row, and leaves `User.pinned_feeds` saying the same.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from creators.models import Creator
from planet.accounts.models import User
from planet.accounts.queries import blocked_between
from planet.web.text import clean_line
from posts.errors import Gone, NotAllowed, TooMany
from posts.models import List, ListMember

NAME_LENGTH: Final = 40
MOST_LISTS: Final = 50
MOST_MEMBERS: Final = 500
MOST_PINNED: Final = 5


@transaction.atomic
def create_list(*, actor: User, name: str, now: datetime) -> List:
    """A new, empty list. Raises ValidationError (the name), TooMany."""
    name = _checked(name)
    _lock(actor)
    if List.objects.filter(owner=actor).count() >= MOST_LISTS:
        raise TooMany(MOST_LISTS)
    return List.objects.create(owner=actor, name=name, created_at=now)


@transaction.atomic
def rename_list(*, actor: User, list_id: UUID, name: str) -> List:
    """Call it something else. Raises ValidationError, Gone."""
    name = _checked(name)
    _lock(actor)
    found = _own(actor, list_id)
    found.name = name
    found.save(update_fields=["name"])
    _copy(actor)
    return found


@transaction.atomic
def delete_list(*, actor: User, list_id: UUID) -> None:
    """Throw a list away; the people on it notice nothing. Raises Gone."""
    _lock(actor)
    _own(actor, list_id).delete()
    _copy(actor)


@transaction.atomic
def pin_list(*, actor: User, list_id: UUID, on: bool, now: datetime) -> List:
    """Make it a tab of the home page, or no longer; twice is once. Raises Gone, TooMany."""
    _lock(actor)
    found = _own(actor, list_id)
    if on and found.pinned_at is None:
        if List.objects.filter(owner=actor, pinned_at__isnull=False).count() >= MOST_PINNED:
            raise TooMany(MOST_PINNED)
        found.pinned_at = now
    elif not on:
        found.pinned_at = None
    found.save(update_fields=["pinned_at"])
    _copy(actor)
    return found


@transaction.atomic
def put_on_list(*, actor: User, list_id: UUID, creator: Creator, now: datetime) -> bool:
    """Put somebody on a list, whom the actor need not follow; False when they are on it.

    Raises Gone, TooMany, and NotAllowed when one of the two has blocked the other.
    """
    _lock(actor)
    found = _own(actor, list_id)
    if blocked_between(actor.pk, creator.pk):
        raise NotAllowed
    if ListMember.objects.filter(list=found, creator=creator).exists():
        return False
    if ListMember.objects.filter(list=found).count() >= MOST_MEMBERS:
        raise TooMany(MOST_MEMBERS)
    ListMember.objects.create(list=found, creator=creator, added_at=now)
    return True


@transaction.atomic
def take_off_list(*, actor: User, list_id: UUID, creator_id: UUID) -> bool:
    """Take somebody off a list; False when they are not on it. Raises Gone."""
    found = _own(actor, list_id)
    return bool(ListMember.objects.filter(list=found, creator=creator_id).delete()[0])


def _checked(name: str) -> str:
    cleaned = clean_line(name)
    if not cleaned:
        raise ValidationError(_("Give the list a name."), code="required")
    if len(cleaned) > NAME_LENGTH:
        raise ValidationError(_("A shorter name, please."), code="max_length")
    return cleaned


def _lock(actor: User) -> None:
    """Whoever changes somebody's lists waits here, so that counts hold and the copy is of what stands."""
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)


def _own(actor: User, list_id: UUID) -> List:
    found = List.objects.filter(pk=list_id, owner=actor).first()
    if found is None:
        raise Gone
    return found


def _copy(actor: User) -> None:
    pinned = List.objects.filter(owner=actor, pinned_at__isnull=False).order_by("pinned_at", "pk")
    actor.pinned_feeds = [[str(found.pk), found.name] for found in pinned]
    User.objects.filter(pk=actor.pk).update(pinned_feeds=actor.pinned_feeds)
