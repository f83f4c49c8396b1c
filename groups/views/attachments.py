"""Pictures and files of messages: uploading, describing, showing. Each is asked for by whoever may see it."""

from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from groups import access
from groups.actions import attaching
from groups.models import Attachment, AttachmentKind, Channel
from groups.queries import media, mine
from groups.views.answers import answers
from planet.accounts.access import person, signed_in
from planet.web import images, private
from planet.web.ratelimits import limited


@require_POST
@signed_in
@limited("attach", "60/10m", "500/d")
@answers
def upload(request: HttpRequest, channel_id: UUID) -> HttpResponse:
    """Keep one picture or file (`file`, `alt`) for the next message; what the composer needs to show it, as JSON."""
    channel, _who = access.get_channel(person(request), channel_id)
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        return HttpResponse(status=400)
    row = attaching.attach(
        actor=person(request), channel=channel, file=file, alt=request.POST.get("alt", ""), now=timezone.now()
    )
    return JsonResponse(_shown(row), status=201)


def attached(request: HttpRequest, channel: Channel) -> list[UUID]:
    """The files that came with a message itself, from a form without scripts; kept and named by their ids."""
    sent = [file for file in request.FILES.getlist("files") if isinstance(file, UploadedFile)]
    now = timezone.now()
    return [attaching.attach(actor=person(request), channel=channel, file=file, now=now).pk for file in sent]


def _shown(row: Attachment) -> dict[str, object]:
    shown: dict[str, object] = {"id": str(row.pk), "kind": row.kind, "name": row.name, "size": row.size}
    if row.kind == AttachmentKind.PICTURE:
        shown |= {"url": row.url_of(480), "width": row.width, "height": row.height}
    return shown


@require_POST
@signed_in
@limited("attach", "60/10m", "500/d")
@answers
def change(request: HttpRequest, attachment_id: UUID) -> HttpResponse:
    """Describe a picture that is not sent yet (`alt`), or throw it away (`drop=1`)."""
    if request.POST.get("drop") == "1":
        attaching.drop(actor=person(request), attachment_id=attachment_id)
    else:
        attaching.describe(actor=person(request), attachment_id=attachment_id, alt=request.POST.get("alt", ""))
    return HttpResponse(status=204)


@require_safe
@signed_in
def show(request: HttpRequest, attachment_id: UUID) -> HttpResponse:
    """A picture (`?size=`), shown; or a file, downloaded."""
    row = media.visible(person(request), attachment_id)
    if row is None:
        raise Http404
    if row.kind == AttachmentKind.FILE:
        return private.send(row.key, media_type=row.media_type, filename=row.name)
    size = request.GET.get("size", "1600")
    if size not in ("480", "960", "1600"):
        raise Http404
    return private.send(images.rendition(row.key, int(size)), media_type="image/webp")


@require_safe
@signed_in
@answers
def of_group(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """The pictures or the files (`?kind=file`) that were sent in a group."""
    who = access.acting(person(request), group_id)
    kind = AttachmentKind.FILE if request.GET.get("kind") == "file" else AttachmentKind.PICTURE
    context = {
        "group": who.group,
        "name": mine.name_of(who.group, reader=person(request)),
        "kind": kind.value,
        "more_query": f"&kind={kind.value}",
        "page": media.of_group(person(request), who.group, kind=kind, after=request.GET.get("after")),
    }
    return render(request, "groups/media.html", context)
