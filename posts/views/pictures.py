"""Uploading pictures one by one, while the post around them is still being written."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from planet.accounts.access import person, signed_in
from planet.web import images
from planet.web.ratelimits import limited
from posts import actions
from posts.views.answers import answers


@require_POST
@signed_in
@limited("picture", "90/10m", "900/d")
@answers
def upload(request: HttpRequest) -> HttpResponse:
    """Store one picture (`file`): its key and size, or why it is refused. What no post comes to show is swept."""
    actions.require_publisher(person(request))
    file = request.FILES.get("file")
    if file is None:
        return JsonResponse({"error": _("The file is empty.")}, status=422)
    try:
        stored = images.store(file, kind="picture")
    except images.BadImage as error:
        return JsonResponse({"error": str(error)}, status=422)
    found = {"key": stored.key, "width": stored.width, "height": stored.height, "url": images.url(stored.key, 480)}
    return JsonResponse(found, status=201)
