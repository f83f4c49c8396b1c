"""Uploading a video in pieces, while the post around it is still being written."""

from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from planet.accounts.access import person, signed_in
from planet.web.ratelimits import limited
from posts import actions
from posts.access import own_video
from posts.contexts.videos import video_state
from posts.errors import TooManyVideos, VideoMoved, VideoTooLarge
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
        return _refused(_("That are many videos for one day. Finish the ones you began, or wait."))
    return JsonResponse({**video_state(row), "piece": actions.PIECE}, status=HTTPStatus.CREATED)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("video_piece", "600/10m", "6000/d")
@answers
def video(request: HttpRequest, video_id: UUID) -> HttpResponse:
    """GET: where it stands. POST with the header Upload-Offset: the next piece."""
    if request.method == "POST":
        return _receive(request, video_id)
    return JsonResponse(video_state(own_video(request, video_id)))


@require_POST
@signed_in
@limited("video", "20/10m", "60/d")
@answers
def drop(request: HttpRequest, video_id: UUID) -> HttpResponse:
    """Throw away a video that is on no post."""
    actions.drop_video(actor=person(request), video_id=video_id)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _receive(request: HttpRequest, video_id: UUID) -> HttpResponse:
    offset = request.headers.get("Upload-Offset", "")
    if not offset.isascii() or not offset.isdigit() or len(offset) > MOST_DIGITS:
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    data = request.read(actions.PIECE + 1)  # never more, whatever was announced
    try:
        row = actions.receive(actor=person(request), video_id=video_id, offset=int(offset), data=data)
    except VideoMoved as error:
        return JsonResponse(video_state(error.video), status=HTTPStatus.CONFLICT)
    except VideoTooLarge:
        return _refused(_("A piece of the video is too large."))
    return JsonResponse(video_state(row))


def _refused(why: str) -> HttpResponse:
    return JsonResponse({"error": why}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
