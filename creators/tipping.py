"""A creator can be tipped, and a homepage shows who supports its creator."""

from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from creators.access import viewer_of, visible_person
from creators.models import Creator
from creators.profile_tabs import Panel, Tab
from planet.accounts.models import User
from planet.tips import queries
from planet.tips.registry import Tippable


def _find(request: HttpRequest, user_id: UUID) -> User:
    return visible_person(request, get_object_or_404(User, pk=user_id).handle)


def _receiver(user: User) -> User:
    return user


def _title(user: User) -> str:
    return f"{user.name} (@{user.handle})"


def _url(user: User) -> str:
    return user.get_absolute_url()


def supporters(request: HttpRequest, creator: Creator) -> Panel:
    """Who gave most, as far as they want to be named."""
    return Panel(
        "creators/_supporters.html", {"board": queries.board(receiver=creator.user, viewer=viewer_of(request))}
    )


PROFILE = Tippable("profile", _("Creator"), _find, _receiver, _title, _url)
SUPPORTERS = Tab("supporters", _("Supporters"), 50, supporters)
