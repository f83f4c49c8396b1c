"""Pictures of posts: uploaded one by one while the post is still being written, and shown to whom the post is for."""

from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from planet.accounts.access import person, signed_in
from planet.web import images, private
from planet.web.ratelimits import limited
from posts import actions
from posts.access import visible_post
from posts.models import Article, ArticlePicture, PostPicture
from posts.views.answers import answers

_SHELVES: Final = ("picture", "private")


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


@require_safe
@answers
def picture(request: HttpRequest, post_id: UUID, position: int, size: int) -> HttpResponse:
    """A picture of a post, for whom the post is."""
    shown = visible_post(request, post_id)
    return private.send_picture(
        PostPicture.objects.filter(post=shown, position=position).values_list("key", flat=True).first(), size
    )


@require_safe
@answers
def named(request: HttpRequest, post_id: UUID, name: str, size: int) -> HttpResponse:
    """A picture that an article shows, or showed before an edit, for whom the article is."""
    shown = visible_post(request, post_id)
    keys = [f"{shelf}/{name[:2]}/{name}" for shelf in _SHELVES]
    rows = ArticlePicture.objects.filter(article=shown.pk, key__in=keys)
    return private.send_picture(rows.values_list("key", flat=True).first(), size)


@require_safe
@answers
def cover(request: HttpRequest, post_id: UUID, revision: int, size: int) -> HttpResponse:  # noqa: ARG001
    """The cover that an article has now, for whom the article is; the revision only renames what browsers keep."""
    shown = visible_post(request, post_id)
    return private.send_picture(Article.objects.filter(pk=shown.pk).values_list("cover", flat=True).first(), size)
