"""Videos of posts: uploaded in pieces while the post is still being written, and shown to whom the post is for."""

from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from planet.accounts.access import person, signed_in
from planet.web import private
from planet.web import video as stored
from planet.web.ratelimits import limited
from planet.web.shelves import is_private
from posts import actions
from posts.access import own_video, visible_post
from posts.contexts.videos import video_state
from posts.errors import TooManyVideos, VideoEmpty, VideoMoved, VideoTooLarge
from posts.models import Video
from posts.views.answers import answers

MOST_DIGITS: Final = 12


@require_POST
@signed_in
@limited("video", "20/10m", "60/d")
@answers
def begin(request: HttpRequest) -> HttpResponse:
    """A place for a video of `size` bytes: its id, and how large a piece may be."""
    size = request.POST.get("size", "")
    try:
        row = actions.begin_video(
            actor=person(request), size=int(size) if size.isascii() and size.isdigit() else 0, now=timezone.now()
        )
    except VideoTooLarge:
        return _refused(_("A video has at most %(size)s.") % {"size": filesizeformat(actions.MAX_VIDEO_SIZE)})
    except TooManyVideos:
        return _refused(_("Too many videos at once. Finish or remove those in your drafts, or wait a day."))
    return JsonResponse(_stands(row), status=HTTPStatus.CREATED)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("video_piece", "600/10m", "6000/d")
@answers
def video(request: HttpRequest, video_id: UUID) -> HttpResponse:
    """GET: where it stands. POST with the header Upload-Offset: the next piece."""
    if request.method == "POST":
        return _receive(request, video_id)
    return JsonResponse(_stands(own_video(request, video_id)))


@require_POST
@signed_in
@limited("video", "20/10m", "60/d")
@answers
def drop(request: HttpRequest, video_id: UUID) -> HttpResponse:
    """Throw away a video that is on no post."""
    actions.drop_video(actor=person(request), video_id=video_id)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@require_safe
@answers
def file(request: HttpRequest, post_id: UUID, name: str) -> HttpResponse:
    """A playlist or a film of a post's video, or a range of it, for whom the post is."""
    row = _of_post(request, post_id)
    if not stored.is_inside(name):
        raise Http404
    if not is_private(row.key):
        return redirect(stored.url(row.key, name))
    asked, media_type = request.headers.get("Range", ""), stored.type_of(name)
    return private.send(f"{row.key}/{name}", media_type=media_type, asked=asked)


@require_safe
@answers
def poster(request: HttpRequest, post_id: UUID, size: int) -> HttpResponse:
    """A post's video as it stands before it plays, for whom the post is."""
    return private.send_picture(_of_post(request, post_id).poster, size)


def _of_post(request: HttpRequest, post_id: UUID) -> Video:
    row = Video.objects.filter(post=visible_post(request, post_id)).first()
    if row is None:
        raise Http404
    return row


def _receive(request: HttpRequest, video_id: UUID) -> HttpResponse:
    offset = request.headers.get("Upload-Offset", "")
    if not offset.isascii() or not offset.isdigit() or len(offset) > MOST_DIGITS:
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    data = request.read(actions.PIECE + 1)  # never more, whatever was announced
    try:
        row = actions.receive(actor=person(request), video_id=video_id, offset=int(offset), data=data)
    except VideoMoved as error:
        return JsonResponse(_stands(error.video), status=HTTPStatus.CONFLICT)
    except VideoTooLarge:
        return _refused(_("A piece of the video is too large."))
    except VideoEmpty:
        return _refused(_("A piece of the video has nothing in it."))
    return JsonResponse(_stands(row))


def _stands(row: Video) -> dict[str, Any]:
    """Where it stands, with how large a piece may be: whoever reads this can go on with it."""
    return {**video_state(row), "piece": actions.PIECE}


def _refused(why: str) -> HttpResponse:
    return JsonResponse({"error": why}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
