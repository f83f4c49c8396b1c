"""A person's profile can be reported: what the report finds, and what it keeps."""

from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from creators.access import visible_person
from creators.models import Creator
from planet.accounts.models import User
from planet.moderation.reports import Evidence, Reportable


def find(request: HttpRequest, user_id: UUID) -> User:
    """The active person with this id, unless they blocked the viewer. Raises Http404."""
    return visible_person(request, get_object_or_404(User, pk=user_id).handle)


def owner(user: User) -> UUID:
    """A profile is its person's."""
    return user.pk


def snapshot(user: User) -> Evidence:
    """How the person presents themselves."""
    creator = Creator.objects.filter(pk=user.pk).first()
    pictures = [key for key in (user.avatar, creator.banner if creator else "") if key]
    facts = {"verified": user.is_verified, "joined": user.date_joined.isoformat()}
    if creator:
        facts |= {"links": creator.links, "topics": creator.topics, "avatar": user.avatar, "banner": creator.banner}
    return Evidence(
        title=f"{user.name} (@{user.handle})",
        url=user.get_absolute_url(),
        author={"handle": user.handle, "name": user.name},
        text=creator.bio if creator else "",
        facts=facts,
        pictures=pictures,
    )


PROFILE = Reportable("profile", _("Profile"), find=find, owner=owner, snapshot=snapshot, room="accounts_user")
