"""Looking after a group's channels: the list and its order, one channel, what was put away."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from groups.access import Standing
from groups.actions import channels as acts
from groups.forms.channels import ChannelForm
from groups.models import Channel
from groups.queries import channels
from groups.rights import Right
from groups.views.answers import answers
from groups.views.desk import desk
from groups.views.manage import standing_with
from groups.views.messages import uuid_of
from planet.accounts.access import person, signed_in
from planet.web.ratelimits import limited
from planet.web.toasts import toast


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("group_edit", "120/10m")
@answers
def index(request: HttpRequest, handle: str) -> HttpResponse:
    """The channels in their order; a POST moves one of them up (`up`) by a place."""
    who = standing_with(request, handle, Right.CHANNELS)
    rows = list(channels.of_group(who.group))
    if request.method == "POST":
        moved = uuid_of(request.POST.get("up", ""))
        ids = _moved_up([row.pk for row in rows], moved)
        acts.order_channels(group_id=who.group.pk, actor=person(request), ids=ids, now=timezone.now())
        return redirect("group_channels", who.group.handle)
    context = {"rows": rows, "archived": channels.archived(who.group)}
    return render(request, "groups/manage/channels.html", desk(who, "channels") | context)


def _moved_up(ids: list[UUID], moved: UUID) -> list[UUID]:
    """The ids with one of them a place further up. Raises Http404 for one that is not among them."""
    if moved not in ids:
        raise Http404
    at = ids.index(moved)
    ids.insert(max(0, at - 1), ids.pop(at))
    return ids


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("group_edit", "60/10m")
@answers
def channel(request: HttpRequest, handle: str, channel_id: UUID | None = None) -> HttpResponse:
    """Open a channel, change one, or (`archive` 1 or 0) put it away and bring it back."""
    who = standing_with(request, handle, Right.CHANNELS)
    found = _found(who, channel_id) if channel_id else None
    if found and request.method == "POST" and request.POST.get("archive"):
        on = request.POST["archive"] == "1"
        acts.archive_channel(channel=found, actor=person(request), on=on, now=timezone.now())
        return toast(request, redirect("group_channels", who.group.handle), _("Saved."))
    form = ChannelForm.of(found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            _save(who, person(request), found, form.cleaned_data)
        except ValidationError as error:
            form.add_error(error.code if error.code in form.fields else None, error)
        else:
            return toast(request, redirect("group_channels", who.group.handle), _("Saved."))
    context = {"form": form, "edited": found}
    status = 422 if form.errors else 200
    return render(request, "groups/manage/channel.html", desk(who, "channels") | context, status=status)


def _found(who: Standing, channel_id: UUID) -> Channel:
    """A channel of this group, threads apart. Raises Http404."""
    found = Channel.objects.filter(pk=channel_id, group=who.group, root=None).first()
    if found is None:
        raise Http404
    found.group = who.group
    return found


def _save(who: Standing, actor: Any, found: Channel | None, data: dict[str, str]) -> None:
    if found is None:
        acts.open_channel(group_id=who.group.pk, actor=actor, now=timezone.now(), **data)
    else:
        acts.change_channel(channel=found, actor=actor, now=timezone.now(), **data)
