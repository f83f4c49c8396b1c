"""Who may see whom. Views get people only from here; whoever may not look gets a 404, as for nobody at all."""

from uuid import UUID

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from creators.models import Creator
from planet.accounts.access import get_person, person
from planet.accounts.models import User
from planet.accounts.queries import blocked_between, has_blocked


def viewer_of(request: HttpRequest) -> User | None:
    """Who is looking; None for a guest."""
    return person(request) if request.user.is_authenticated else None


def visible_person(request: HttpRequest, handle: str) -> User:
    """The active person with this handle, unless they blocked the viewer. Raises Http404."""
    found = get_person(handle)
    viewer = viewer_of(request)
    if viewer and has_blocked(found.pk, viewer.pk):
        raise Http404
    return found


def visible_creator(request: HttpRequest, handle: str) -> Creator:
    """The same, for a creator. Raises Http404 for a person without a creator profile too."""
    found = visible_person(request, handle)
    return get_object_or_404(Creator.objects.select_related("user"), pk=found.pk)


def own_creator(request: HttpRequest) -> Creator:
    """The viewer's own creator profile. Raises Http404."""
    return get_object_or_404(Creator.objects.select_related("user"), pk=person(request).pk)


def may_listen(user_id: UUID | None, key: str) -> bool:
    """Whether somebody (None: a guest) may hear of a creator's public events (topic `creator:<uuid>`)."""
    try:
        creator_id = UUID(key)
    except ValueError:
        return False  # whatever a browser typed
    if user_id and user_id != creator_id and blocked_between(user_id, creator_id):
        return False
    return Creator.objects.filter(pk=creator_id, user__is_active=True).exists()


def is_signed_in(user_id: UUID | None, key: str) -> bool:
    """Whether somebody may listen to their own Following (topic `following`, which has no key)."""
    return user_id is not None and not key
