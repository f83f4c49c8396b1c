"""The Groups tab of a creator's homepage."""

from django.http import HttpRequest
from django.utils import timezone

from creators.access import viewer_of
from creators.models import Creator
from creators.profile_tabs import Panel
from groups.queries import listing


def panel(request: HttpRequest, creator: Creator) -> Panel:
    """The groups that the creator runs and the viewer may know of."""
    viewer = viewer_of(request)
    found = listing.of_creator(owner_id=creator.pk, viewer_id=viewer.pk if viewer else None, now=timezone.now())
    return Panel("groups/_profile.html", {"groups": found})
